"""What is asked of a submission and what came of it: tracks, checks, outcomes, results. Frozen, without I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import msgspec

from grader.lesson import LESSON
from grader.people import NOBODY, Student, Whose
from grader.wording import filed, say

SCHEMA = 1
NOT_SEEN = filed("The machine or the grader did not let us see it.")
"""All that a student hears of what needs a human: its message names our code, this machine or the sandbox."""
MOST_OF_A_NAME = 200
"""Bytes of a folder's name; file systems take 255."""
EXPORTS = "exports"
"""Folder of the results that is no submission's."""
_FILES_OF_THE_RESULTS = frozenset(
    {"", "index.html", "grades.csv", "index.sqlite", "roster.json", "names.json", EXPORTS}
)


class Request(msgspec.Struct, frozen=True):
    """One message that is put to the student's server and to the reference alike.

    Args:
        name: what the report calls it.
        data: at most 1000 bytes, sent in one piece.
    """

    name: str
    data: bytes


class Speech(StrEnum):
    """How two replies are compared."""

    BYTES = "bytes"
    HTTP = "http"


class Track(msgspec.Struct, frozen=True):
    """One chapter of the lab: a program, its port, and what is asked of it.

    Args:
        name: first half of a check's id.
        program: the file that the student writes.
        port: the reference's own TCP port.
        speech: how replies are compared with the reference's.
        requests: at least four; the first is the lesson's own.
    """

    name: str
    program: str
    port: int
    speech: Speech
    requests: tuple[Request, ...]

    @property
    def request(self) -> bytes:
        """The lesson's own request."""
        return self.requests[0].data


def _get(target: str, version: str = "1.1", headers: str = "") -> bytes:
    return f"GET {target} HTTP/{version}\r\nHost: lab\r\n{headers}\r\n".encode()


BLOCKING = Track(
    name="blocking",
    program="blocking_server.py",
    port=LESSON["blocking_server.py"].port,
    speech=Speech.BYTES,
    requests=(
        Request("the lesson's greeting", b"Hello, I'm client"),
        Request("a single byte", b"!"),
        Request("a thousand bytes", b"0123456789" * 100),
        Request("text beyond ASCII", "Grüße, 你好, привет".encode()),
    ),
)
FORKING = Track(
    name="forking",
    program="forking_server.py",
    port=LESSON["forking_server.py"].port,
    speech=Speech.HTTP,
    requests=(
        Request("GET /", _get("/")),
        Request("a path with a query", _get("/hello?name=you&n=1")),
        Request("HTTP/1.0", _get("/", version="1.0")),
        Request("900 bytes of headers", _get("/", headers=f"X-Padding: {'x' * 850}\r\n")),
    ),
)
TRACKS = (BLOCKING, FORKING)


def track_named(name: str) -> Track:
    """The track of that name.

    Raises:
        KeyError: there is none.
    """
    return {track.name: track for track in TRACKS}[name]


class Outcome(StrEnum):
    """What a check came to."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not_reached"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"

    @property
    def needs_a_human(self) -> bool:
        """Nothing was proven either way."""
        return self in (Outcome.INCONCLUSIVE, Outcome.ERROR)

    @property
    def words(self) -> str:
        """The outcome as it is shown."""
        return self.value.replace("_", " ")


class Mismatch(Exception):
    """What was seen is not what the requirement asks for.

    Args:
        expected: what a right server shows.
        observed: what this one showed, in the same unit.
        evidence: who said what when, which process held what; a line each.
        hint: a question or a man page, never the answer.
    """

    def __init__(self, *, expected: str, observed: str, evidence: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(f"expected {expected}, observed {observed}")
        self.expected = expected
        self.observed = observed
        self.evidence = evidence
        self.hint = hint


class NotReached(Exception):
    """The scene ended before the moment that a check asks for.

    Args:
        reason: how it ended, in a sentence.
        about: name of the check that answers for that stage of the scene; "" if none does.
        evidence: lines that show it.
    """

    def __init__(self, reason: str, *, about: str = "", evidence: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.about = about
        self.evidence = evidence


class Inconclusive(Exception):
    """The machine did not let us see; nobody's fault but the machine's."""


class Check(msgspec.Struct, frozen=True):
    """One requirement on one track.

    Args:
        points: what it is worth.
        function: reads recordings; raises Mismatch, NotReached or Inconclusive, or returns.
        needs: names of the recordings (and of `reference`) that it takes.
        stretch: a bonus, shown apart.
        hidden: the instructor's own; it has the points that `assignment.toml` gives it, and no student hears of it.
    """

    track: Track
    name: str
    points: float
    requirement: str
    function: Callable[..., None]
    needs: tuple[str, ...]
    stretch: bool = False
    hidden: bool = False

    @property
    def id(self) -> str:
        """`track/name`, as everywhere."""
        return f"{self.track.name}/{self.name}"


class Result(msgspec.Struct, frozen=True):
    """What one check came to for one submission. Texts are shown to the student."""

    id: str
    outcome: Outcome
    points: float
    earned: float
    stretch: bool
    requirement: str
    message: str = ""
    expected: str = ""
    observed: str = ""
    evidence: tuple[str, ...] = ()
    hint: str = ""
    hidden: bool = False

    @property
    def passed(self) -> bool:
        """The requirement is met."""
        return self.outcome is Outcome.PASSED

    @property
    def for_the_student(self) -> Result:
        """The same without what is said of the machine and of us."""
        return msgspec.structs.replace(self, message=say(NOT_SEEN)) if self.outcome.needs_a_human else self


class Sure(StrEnum):
    """How sure a diagnosis is, in a word."""

    ALMOST_CERTAINLY = "almost certainly"
    PROBABLY = "probably"
    PERHAPS = "perhaps"


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """The likeliest cause of what failed on one track. Texts are shown to the student.

    Args:
        cause: its name, by which a class is counted.
        sentence: what the server does wrong.
        hint: a question, or a man page.
        root: id of the failed check that shows it best.
        follows: ids of the other failed checks that it accounts for.
        stretch: nothing but a bonus is lost by it.
        instead: the next likely cause, as a sentence; "" if there is none.
        apart: what to look at, to tell the two apart.
    """

    cause: str
    sentence: str
    sure: Sure
    hint: str
    root: str
    follows: tuple[str, ...] = ()
    stretch: bool = False
    instead: str = ""
    apart: str = ""

    def without(self, hidden: frozenset[str]) -> Diagnosis:
        """The same, where some checks are not spoken of."""
        return msgspec.structs.replace(self, follows=tuple(check for check in self.follows if check not in hidden))


class Part(StrEnum):
    """The parts of a program that are shown beside a failure."""

    ACCEPT_LOOP = "accept loop"
    HANDLER = "SIGCHLD handler"
    FORK = "fork"


class Excerpt(msgspec.Struct, frozen=True):
    """Lines of a student's program, as they were graded.

    Args:
        first: number of the first line, counted from 1.
        lines: without their ends; those beyond the first few dozen are left out.
        left_out: how many lines more the part has.
    """

    part: Part
    first: int
    lines: tuple[str, ...]
    left_out: int = 0


class Status(StrEnum):
    """Whether a report is a grade."""

    GRADED = "graded"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What a result took the place of, where that was another one. For the instructor alone.

    Args:
        by: `grade` or `rejudge`.
        made: when it was replaced: `2026-11-26 14:51`.
        outcomes: by id, what the checks came to that come to something else now; None: it was not asked.
    """

    score: float
    points: float
    bonus: float
    status: Status
    by: str
    made: str
    outcomes: dict[str, Outcome | None] = {}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of one submission; `result.json` is this, as JSON.

    Args:
        score: points of the core that were proven, and those of the stretch where `bonus_counts`, less `deduction`.
        points: points of the core that can be had.
        bonus: points of the stretch that were proven.
        bonus_counts: the instructor wants them in the score.
        sandbox: the tier that held the submission's programs.
        seconds: from the first box to the last, by the wall clock.
        key: hash of all that the result depends on; "" if it is never compared.
        notes: on the submission's own files, a sentence each, for its student too.
        seed: what the requests of hidden checks were drawn from.
        diagnoses: the likeliest cause on each track that has one, by the track's name.
        language: of its texts, but for notes and lateness, which are filed in English.
        excerpts: the lines of each track's program that matter, by the track's name.
        sandbox_notes: what is to be said of the sandbox, a sentence each. For the instructor alone.
        path: where the submission lay on the machine that graded it. For the instructor alone.
        before: what this took the place of; None where that was no other. For the instructor alone.
        student: who handed it in, and when, where the platform tells.
        deduction: points that its lateness costs; they are no part of `score`.
        lateness: how late it came and what that costs, in words that are filed in English; "" where it was in time.
        hidden_points: of hidden checks that count, part of `points`.
        hidden_earned: of these, part of `score`.
        assignment: its name; "" where it is the lab's own.
    """

    schema: int = SCHEMA
    submission: str
    score: float
    points: float
    bonus: float
    status: Status
    sandbox: str
    checks: tuple[Result, ...]
    seconds: float
    key: str = ""
    notes: tuple[str, ...] = ()
    outputs: dict[str, str] = {}
    python: str = ""
    bonus_counts: bool = False
    seed: int = 0
    diagnoses: dict[str, Diagnosis] = {}
    language: str = "en"
    excerpts: dict[str, tuple[Excerpt, ...]] = {}
    sandbox_notes: tuple[str, ...] = ()
    path: str = ""
    before: Before | None = None
    student: Student | None = None
    deduction: float = 0.0
    lateness: str = ""
    hidden_points: float = 0.0
    hidden_earned: float = 0.0
    assignment: str = ""

    @property
    def whose(self) -> Whose:
        """Whose it is, in words."""
        return self.student.in_words if self.student else NOBODY

    @property
    def before_deduction(self) -> float:
        """The score, had it come in time."""
        return round(self.score + self.deduction, 2)

    @property
    def for_the_student(self) -> Report:
        """The same without what is the instructor's alone: hidden checks, this machine, and what it was before."""
        hidden = frozenset(result.id for result in self.checks if result.hidden)
        return msgspec.structs.replace(
            self,
            checks=tuple(result.for_the_student for result in self.checks if not result.hidden),
            diagnoses={t: found.without(hidden) for t, found in self.diagnoses.items() if found.root not in hidden},
            sandbox_notes=(),
            path="",
            before=None,
        )


def report_of(
    submission: str,
    results: tuple[Result, ...],
    *,
    sandbox: str,
    seconds: float,
    bonus_counts: bool = False,
    **more: Any,
) -> Report:
    """Add up what the checks came to."""
    core = [result for result in results if not result.stretch]
    bonus = _sum(result.earned for result in results if result.stretch)
    hidden = [result for result in core if result.hidden]
    return Report(
        submission=submission,
        score=_sum([*(result.earned for result in core), bonus if bonus_counts else 0.0]),
        points=_sum(result.points for result in core),
        hidden_points=_sum(result.points for result in hidden),
        hidden_earned=_sum(result.earned for result in hidden),
        bonus=bonus,
        bonus_counts=bonus_counts,
        status=status_of(results),
        sandbox=sandbox,
        checks=results,
        seconds=round(seconds, 3),
        **more,
    )


def _sum(points: Iterable[float]) -> float:
    """Points have two decimals at most, and so has their sum."""
    return round(sum(points, 0.0), 2)


def status_of(results: tuple[Result, ...]) -> Status:
    """ERROR before INCONCLUSIVE before GRADED: what a human must look at first."""
    outcomes = {result.outcome for result in results if not result.stretch}
    if Outcome.ERROR in outcomes:
        return Status.ERROR
    return Status.INCONCLUSIVE if Outcome.INCONCLUSIVE in outcomes else Status.GRADED


def points_shown(points: float) -> str:
    """Points without a needless decimal: 100, 87.5."""
    return f"{points:g}"


def folder_name(name: str) -> str:
    """A submission's name as that of a folder in the results: never hidden, an option, or a file of ours.

    Other names give other folders, so that nobody's result is filed over somebody else's.
    """
    safe = "".join(c if c.isprintable() and c not in "/\\%" else _percent(c) for c in name)
    if safe.startswith((".", "-")) or safe in _FILES_OF_THE_RESULTS:
        safe = f"{_percent(safe[0])}{safe[1:]}" if safe else "%"
    if len(safe.encode()) <= MOST_OF_A_NAME:
        return safe
    return f"{safe[:50]}~{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
