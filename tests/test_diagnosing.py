"""Which cause comes first, how sure it is, what follows from it, and when nothing is said: by scenes written by hand."""

from __future__ import annotations

import msgspec
import pytest

from grader.causes import CAUSES
from grader.clues import Seen, failed, not_so, passed
from grader.diagnosing import diagnose, diagnoses
from grader.grading import checks_here
from grader.judging import judge_all
from grader.model import BLOCKING, FORKING, TRACKS, Diagnosis, Outcome, Sure
from grader.recording import What
from grader.reference import Reference
from tests.causes.of_children import SHOWN as CHILDREN
from tests.causes.of_the_bonus import SHOWN as BONUS
from tests.causes.of_the_start_and_replies import SHOWN as REPLIES
from tests.causes.of_turns_and_leaks import SHOWN as LEAKS
from tests.causes.showing import Shown, diagnosis, results
from tests.recordings import changed
from tests.right_scenes import REFERENCES, right

SHOWN = {**CHILDREN, **BONUS, **REPLIES, **LEAKS}


def found(shown: Shown) -> Diagnosis:
    """What is made of it: something."""
    told = diagnosis(shown)
    assert told is not None
    return told


def both(*names: str) -> Shown:
    """One server that makes these mistakes at once."""
    made = [SHOWN[name] for name in names]
    failing = tuple(dict.fromkeys(check for shown in made for check in shown.failed))
    return Shown(made[0].track, failing, tuple(scene for shown in made for scene in shown.scenes))


def test_a_server_that_fails_nothing_has_no_cause() -> None:
    """Whatever its recordings would be evidence of."""
    for shown in SHOWN.values():
        assert diagnosis(shown._replace(failed=())) is None


@pytest.mark.parametrize("track", TRACKS, ids=lambda track: track.name)
def test_a_right_server_has_no_cause(track: object) -> None:
    """By the real checks, on scenes as a right server shows them."""
    looked = {track.name: right(track) for track in TRACKS}
    judged = judge_all(checks_here(), looked, REFERENCES)
    assert diagnoses(judged, looked, REFERENCES) == {}


def test_failures_without_evidence_have_no_cause() -> None:
    """A wrong diagnosis is worse than none."""
    assert diagnosis(Shown(FORKING, ("reaps_a_burst",))) is None


def test_the_cause_that_explains_most_comes_first() -> None:
    """Of two mistakes the one that more points are lost by, in whichever order they are known."""
    assert found(both("wrong_body", "nobody_waits_for_children")).cause == "nobody_waits_for_children"
    assert found(both("nobody_waits_for_children", "wrong_body")).cause == "nobody_waits_for_children"


def test_the_more_telling_of_two_comes_first() -> None:
    """Both explain the same checks: a grandchild that serves is more than a zombie."""
    told = found(CHILDREN["middle_process_stays"])
    assert told.cause == "middle_process_stays"
    assert told.instead not in ("", told.sentence)
    assert told.apart.count("Otherwise: ") == 1


def test_what_follows_is_told_without_its_root() -> None:
    """Of the checks that a cause explains those that failed, in the report's order."""
    told = found(LEAKS["parent_keeps_its_copy"])
    assert (told.root, told.follows) == ("forking/parent_closes_connections", ("forking/closes_after_reply",))


def test_scenes_that_were_cut_in_the_same_way_follow() -> None:
    """Whatever they are about; a scene that was cut otherwise does not."""
    shown = CHILDREN["waits_without_a_guard"]
    burst = changed(shown.scenes[0], experiment="burst", about="reaps_a_burst")
    more = Shown(FORKING, ("survives_signals", "reaps_a_burst", "closes_after_reply"), (*shown.scenes, burst))
    assert found(more).follows == ("forking/reaps_a_burst",)


def test_what_is_hidden_is_no_part_of_a_diagnosis() -> None:
    """It is the student's to read; a hidden scene that was cut in the same way is not among what follows."""
    shown = CHILDREN["waits_without_a_guard"]
    strangers = changed(shown.scenes[0], experiment="strangers", about="answers_strangers")
    known = results(FORKING, shown.failed)
    secret = msgspec.structs.replace(known[0], id="forking/answers_strangers", outcome=Outcome.FAILED, hidden=True)
    scenes = {**right(FORKING), **{scene.experiment: scene for scene in (*shown.scenes, strangers)}}
    told = diagnoses((*known, secret), {FORKING.name: scenes}, REFERENCES)
    assert told == {FORKING.name: found(shown)}


@pytest.mark.parametrize(
    ("shown", "sure"),
    [
        (CHILDREN["nobody_waits_for_children"], Sure.ALMOST_CERTAINLY),
        (both("nobody_waits_for_children", "wrong_body"), Sure.PROBABLY),
        (LEAKS["serves_in_another_order"], Sure.PROBABLY),
        (both("serves_in_another_order", "does_not_sleep_delay")._replace(scenes=()), Sure.PERHAPS),
    ],
    ids=[
        "seen and all explained",
        "seen, and more has failed",
        "told by outcomes",
        "told by outcomes, more has failed",
    ],
)
def test_it_says_how_sure_it_is(shown: Shown, sure: Sure) -> None:
    """By what was seen besides outcomes, and whether anything is left unexplained."""
    assert found(shown).sure is sure


def test_two_that_tell_as_much_make_each_other_less_sure() -> None:
    """Two causes at one check, and both have all their evidence."""
    shown = both("keeps_lost_clients", "an_empty_message_leaves_the_loop")
    assert found(shown._replace(scenes=shown.scenes[:1])).sure is Sure.ALMOST_CERTAINLY
    rude = changed(shown.scenes[0], cut="ended", exit=shown.scenes[1].exit)
    told = found(shown._replace(scenes=(rude,)))
    assert (told.cause, told.sure) == ("an_empty_message_leaves_the_loop", Sure.PROBABLY)
    assert told.apart.count("Otherwise: ") == 1


def test_the_bonus_is_spoken_of_when_the_core_is_whole() -> None:
    """Nothing of the core failed; else the core's cause is told, or none."""
    bonus = BONUS["no_process_ends_it"]
    assert found(bonus).stretch
    core = Shown(FORKING, (*bonus.failed, "reaps_a_burst"), bonus.scenes)
    assert diagnosis(core) is None


def test_hidden_checks_are_no_evidence() -> None:
    """No student hears of them: neither by a root nor by what follows."""
    shown = LEAKS["parent_keeps_its_copy"]
    hidden = tuple(msgspec.structs.replace(one, hidden=True) for one in results(FORKING, shown.failed))
    assert diagnose(hidden, right(FORKING), FORKING, Reference({})) is None


def test_the_same_is_told_every_time() -> None:
    """In whichever order results and scenes come."""
    for shown in SHOWN.values():
        scenes = {**right(shown.track), **{scene.experiment: scene for scene in shown.scenes}}
        turned = dict(reversed(scenes.items()))
        known = results(shown.track, shown.failed)
        reference = REFERENCES[shown.track.name]
        assert diagnose(known, scenes, shown.track, reference) == diagnose(known, turned, shown.track, reference)


def test_what_was_not_seen_well_shows_nothing() -> None:
    """A scene that the machine hid, or that our own apparatus broke, is no evidence."""
    shown = CHILDREN["nobody_waits_for_children"]
    for field in ("unclear", "broken"):
        dim = tuple(changed(scene, **{field: "the machine was asleep"}) for scene in shown.scenes)
        assert diagnosis(shown._replace(scenes=dim)) is None


def test_without_scenes_or_reference_nothing_is_claimed_of_replies() -> None:
    """As where the hand-out's answers are not there, or only outcomes are known."""
    shown = REPLIES["wrong_body"]
    known = results(FORKING, shown.failed)
    assert diagnose(known, {}, FORKING, Reference({})) is None
    assert diagnoses(known, {}, {}) == {}


def test_clues_of_outcomes() -> None:
    """Failed and passed are no opposites: a check may be not reached, or not there."""
    seen = Seen(BLOCKING, results(BLOCKING, ["answers"]), {}, Reference({}))
    assert failed("answers").holds(seen)
    assert passed("listens").holds(seen)
    assert not failed("answers", "listens").holds(seen)
    assert not passed("reaps_a_burst").holds(seen)
    assert not failed("reaps_a_burst").holds(seen)
    assert not_so(failed("listens")).holds(seen)
    assert not seen.came_to("answers", Outcome.INCONCLUSIVE)


def test_names_are_what_headers_can_name() -> None:
    """Words and underscores, each once, and not the word for none."""
    names = [cause.name for cause in CAUSES]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalpha() and name.islower() for name in names)
    assert "none" not in names


def test_whoever_asked_after_the_look_does_not_wait_at_it() -> None:
    """A server that reads from a silent client is no server that reads on: the client asked later, and then it ended."""
    shown = REPLIES["reads_on_for_ever"]
    visits, held_back = shown.scenes
    later = [msgspec.structs.replace(one, at=99.0) if one.what is What.SENT else one for one in held_back.events]
    told = diagnosis(shown._replace(scenes=(visits, changed(held_back, events=tuple(later)))))
    assert told is None or told.cause != "reads_on_for_ever"
