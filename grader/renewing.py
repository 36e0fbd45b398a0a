"""What the hand-out repeats of the reference and of the rubric, written anew: ports, replies, points. Pure.

    lesson then ──┐
    lesson now  ──┼──> the texts of the template, saying what holds now
    the checks  ──┘

A text is never guessed at: what is replaced is what stood there for the lesson then, and where the new words stand there
already for something else, so that nobody could tell them apart the next time, that is said and nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from grader.lesson import PROGRAMS, Lesson, in_double_quotes
from grader.model import TRACKS, Check, Track, points_shown
from grader.replies import taken_apart


class HandOut(NamedTuple):
    """What the hand-out calls things in one language.

    Args:
        requirement: head of the first column of the core's tables.
        bonus: the same of the bonus's table.
        core: how many points the core has, in a sentence.
        more: how many the bonus has.
    """

    name: str
    requirement: str
    bonus: str
    core: str
    more: str


HAND_OUTS = {
    "en": HandOut("README.md", "requirement", "bonus", "The core is {} points", "Up to {} points more"),
    "zh": HandOut("README.zh.md", "要求", "附加项", "核心部分共 {} 分", "最多再加 {} 分"),
}
"""By language."""
Said = Callable[[str, str], str]
"""A requirement in a language."""
BLOCKING, FORKING = PROGRAMS
RIGHT_HALF = 56
"""Column in which the second terminal of the hand-out begins."""
_IN_TERMINALS = re.compile(r"(?m)^( *[\d.]+ s  \w+  .*?\S) {2,}([\d.]+)( s  \w+  .*)$")
_ROWS = r"\| {head} \|[^\n]*\n\|[-| ]+\|\n((?:\|[^\n]*\|\n)*)"


class Unclear(Exception):
    """The hand-out can't be renewed so that it could be renewed again; the message says why and what to do."""


def renewed(
    texts: Mapping[str, str],
    then: Lesson,
    now: Lesson,
    checks: Sequence[Check],
    said: Said = lambda language, text: text,
) -> dict[str, str]:
    """The template's files, saying what holds now.

    Args:
        texts: by name in the template's folder.
        then: the lesson that they tell of.
        checks: those of the assignment; what is hidden is not told.
        said: tells a requirement in a language.

    Raises:
        Unclear: a port or reply stands there for something else already.
    """
    shown = [check for check in checks if not check.hidden]
    new = {name: _with_replies(_with_ports(text, name, then, now), name, then, now) for name, text in texts.items()}
    for language, one in HAND_OUTS.items():
        if one.name in new:
            there = [(check, said(language, check.requirement)) for check in shown]
            new[one.name] = _in_columns(_with_points(new[one.name], one, there))
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
        f"`{_as_text(blocking)}`，然后关闭",
        f"状态行 `{_as_text(forking.status.encode('latin-1'))}`",
        f"空行、`{_as_text(forking.body)}`",
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


def _with_points(text: str, one: HandOut, checks: Sequence[tuple[Check, str]]) -> str:
    """The tables of requirements with today's points, and their sums."""
    core = [(check, said) for check, said in checks if not check.stretch]
    bonus = [(check, said) for check, said in checks if check.stretch]
    tables = iter(TRACKS)
    for head, rows in (
        (one.requirement, lambda found: _rows_of_the_core(next(tables), core)),
        (one.bonus, lambda found: _rows_of_the_bonus(bonus, found[1])),
    ):
        text = re.sub(_ROWS.format(head=head), lambda found, rows=rows: _table(found, rows(found)), text)  # type: ignore[misc]
    for sentence, some in ((one.core, core), (one.more, bonus)):
        text = re.sub(sentence.format(r"[\d.]+"), sentence.format(_sum(check for check, _ in some)), text)
    return text


def _table(found: re.Match[str], rows: Iterable[str]) -> str:
    """A table with its head as it was."""
    return found[0][: len(found[0]) - len(found[1])] + "".join(f"{row}\n" for row in rows)


def _rows_of_the_core(track: Track, core: Sequence[tuple[Check, str]]) -> Iterable[str]:
    there = [(check, said) for check, said in core if check.track.name == track.name]
    return [f"| {check.id} | {points_shown(check.points)} | {said} |" for check, said in there]


def _rows_of_the_bonus(bonus: Sequence[tuple[Check, str]], before: str) -> Iterable[str]:
    """A row for each name, with its points on each track; a sentence that stands there stays."""
    told = dict(re.findall(r"(?m)^\| (\w+) \|.*\| ([^|]+) \|$", before))
    points = {check.id: points_shown(check.points) for check, _ in bonus}
    told |= {check.name: said for check, said in bonus if check.name not in told}
    for name, sentence in told.items():
        cells = [points.get(f"{track.name}/{name}", "") for track in TRACKS]
        if any(cells):
            yield f"| {name} {''.join(f'| {cell} ' if cell else '| ' for cell in cells)}| {sentence} |"


def _sum(checks: Iterable[Check]) -> str:
    return points_shown(round(sum(check.points for check in checks), 2))
