"""The commands of `python -m grader`, a module for each family; they alone print and read argv."""

GRADED, NOT_ALL_GRADED, USAGE = 0, 1, 2
"""Exit statuses: all is well; a human must look; it can't be done as it was asked."""
