"""Grades as the platforms take them: a module for each, pure functions of results to bytes."""

from __future__ import annotations

from grader.exports.canvas import CANVAS

FORMATS = {one.name: one for one in (CANVAS,)}
"""By the name that `export` takes."""
