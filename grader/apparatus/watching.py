"""Waits until a server is done with something, or nothing in its box can move any more; heeds whatever happens meanwhile."""

from __future__ import annotations

import signal
from collections.abc import Callable

from grader.apparatus.clients import Clients
from grader.apparatus.diary import Diary
from grader.apparatus.life import Life
from grader.apparatus.observing import Observer
from grader.apparatus.policing import Police
from grader.apparatus.sandbox.box import Box
from grader.apparatus.scene import Bounds, Cut, Unclear
from grader.recording import Calm, Snapshot, What
from grader.wording import filed

FIRST_NAP = 0.0003
LONGEST_NAP = 0.012
NAP_FOR_A_REPLY = 0.004
"""Seconds; naps end at once when a client, the server's output or the box's agent has something to say."""


class Watch:
    """Keeps watch over one scene: every wait is one of its verbs, and none waits for time.

    Each raises Cut where the program has ended, went over a limit or has used up its time, and Interrupted where the
    run is to end.
    """

    def __init__(
        self, box: Box, life: Life, clients: Clients, observer: Observer, diary: Diary, bounds: Bounds
    ) -> None:
        """Nothing has happened yet."""
        self.program_may_end = False
        self._box = box
        self._life = life
        self._clients = clients
        self._observer = observer
        self._diary = diary
        self._bounds = bounds
        self._police = Police(box, clients, observer, bounds.allowed)

    # ------------------------------------------------------------------ waiting

    def until_nothing_moves(self, *, work_may_sleep: bool = False) -> Calm:
        """Wait until nothing can move but by an outside event, something spins, or patience is at its end."""
        return self.until(lambda: False, work_may_sleep=work_may_sleep) or Calm.SETTLED

    def until(self, done: Callable[[], bool], *, work_may_sleep: bool = False) -> Calm | None:
        """Wait until it is done (None), or until nothing moves, something spins, or patience is at its end."""
        nap = FIRST_NAP
        look_now = not self._clients.somebody_awaits_service
        while True:
            if self.heed():
                nap = FIRST_NAP
            if done():
                return None
            if look_now:
                calm = self._observer.calm(self._life.pid, self.hear, work_may_sleep=work_may_sleep)
                if calm:
                    return calm
            if self._observer.must_look_twice:
                nap = LONGEST_NAP
            look_now = not self.nap(nap if look_now else NAP_FOR_A_REPLY) or look_now
            nap = min(nap * 1.4, LONGEST_NAP)

    def until_states(self, pid: int, wanted: set[str]) -> None:
        """Wait until a process's threads are in these states, or it is gone; nothing else is asked.

        Raises:
            Unclear: patience is at its end.
        """
        while not self._observer.states(pid) <= wanted:
            self.a_little()

    def a_little(self) -> None:
        """Wait for something that is under way and needs no one but the machine.

        Raises:
            Unclear: patience is at its end.
        """
        self.heed()
        if self._observer.patience_left < 0:
            raise Unclear(filed("the machine did not let the server do what it was told"))
        self.nap(FIRST_NAP)

    def nap(self, seconds: float) -> bool:
        """Wait for anything to happen, so long at most; whether it did."""
        sources = (*(stream.fileno() for stream in self._life.open_streams), self._box.fileno())
        return self._clients.wait((source for source in sources if source >= 0), seconds)

    # ------------------------------------------------------------------ what happens meanwhile

    def hear(self) -> bool:
        """Take what clients and the program's output have for us; whether a client had anything."""
        moved = self._clients.pump()
        self._life.hear()
        if moved:
            self._observer.progress()
        return moved

    def heed(self) -> bool:
        """Hear clients, streams, the agent and the limits; whether a client had anything."""
        moved = self.hear()
        self._bounds.check()
        for pid, status in self._box.exits():
            if pid == self._life.pid:
                self._program_ended(status)
        self._end_for(self._police.breach(self._life.open_streams))
        return moved

    def heed_limits_in(self, snapshot: Snapshot) -> None:
        """End whoever was over a limit when it was seen at rest."""
        self._end_for(self._police.breach_in(snapshot))

    def _end_for(self, breach: str) -> None:
        """End whoever went over a limit; nothing where nobody did."""
        if breach:
            self._box.clear()
            self._program_ended(signal.SIGKILL, by_us=breach)

    def _program_ended(self, status: int, by_us: str = "") -> None:
        """Note how, and cut the scene, unless it may go on without.

        Raises:
            Cut: it may not.
        """
        self.hear()
        self._life.end_with(status, by_us)
        if self.program_may_end and not by_us:
            self._observer.progress()
            return
        remains = self._observer.reading()
        if remains.threads:
            there = self._observer.snapshot(filed("the server has ended"), Calm.SETTLED, self._life.pid, remains)
            self._diary.snapshots.append(there)
        called_accept = self._diary.has(What.INTERRUPTED)  # before we saw that it listens
        raise Cut(self._life.told_end(listened=bool(self._clients.port) or called_accept))
