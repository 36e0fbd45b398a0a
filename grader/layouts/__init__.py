"""How platforms name what they let download: a module for each, pure functions of names to students and their files."""

from __future__ import annotations

from grader.layouts.canvas import CANVAS
from grader.layouts.classroom import CLASSROOM
from grader.layouts.gradescope import GRADESCOPE
from grader.layouts.moodle import MOODLE

LAYOUTS = (MOODLE, CANVAS, GRADESCOPE, CLASSROOM)
PLAIN = "plain"
"""No platform's: each folder and archive is a student's, and called as they are."""
NAMES = (*(one.name for one in LAYOUTS), PLAIN)
"""What `--layout` takes."""
TEXTS = frozenset().union(*(one.texts for one in LAYOUTS))
"""Files of a class's folder that tell of submissions."""
