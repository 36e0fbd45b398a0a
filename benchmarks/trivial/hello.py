"""A submission with nothing in it."""
