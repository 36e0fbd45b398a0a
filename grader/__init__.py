"""The check author's words: everything that a check needs, and nothing that it must not touch."""

from grader.declaring import check
from grader.model import BLOCKING, FORKING, Inconclusive, Mismatch, NotReached, track_named
from grader.recording import (
    ACCEPTING_CALLS,
    NEVER,
    POLLING_CALLS,
    READING_CALLS,
    Calm,
    ConnectionSeen,
    ProcessSeen,
    Recording,
    Snapshot,
    What,
    shown,
)
from grader.reference import Reference
from grader.wording import say, say_of

__all__ = [
    "ACCEPTING_CALLS",
    "BLOCKING",
    "FORKING",
    "NEVER",
    "POLLING_CALLS",
    "READING_CALLS",
    "Calm",
    "ConnectionSeen",
    "Inconclusive",
    "Mismatch",
    "NotReached",
    "ProcessSeen",
    "Recording",
    "Reference",
    "Snapshot",
    "What",
    "check",
    "say",
    "say_of",
    "shown",
    "track_named",
]
