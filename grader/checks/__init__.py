"""The checks, by track: pure functions of recordings."""
