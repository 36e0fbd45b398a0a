"""Every file of the project that repeats what reference and assignment say, as it has to be today.

`renew` writes them; whoever puts a hand-out together takes them in place of the files on disk.
"""

from __future__ import annotations

from pathlib import Path

from grader import grading, lesson
from grader.assignment import FILE, Assignment, in_force
from grader.assignment.for_students import for_students
from grader.languages import spoken
from grader.renewing import HAND_OUTS, renewed
from grader.wording import say, speaking

OF_THE_TEMPLATE = (*(one.name for one in HAND_OUTS.values()), "client.py", *lesson.PROGRAMS)
RECORDED = Path(lesson.__file__).with_name("lesson_recorded.py")


def files_of_today() -> dict[Path, str]:
    """The texts of the template's files, for the assignment in force; last what the grader knows where no reference lies.

    Raises:
        Untold: the reference does not say what the lab needs.
        Unclear: the hand-out can't be renewed.
    """
    now = lesson.lesson_in(grading.REFERENCE)
    texts = {name: (grading.TEMPLATE / name).read_text("utf-8") for name in OF_THE_TEMPLATE}
    after = renewed(texts, lesson.recorded(), now, grading.checks_here(), said_in)
    return {**{grading.TEMPLATE / name: text for name, text in after.items()}, RECORDED: lesson.as_recorded(now)}


def said_in(language: str, requirement: str) -> str:
    """A requirement in that language."""
    with speaking(spoken(language)):
        return say(requirement)


def assignment_for_students() -> dict[str, bytes]:
    """The students' part of the assignment in force, by its name in the hand-out; nothing where it is as in the lab."""
    if in_force() == Assignment():
        return {}
    return {FILE: for_students(in_force(), grading.checks_declared())}
