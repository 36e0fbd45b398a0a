"""Why a server can't be started again at once."""

from __future__ import annotations

from grader.causes.cause import BOTH, Cause
from grader.clues import shows
from grader.clues.endings import cut_by, errno
from grader.clues.looks import at

CAUSES = (
    Cause(
        name="address_is_not_reused",
        tracks=BOTH,
        sentence="The port can't be bound while the kernel keeps an old connection of it: that it may be is not asked for, or not in time.",
        roots=("starts_again_at_once",),
        evidence=(cut_by(errno(98), "restart"),),
        hint="Which socket option lets bind() have a port that has a connection in TIME_WAIT, set on which socket, and when? socket(7)",
        apart="The second start ends with EADDRINUSE, and a minute later it does not.",
    ),
    Cause(
        name="waits_until_the_port_is_free",
        tracks=BOTH,
        sentence="The server tries again and again until the kernel gives it the port, a minute later, in place of asking for it at once.",
        roots=("starts_again_at_once",),
        evidence=(
            at("restart", "it does not listen", "it lives and does not listen", lambda look: look.parent is not None),
            shows("listened at its first start", lambda seen: seen.scene("restart").listened),
        ),
        hint="Which socket option lets bind() have a port that has a connection in TIME_WAIT? socket(7)",
        apart="The second start ends in no error, and `ss -ltn` shows nothing for a minute.",
    ),
)
