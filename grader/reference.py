"""What the reference did in the same scenes on this machine, or what it answered when a hand-out was made. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from grader.model import Inconclusive
from grader.recording import Recording


class Reference:
    """The reference's recordings on one track, and the questions that checks ask of them."""

    def __init__(
        self, recordings: Mapping[str, Recording], answers: Mapping[bytes, bytes] = MappingProxyType({})
    ) -> None:
        """Take the recordings, by name of the scene.

        Args:
            answers: by request, what it replied, where there are no recordings.
        """
        self.recordings = dict(recordings)
        self._answers = answers

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
        replies = {**self._answers, **self.undisturbed}
        for seen in self.recordings.values():
            for client in seen.clients:
                if seen.received(client):
                    replies.setdefault(seen.sent(client), seen.received(client))
        return replies

    @property
    def undisturbed(self) -> dict[bytes, bytes]:
        """By request, the first reply to it in the scene in which one client comes after the other."""
        replies: dict[bytes, bytes] = {}
        seen = self.recordings.get("visits")
        for client in seen.clients if seen else ():
            if seen and seen.received(client):
                replies.setdefault(seen.sent(client), seen.received(client))
        return replies

    def recording(self, experiment: str) -> Recording | None:
        """The reference's recording of a scene, where there is one."""
        return self.recordings.get(experiment)
