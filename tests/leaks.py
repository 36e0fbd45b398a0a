"""What a student must never read, and the search for it in all that a student reads of a result."""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from grader import grading, scratch
from grader.exports import FORMATS
from grader.exports.classroom50 import NEEDED
from grader.exports.shapes import Graded, OwnFile
from grader.model import Report
from grader.recording import Recording, What
from grader.report import text
from grader.report.scenes import SENTENCES
from grader.store import Recorded

Secrets = Mapping[str, frozenset[str]]
"""By kind, texts that are no student's to read."""
SHORTEST_LINE = 20
"""Characters of a line of code that is nobody's but its author's."""
SHORTEST_WORD = 8
"""Of a hidden request: shorter words may stand anywhere."""
EVERYWHERE = frozenset({"waiting", "it does not listen", "it has stopped serving", "the server has ended"})
"""Labels of snapshots that every scene may have, whoever wrote it."""
RUNNER = dict.fromkeys(NEEDED.values(), "a value of the runner's")


def secrets_of(report: Report, recorded: Recorded, folder: Path, *, others: Iterable[str] = ()) -> Secrets:
    """What the student of a submission must not read.

    Args:
        folder: of the submission's files: what the student wrote is no secret.
        others: names of other submissions.
    """
    theirs = "\n".join(path.read_text("utf-8", "replace") for path in sorted(folder.glob("*.py")))
    return {
        "the reference's code": frozenset(line for line in code_of_the_reference() if line not in theirs),
        "a hidden check": frozenset(word for word in _hidden(report, recorded) if word not in theirs),
        "somebody else's name": frozenset(others) - {report.submission},
        "a path of the machine": frozenset(paths_of_the_machine()),
        "a note on the sandbox or an error of ours": frozenset(_notes(report, recorded)),
    }


def code_of_the_reference() -> frozenset[str]:
    """Every line of the reference and of the hidden checks that does not stand in the hand-out too."""
    handed_out = _lines_of(grading.TEMPLATE.glob("*.*"))
    return frozenset(_lines_of(grading.REFERENCE.rglob("*.py")) - handed_out)


def _lines_of(paths: Iterable[Path]) -> set[str]:
    lines = {line.strip() for path in paths for line in path.read_text("utf-8", "replace").splitlines()}
    return {line for line in lines if len(line) >= SHORTEST_LINE}


def _hidden(report: Report, recorded: Recorded) -> Iterator[str]:
    """Ids and requirements of hidden checks, and of their scenes the names, clients, moments and requests."""
    for result in report.checks:
        if result.hidden:
            yield from (result.id, result.id.partition("/")[2], result.requirement)
    for scenes in recorded.values():
        for name, seen in scenes.items():
            if name not in SENTENCES:
                yield from (
                    name,
                    *seen.clients,
                    *(look.label for look in seen.snapshots if look.label not in EVERYWHERE),
                )
                yield from _words_asked_in(seen)


def _words_asked_in(seen: Recording) -> set[str]:
    asked = b" ".join(event.data for event in seen.events if event.what is What.SENT).decode("utf-8", "replace")
    return {word for word in re.findall(r"[\w-]+", asked) if len(word) >= SHORTEST_WORD}


def paths_of_the_machine() -> list[str]:
    """Where we, our scratch rooms and whoever runs us are at home."""
    return [str(grading.PROJECT), str(Path.home()), f"{tempfile.gettempdir()}/{scratch.PREFIX}"]


def _notes(report: Report, recorded: Recorded) -> Iterator[str]:
    yield from report.sandbox_notes
    yield from (result.message for result in report.checks if result.outcome.needs_a_human)
    for scenes in recorded.values():
        yield from (word for seen in scenes.values() for word in (seen.unclear, seen.broken) if word)


def what_a_student_reads(report: Report, page: str) -> str:
    """Page, terminal, and what every platform is sent for this student alone."""
    theirs = report.for_the_student
    graded = Graded((theirs,), pages={theirs.submission: page.encode("utf-8", "replace")}, environment=RUNNER)
    sent = [
        form.write(graded)
        for form in FORMATS.values()
        if form.own is not OwnFile.NEEDED and not form.with_pages  # an archive of the page itself
    ]
    told = [line for result in theirs.checks for line in text.failure(result, 100, False)]
    exported = [part for one in sent for part in (one.data.decode("utf-8", "replace"), *one.printed)]
    return "\n".join((page, *told, *text.closing(theirs, 100, False), *exported))


def leaks_in(told: str, secrets: Secrets) -> list[str]:
    """A line for each secret that stands in a text, as it is or as HTML and JSON write it."""
    plain = html.unescape(html.unescape(told))
    unquoted = plain.replace('\\"', '"').replace("\\\\", "\\")
    return [
        f"{kind}: {secret}"
        for kind, some in secrets.items()
        for secret in sorted(some)
        if secret and any(_stands_in(secret, version) for version in (told, plain, unquoted))
    ]


def _stands_in(secret: str, told: str) -> bool:
    """Whole words: `ada` is not told by `adapted`; of a path its beginning is enough."""
    end = "" if secret.startswith("/") else r"(?!\w)"
    return secret in told and re.search(rf"(?<!\w){re.escape(secret)}{end}", told) is not None
