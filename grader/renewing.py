"""What the hand-out repeats of the reference and of the rubric, written anew: ports, replies, points. Pure.

    lesson then ──┐
    lesson now  ──┼──> the texts of the template, saying what holds now
    the checks  ──┘

A text is never guessed at: what is replaced is what stood there for the lesson then, and where the new words stand there
already for something else, so that nobody could tell them apart the next time, that is said and nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from grader.lesson import PROGRAMS, Lesson, in_double_quotes
from grader.model import TRACKS, Check, Track, points_shown
from grader.replies import taken_apart

HAND_OUT = "README.md"
BLOCKING, FORKING = PROGRAMS
RIGHT_HALF = 56
"""Column in which the second terminal of the hand-out begins."""
_IN_TERMINALS = re.compile(r"(?m)^( *[\d.]+ s  \w+  .*?\S) {2,}([\d.]+)( s  \w+  .*)$")
_ROWS = r"\| {head} \|[^\n]*\n\|[-| ]+\|\n((?:\|[^\n]*\|\n)*)"
_OF_THE_CORE = _ROWS.format(head="requirement")
_OF_THE_BONUS = _ROWS.format(head="bonus")


class Unclear(Exception):
    """The hand-out can't be renewed so that it could be renewed again; the message says why and what to do."""


def renewed(texts: Mapping[str, str], then: Lesson, now: Lesson, checks: Sequence[Check]) -> dict[str, str]:
    """The template's files, saying what holds now.

    Args:
        texts: by name in the template's folder.
        then: the lesson that they tell of.
        checks: those of the assignment; what is hidden is not told.

    Raises:
        Unclear: a port or reply stands there for something else already.
    """
    shown = [check for check in checks if not check.hidden]
    new = {name: _with_replies(_with_ports(text, name, then, now), name, then, now) for name, text in texts.items()}
    if HAND_OUT in new:
        new[HAND_OUT] = _in_columns(_with_points(new[HAND_OUT], shown))
    return new


def _with_ports(text: str, name: str, then: Lesson, now: Lesson) -> str:
    return _replaced(
        text, name, {str(then[one].port): str(now[one].port) for one in PROGRAMS}, r"(?<![\d.])", r"(?![\d.])"
    )


def _with_replies(text: str, name: str, then: Lesson, now: Lesson) -> str:
    return _replaced(text, name, dict(zip(_words_of(then), _words_of(now), strict=True)))


def _words_of(lesson: Lesson) -> list[str]:
    """A lesson's replies in each form in which the hand-out has them."""
    blocking, forking = lesson[BLOCKING].reply, taken_apart(lesson[FORKING].reply)
    return [
        f"`{_as_text(blocking)}`, then the",
        f"received {in_double_quotes(blocking)}",
        f"status line `{_as_text(forking.status.encode('latin-1'))}`",
        f"blank line, `{_as_text(forking.body)}`",
    ]


def _as_text(data: bytes) -> str:
    """Bytes as a table's cell in code shows them: what is no character to be seen is told as Python writes it."""
    text = data.decode("utf-8", "backslashreplace")
    if "`" in text:
        raise Unclear("a reply has a backtick in it, which the hand-out can't show: leave it out of REPLY")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text).replace("|", "\\|")


def _replaced(text: str, name: str, words: Mapping[str, str], before: str = "", after: str = "") -> str:
    """A text with old words replaced by new ones, all at once; doing that the other way round must give the old text."""
    changed = {old: new for old, new in words.items() if old != new}
    taken = [
        new
        for old, new in changed.items()
        if new not in words and all(_has(text, f"{before}{re.escape(one)}{after}") for one in (old, new))
    ]
    if taken:
        raise Unclear(
            f"{name} of the template has {taken[0]} in it already, for something else: take another one in the reference, "
            f"or change that place in {name} first"
        )
    if not changed:
        return text
    old = "|".join(map(re.escape, sorted(changed, key=len, reverse=True)))
    return re.sub(f"{before}(?:{old}){after}", lambda found: changed[found[0]], text)


def _has(text: str, words: str) -> bool:
    return re.search(words, text) is not None


def _in_columns(text: str) -> str:
    """The two terminals side by side begin in their columns, however long a reply is."""
    return _IN_TERMINALS.sub(lambda line: f"{line[1]:<{RIGHT_HALF}}{line[2]:>7}{line[3]}", text)


def _with_points(text: str, checks: Sequence[Check]) -> str:
    """The tables of requirements with today's points, and their sums."""
    core = [check for check in checks if not check.stretch]
    bonus = [check for check in checks if check.stretch]
    tables = iter(TRACKS)
    text = re.sub(_OF_THE_CORE, lambda found: _table(found, _rows_of_the_core(next(tables), core)), text)
    text = re.sub(_OF_THE_BONUS, lambda found: _table(found, _rows_of_the_bonus(bonus, found[1])), text)
    text = re.sub(r"The core is [\d.]+ points", f"The core is {_sum(core)} points", text)
    return re.sub(r"Up to [\d.]+ points more", f"Up to {_sum(bonus)} points more", text)


def _table(found: re.Match[str], rows: Iterable[str]) -> str:
    """A table with its head as it was."""
    return found[0][: len(found[0]) - len(found[1])] + "".join(f"{row}\n" for row in rows)


def _rows_of_the_core(track: Track, core: Sequence[Check]) -> Iterable[str]:
    there = [check for check in core if check.track.name == track.name]
    return [f"| {check.id} | {points_shown(check.points)} | {check.requirement} |" for check in there]


def _rows_of_the_bonus(bonus: Sequence[Check], before: str) -> Iterable[str]:
    """A row for each name, with its points on each track; a sentence that stands there stays."""
    told = dict(re.findall(r"(?m)^\| (\w+) \|.*\| ([^|]+) \|$", before))
    points = {check.id: points_shown(check.points) for check in bonus}
    told |= {check.name: check.requirement for check in bonus if check.name not in told}
    for name, sentence in told.items():
        cells = [points.get(f"{track.name}/{name}", "") for track in TRACKS]
        if any(cells):
            yield f"| {name} {''.join(f'| {cell} ' if cell else '| ' for cell in cells)}| {sentence} |"


def _sum(checks: Iterable[Check]) -> str:
    return points_shown(round(sum(check.points for check in checks), 2))
