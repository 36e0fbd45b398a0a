"""A hidden check, as an example: requests that nobody has seen before, other ones in every batch.

Whatever `test_*.py` lies in this folder is loaded beside the bundled checks where a batch is graded. Its results stand
in `result.json` and on the class page; a student's page does not show them, and they have no points by themselves.
"""

import string
from random import Random

from grader import FORKING, NEVER, Mismatch, Recording, Reference, check
from grader.apparatus.server import Server
from grader.hidden import drawn
from grader.replies import difference

NAMES = tuple(f"stranger {number}" for number in range(1, 6))
LETTERS = string.ascii_letters + string.digits + "-_"


@drawn(forking="answers_strangers")
def strangers(server: Server, random: Random) -> None:
    """Five clients come one after the other, each with a path and a header that nobody foresaw."""
    server.start()
    for place, name in enumerate(NAMES):
        server.visit(name, a_request(random, random.randint(40 * place + 1, 40 * place + 40)))
    server.then("the strangers have gone")


def a_request(random: Random, length: int) -> bytes:
    """A path of this length, so that short and long ones come; at most 1000 bytes in all, for one go of reading."""
    path, name, value = (word(random, size) for size in (length, random.randint(1, 40), random.randint(1, 600)))
    return f"GET /{path} HTTP/1.1\r\nHost: lab\r\nX-{name}: {value}\r\n\r\n".encode()


def word(random: Random, size: int) -> str:
    """A word that is in no dictionary."""
    return "".join(random.choices(LETTERS, k=size))


@check(points=0, on=FORKING)
def test_answers_strangers(strangers: Recording, reference: Reference) -> None:
    """A request with a path and a header that nobody foresaw gets the reply that the reference gives."""
    for name in NAMES:
        if not strangers.sent(name):  # it never came, or was refused
            raise strangers.missing(name)
        differs = difference(FORKING.speech, reference.reply_to(strangers.sent(name)), strangers.received(name))
        if differs and strangers.end_of(name) == NEVER and strangers.was_stopped_by_us:
            raise strangers.missing(name)
        if differs:
            raise Mismatch(
                expected=f"to {name}: {differs[0]}",
                observed=differs[1],
                evidence=(*strangers.story(name), *strangers.last_words),
                hint="What of a request does the reply depend on?",
            )
