"""Pairs of texts that are alike, by copydetect's winnowing: names, strings and comments do not count, nor does the hand-out.

Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003, which MOSS is made of.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from importlib.util import find_spec
from typing import Any, NamedTuple

from grader.similarity.texts import Text
from grader.workers import Crew, Progress, Task, work_off

LIBRARY = "copydetect"
NOISE, GUARANTEED = 50, 60
"""Characters, when each name is one: a shorter run in common is nothing, as long a one is always found. With fewer, any
two servers have their `socket`, `bind`, `listen` in common."""
LEAST_OWN = 150
"""Characters that a text must have beyond the hand-out: two that hardly have any are alike by chance."""
PATIENCE = 20.0
"""Seconds for the fingerprint of one text; it takes milliseconds."""


class NoLibrary(Exception):
    """The extra is not installed; the message says what to do."""


class Pair(NamedTuple):
    """Two texts of the same program that are alike.

    Args:
        one: the first submission's text.
        of_one: the part of what is its own that the other has too, from 0 to 1.
        lines_of_one: numbers of the lines in common, from 1.
    """

    one: Text
    other: Text
    of_one: float
    of_other: float
    lines_of_one: tuple[int, ...]
    lines_of_other: tuple[int, ...]

    @property
    def alike(self) -> float:
        """From 0 to 1: the mean of both parts, so that a short text within a long one is not all of it."""
        return (self.of_one + self.of_other) / 2


class Compared(NamedTuple):
    """What came of all texts.

    Args:
        pairs: those above the threshold, the most alike first.
        least: how many have hardly anything of their own.
        lost: texts whose fingerprint could not be had in time.
        of: how many texts there were.
    """

    pairs: list[Pair]
    least: int
    lost: list[Text]
    of: int


class _Print(NamedTuple):
    """A text's fingerprint; None where it could not be had. What copydetect makes has no types."""

    text: Text
    made: Any


def compare(
    texts: Sequence[Text],
    template: Sequence[str],
    threshold: float,
    jobs: int,
    progress: Callable[[Progress[_Print]], None],
) -> Compared:
    """Compare each text with every other submission's of the same program.

    Args:
        template: the hand-out's programs: what they hold does not count.
        threshold: from 0 to 1; pairs that are less alike are left out.

    Raises:
        NoLibrary: copydetect is not installed.
    """
    if not _is_installed():
        raise NoLibrary(
            f"to compare programs needs {LIBRARY}, which is not installed: pip install 'forklab[similarity]', "
            "in the project's folder pip install -e '.[similarity]'"
        )
    tasks = [Task(one.submission, one) for one in texts]
    crew = Crew(partial(_prepare, tuple(template)), (LIBRARY,), jobs, PATIENCE)
    prints = work_off(tasks, crew, lambda task: _Print(task.what, None), progress)
    made = [one for one in prints if one.made is not None]
    enough = sorted((one for one in made if one.made.token_coverage >= LEAST_OWN), key=lambda one: one.text[:2])
    pairs = [pair for one, other in _same_program(enough) if (pair := _pair(one, other, threshold))]
    pairs.sort(key=lambda pair: (-pair.alike, pair.one[:2], pair.other[:2]))
    lost = sorted(one.text for one in prints if one.made is None)
    return Compared(pairs, len(made) - len(enough), lost, len(texts))


def _is_installed() -> bool:
    try:
        return find_spec(LIBRARY) is not None
    except ValueError:  # it is kept from being imported: sys.modules names it, without a module
        return False


def _prepare(template: tuple[str, ...]) -> Callable[[Text], _Print]:
    """In each worker: what the hand-out's own fingerprints are."""
    handed_out = {kgram for text in template for kgram in _fingerprint(text, window=1).hashes}

    def fingerprint(text: Text) -> _Print:
        made = _fingerprint(text.text, GUARANTEED - NOISE + 1)
        _leave_out(made, handed_out)
        return _Print(text, made)

    return fingerprint


def _fingerprint(text: str, window: int) -> Any:
    from io import StringIO

    from copydetect import CodeFingerprint, utils

    utils.hash = _hash_of  # which runs are kept hangs on it, and the interpreter's own differs from run to run
    return CodeFingerprint("program.py", NOISE, window, language="python", fp=StringIO(text + "\n"))


def _hash_of(kgram: str) -> int:
    """The same in every run and every process: 64 bits, as numpy's integers have."""
    return int.from_bytes(blake2b(kgram.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)


def _leave_out(made: Any, handed_out: set[int]) -> None:
    """Take out what the hand-out holds; copydetect's own way to do it keeps some where a run comes twice in a text."""
    import numpy
    from copydetect.utils import get_token_coverage

    made.hashes -= handed_out
    made.hash_idx = {kgram: places for kgram, places in made.hash_idx.items() if kgram not in handed_out}
    made.token_coverage = int(get_token_coverage(made.hash_idx, NOISE, len(made.filtered_code)))
    made.offsets[:, 1] = numpy.maximum.accumulate(made.offsets[:, 1])  # at a class it tells the wrong one


def _same_program(prints: Iterable[_Print]) -> Iterable[tuple[_Print, _Print]]:
    by_program: dict[str, list[_Print]] = {}
    for one in prints:
        by_program.setdefault(one.text.program, []).append(one)
    return itertools.chain.from_iterable(itertools.combinations(same, 2) for same in by_program.values())


def _pair(one: _Print, other: _Print, threshold: float) -> Pair | None:
    """Both, if they are alike."""
    if _at_most(one.made, other.made) < threshold:
        return None
    from copydetect import compare_files

    _, (of_one, of_other), (slices_of_one, slices_of_other) = compare_files(one.made, other.made)
    pair = Pair(
        one.text,
        other.text,
        min(1.0, float(of_one)),
        min(1.0, float(of_other)),
        lines_in(one.text.text, slices_of_one),
        lines_in(other.text.text, slices_of_other),
    )
    return pair if pair.alike >= threshold else None


def _at_most(one: Any, other: Any) -> float:
    """How much alike they can be at all: of most pairs this says enough, in microseconds."""
    common = one.hashes & other.hashes
    parts = (NOISE * sum(len(of.hash_idx[kgram]) for kgram in common) / of.token_coverage for of in (one, other))
    return sum(min(1.0, float(part)) for part in parts) / 2


def lines_in(text: str, slices: Any) -> tuple[int, ...]:
    """The numbers of the lines that slices of a text touch, from 1; blank lines are nobody's."""
    starts = [0, *(place + 1 for place, letter in enumerate(text) if letter == "\n")]
    blank = {number for number, line in enumerate(text.split("\n"), 1) if not line.strip()}
    touched: set[int] = set()
    if len(slices):
        for start, end in zip(*slices, strict=True):
            touched.update(range(bisect_right(starts, start), bisect_right(starts, max(start, end - 1)) + 1))
    return tuple(sorted(number for number in touched - blank if number <= len(starts)))


def by_program(pairs: Sequence[Pair]) -> Mapping[str, list[Pair]]:
    """The pairs of each program, in their order."""
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(pair.one.program, []).append(pair)
    return found
