"""Grades as the platforms take them: a module for each, pure functions of results to bytes."""

from __future__ import annotations

from grader.exports.canvas import CANVAS
from grader.exports.moodle import MOODLE
from grader.exports.moodle_feedback import FEEDBACK
from grader.exports.moodle_worksheet import WORKSHEET

FORMATS = {one.name: one for one in (MOODLE, WORKSHEET, FEEDBACK, CANVAS)}
"""By the name that `export` takes."""
