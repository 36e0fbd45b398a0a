"""Writes down what happens in a scene, in seconds since it began."""

from __future__ import annotations

import time

from grader.recording import Event, Snapshot, What
from grader.wording import filed

A_CLOCK_THAT_WAS_SET = 0.1
"""Seconds by which the real-time clock may drift from the monotonic one within a scene."""


class Diary:
    """Events and snapshots of one scene, in the order in which they were written."""

    def __init__(self) -> None:
        """The scene begins now."""
        self.began = time.time()
        self._offset = self.began - time.monotonic()
        self._events: list[Event] = []
        self.snapshots: list[Snapshot] = []

    def note(self, event: Event, at: float) -> None:
        """Write an event down.

        Args:
            at: when it was, in seconds of the machine's real-time clock, as the kernel's stamps are.
        """
        self._events.append(Event(self.since(at), event.who, event.what, event.data, event.note))

    def tell(self, what: What, note: str = "") -> None:
        """Write down what the server did, or what was done to it, just now."""
        self.note(Event(at=0.0, who=filed("server"), what=what, note=note), time.time())

    def since(self, at: float) -> float:
        """Seconds from the beginning of the scene."""
        return round(at - self.began, 6)

    @property
    def now(self) -> float:
        """Seconds since the scene began."""
        return self.since(time.time())

    @property
    def events(self) -> tuple[Event, ...]:
        """By time: the kernel's stamps are older than the moment at which we read them."""
        return tuple(sorted(self._events, key=lambda event: event.at))

    def times_of(self, who: str) -> dict[What, float]:
        """When each kind of event was last, for one client."""
        return {event.what: event.at for event in self._events if event.who == who}

    def has(self, what: What) -> bool:
        """Such an event was written down."""
        return any(event.what is what for event in self._events)

    @property
    def why_its_times_are_wrong(self) -> str:
        """Somebody set the machine's clock in the middle of the scene; "" if nobody did."""
        drift = abs(time.time() - time.monotonic() - self._offset)
        if drift <= A_CLOCK_THAT_WAS_SET:
            return ""
        return filed("the machine's clock was set by {drift:.1f} s in the middle of the scene", drift=drift)
