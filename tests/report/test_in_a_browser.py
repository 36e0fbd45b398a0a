"""The student's page in a real browser: on paper, without script, enlarged, by keys alone, and its table sorted and filtered."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from grader.model import Check, Diagnosis, Excerpt, Outcome, Part, Report, Result, Sure, report_of
from grader.recording import Recording, What
from grader.replaying import page_of
from grader.rubric import rubric
from tests.recordings import SERVER, child, comes, event, process, recording, snapshot, thread, zombie

ROOT, FOLLOWS = "forking/parent_closes_connections", "forking/closes_after_reply"
OUTCOMES = {
    ROOT: Outcome.FAILED,
    FOLLOWS: Outcome.FAILED,
    "forking/reaps_a_burst": Outcome.NOT_REACHED,
    "forking/keeps_its_port": Outcome.INCONCLUSIVE,
}
HOSTILE = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>\u202e"
pytestmark = pytest.mark.needs("chromium")


def result(check: Check) -> Result:
    """Two mistakes, something not reached, something that no machine could see; and what a student says in it."""
    outcome = OUTCOMES.get(check.id, Outcome.PASSED)
    bare = Result(check.id, outcome, check.points, check.points, check.stretch, check.requirement)
    if outcome is Outcome.PASSED:
        return bare
    return msgspec.structs.replace(
        bare,
        earned=0.0,
        message=f"why: {HOSTILE}",
        expected=f"none of {HOSTILE}",
        observed=f"A: {HOSTILE}",
        evidence=(f"A's connection {HOSTILE}",) * 3,
        hint="Which does it need?",
    )


def scene(name: str) -> Recording:
    """A client whose connection parent and child hold, and another one with a strange name."""
    server = process(SERVER, thread(SERVER, "accept4", asleep_since=0.05), sockets=[5, ord("A")])
    return recording(
        name,
        event("server", What.STARTED, 0.0),
        *comes("A", 0.1),
        *comes(HOSTILE, 0.11),
        snapshot("all are there", server, child(8, "A"), clients="A", at=0.2),
        event("A", What.SENT, 0.21, HOSTILE.encode()),
        event("A", What.RECEIVED, 0.25, HOSTILE.encode()),
        snapshot(HOSTILE, server, zombie(8), clients="A", at=0.3),
        event("server", What.EXITED, 0.5, note=HOSTILE),
    )


def report() -> Report:
    """Of somebody whose name is markup."""
    lines = Excerpt(Part.FORK, 7, ("pid = os.fork()", f"if pid == 0:  # {HOSTILE}", "    " + "x" * 150))
    why = Diagnosis(
        cause="keeps", sentence="It keeps it.", sure=Sure.PROBABLY, hint="Which?", root=ROOT, follows=(FOLLOWS,),
        apart="Look into /proc.",
    )  # fmt: skip
    return report_of(
        HOSTILE, tuple(map(result, rubric())), sandbox="bubblewrap", seconds=1.0, python="3.13",
        excerpts={"forking": (lines,)}, diagnoses={"forking": why},
    )  # fmt: skip


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the page lies."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    scenes = {name: scene(name) for name in ("crowd", "visits")}
    path.write_bytes(page_of(report(), {"forking": scenes}, {"forking": {"crowd": scene("crowd")}}))
    return path.as_uri()


def opened(browser: Any, filed: str, **how: Any) -> Any:
    """The page, in a window of its own."""
    page = browser.new_context(**how).new_page()
    page.goto(filed)
    return page


def at(check: str) -> str:
    """Where a requirement stands."""
    return f"#at-{check.replace('/', '-')}"


@pytest.mark.parametrize(("width", "colours"), [(640, "light"), (320, "dark")])
def test_nothing_lies_beyond_the_edge(browser: Any, filed: str, width: int, colours: str) -> None:
    """On 1280 pixels, enlarged to 200 % and to 400 % (WCAG 1.4.4 and 1.4.10); and by axe's rules."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    page = opened(browser, filed, viewport={"width": width, "height": 700}, device_scale_factor=2, color_scheme=colours)
    found = Axe().run(page)
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.context.close()
    assert (found.violations_count, beyond) == (0, 0), found.generate_report()


def test_what_a_student_wrote_is_inert(browser: Any, filed: str) -> None:
    """Name, replies, lines, labels and last words: shown as text, and nothing is loaded or run."""
    asked: list[str] = []
    page = browser.new_context().new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(filed)
    assert (asked, page.title()) == ([filed], f"{HOSTILE[:-1]}\\u202e: 85 of 100")
    assert page.locator("img[src=x], script:text('owned')").count() == 0
    for told in (f"A: {HOSTILE[:-1]}\\u202e", f"if pid == 0: # {HOSTILE[:40]}"):
        assert told in " ".join(page.locator(at(ROOT)).inner_text().split())
    page.context.close()


def test_on_paper_everything_is_open(browser: Any, filed: str) -> None:
    """What is closed on the screen is told, and pytest-html's table, which tells nothing new, is not there."""
    page = opened(browser, filed)
    assert not page.locator(f"{at(FOLLOWS)} .fl-pair").is_visible()
    assert page.locator("#results-table").is_visible()
    page.emulate_media(media="print")
    assert page.locator(f"{at(FOLLOWS)} .fl-pair").bounding_box()["height"] > 20
    assert not page.locator("#results-table").is_visible()
    beyond = page.locator("svg").evaluate_all("all => all.map(one => one.getBoundingClientRect().right - innerWidth)")
    assert max(beyond) <= 0
    pdf = page.pdf()
    page.context.close()
    assert (pdf[:5], pdf.count(b"/Type /Page\n") >= 2) == (b"%PDF-", True)


def test_without_script_nothing_is_missing(browser: Any, filed: str) -> None:
    """What failed is open, what follows can be opened, and there is no table that only a script would fill."""
    page = opened(browser, filed, java_script_enabled=False)
    assert page.locator(f"{at(ROOT)} svg").first.is_visible()
    page.locator(f"{at(FOLLOWS)} > summary").click()
    assert page.locator(f"{at(FOLLOWS)} .fl-pair").is_visible()
    assert {page.locator(where).is_visible() for where in ("#results-table", ".controls", "#environment")} == {False}
    assert page.get_by_text("Mend this first, in forking_server.py").is_visible()
    page.context.close()


FOCUSED = """() => { const e = document.activeElement, s = getComputedStyle(e);
return e === document.body ? null : [e.tagName, e.innerText.split('\\n')[0], s.outlineStyle !== 'none'] }"""


def test_keys_alone_reach_everything(browser: Any, filed: str) -> None:
    """Links, what opens, what scrolls, and the table's filters and heads, each with a ring around it; and out again."""
    page = opened(browser, filed)
    reached = []
    for _ in range(400):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        reached.append(focused)
    assert page.evaluate(FOCUSED) is None
    assert all(ring for _, _, ring in reached)
    names = [(tag, text) for tag, text, _ in reached]
    assert names[:2] == [("A", ROOT), ("A", FOLLOWS)]
    assert {("SUMMARY", "How to make sure"), ("BUTTON", "Result"), ("BUTTON", "Test")} <= set(names)
    tags = [tag for tag, _ in names]
    assert tags.count("SUMMARY") == page.locator("summary:visible").count()
    assert {"FIGURE", "PRE", "INPUT", "TD"} <= set(tags)
    page.context.close()


def test_a_link_leads_to_what_follows_and_enter_opens_it(browser: Any, filed: str) -> None:
    """By keys."""
    page = opened(browser, filed)
    page.get_by_role("link", name=FOLLOWS).first.press("Enter")
    assert page.url.endswith(at(FOLLOWS))
    page.locator(f"{at(FOLLOWS)} > summary").press("Enter")
    assert page.locator(f"{at(FOLLOWS)} .fl-pair").is_visible()
    page.context.close()


def rows(page: Any) -> list[str]:
    """The table's ids, from above."""
    found: list[str] = page.locator("#results-table .col-testId").all_inner_texts()
    return found


def test_the_table_is_sorted_and_filtered(browser: Any, filed: str) -> None:
    """By its heads, both ways, and by its boxes; with keys alone."""
    page = opened(browser, filed)
    everything = sorted(check.id for check in rubric())
    head = page.get_by_role("button", name="Test")
    head.press("Enter")
    first = rows(page)
    assert first in (everything, everything[::-1])
    head.press("Enter")
    assert rows(page) == first[::-1]
    ascending = rows(page) == everything
    column = page.locator("#results-table th", has_text="Test")
    assert column.get_attribute("aria-sort") == ("ascending" if ascending else "descending")
    page.get_by_label("show passed").press("Space")
    assert set(rows(page)) == set(OUTCOMES)
    page.get_by_label("show failed").press("Space")
    assert rows(page) == []
    page.get_by_label("show passed").press("Space")
    assert set(rows(page)) == set(everything) - set(OUTCOMES)
    page.context.close()


def test_a_row_of_the_table_tells_in_short_why(browser: Any, filed: str) -> None:
    """It is closed at first, and Enter opens it."""
    page = opened(browser, filed)
    row = page.locator("#results-table tbody", has_text="forking/reaps_a_burst")
    assert not row.locator(".log").is_visible()
    row.get_by_role("button").press("Enter")
    assert row.locator(".log").inner_text().startswith("not reached: why: <img src=x")
    page.context.close()
