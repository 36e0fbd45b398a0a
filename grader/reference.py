"""What the reference did in the same scenes, on this machine or as recorded for the hand-out. Pure."""

from __future__ import annotations

from collections.abc import Mapping

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
        for seen in self.recordings.values():
            for client in seen.clients:
                if seen.sent(client) == request and seen.received(client):
                    return seen.received(client)
        raise Inconclusive("the reference's answer to this request is not known here")

    def recording(self, experiment: str) -> Recording | None:
        """The reference's recording of a scene, where there is one."""
        return self.recordings.get(experiment)
