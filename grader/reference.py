"""What the reference did in the same scenes, on this machine or as recorded for the hand-out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from grader.model import Inconclusive
from grader.recording import Recording


class Reference:
    """The reference's recordings on one track, and the questions that checks ask of them."""

    def __init__(self, recordings: Mapping[str, Recording]) -> None:
        """Take the recordings, by name of the scene."""
        self.recordings = dict(recordings)

    def reply_to(self, request: bytes) -> bytes:
        """What the reference answers to a request.

        Raises:
            Inconclusive: it was never asked.
        """
        if request not in self._replies:
            raise Inconclusive("the reference's answer to this request is not known here")
        return self._replies[request]

    @cached_property
    def _replies(self) -> dict[bytes, bytes]:
        """By request, the first reply to it; those of undisturbed clients, in `visits`, before all others."""
        replies: dict[bytes, bytes] = {}
        for seen in sorted(self.recordings.values(), key=lambda seen: seen.experiment != "visits"):
            for client in seen.clients:
                if seen.received(client):
                    replies.setdefault(seen.sent(client), seen.received(client))
        return replies

    def recording(self, experiment: str) -> Recording | None:
        """The reference's recording of a scene, where there is one."""
        return self.recordings.get(experiment)
