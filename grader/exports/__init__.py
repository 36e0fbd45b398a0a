"""Grades as the platforms take them: a module for each, pure functions of results to bytes."""

from __future__ import annotations

from grader.exports.autolab import AUTOLAB
from grader.exports.canvas import CANVAS
from grader.exports.classroom50 import CLASSROOM50
from grader.exports.github import GITHUB
from grader.exports.gradescope import GRADESCOPE
from grader.exports.junit import JUNIT
from grader.exports.moodle import MOODLE
from grader.exports.moodle_feedback import FEEDBACK
from grader.exports.moodle_worksheet import WORKSHEET
from grader.exports.nbgrader import NBGRADER
from grader.exports.prairielearn import PRAIRIELEARN

_ALL = (
    MOODLE, WORKSHEET, FEEDBACK, CANVAS, GRADESCOPE, CLASSROOM50, AUTOLAB, PRAIRIELEARN, NBGRADER, JUNIT, GITHUB,
)  # fmt: skip
FORMATS = {one.name: one for one in _ALL}
"""By the name that `export` takes."""
