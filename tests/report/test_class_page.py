"""The class page of a crowd: everybody is on it, and it stays a page that a browser can lay out."""

from __future__ import annotations

import re

from grader.model import Status
from grader.overview import Asked, Overview, Standing
from grader.people import Whose
from grader.report import class_page
from grader.report.class_page import ROWS_AT_MOST

CORE = Asked("forking/answers", 6.0, False, False, "It answers & more.")
OTHER = Asked("forking/reaps", 6.0, False, False, "It reaps.")
BONUS = Asked("forking/extra", 2.0, True, False, "It does more.")


def standing(number: int, outcomes: str = "ppp") -> Standing:
    """A submission."""
    return Standing(f"s{number}", f"s{number}", 12.0, 12.0, 2.0, False, Status.GRADED, "bubblewrap", outcomes)


def page_of(*standings: Standing, asked: tuple[Asked, ...] = (CORE, OTHER, BONUS)) -> str:
    """Their page."""
    return class_page.class_page(Overview(asked, standings), title="Lab", made="now")


def matrix_of(page: str) -> list[str]:
    """The rows of the core's matrix."""
    table = page[page.index("<h2>Requirements and submissions</h2>") : page.index("<h2>Stretch")]
    return table[table.index("<tbody>") :].split("<tr>")[1:]


def test_each_has_a_row_where_they_are_few() -> None:
    """A cell for each requirement; one that was never asked is empty."""
    rows = matrix_of(page_of(standing(1, "fnp"), standing(2, "ie-"), standing(3, "-pp")))
    assert [re.sub("<.*?>", "|", row) for row in rows] == ["|s1|✗|–", "|s2|?|!", "|s3||✓|||"]


def test_the_same_is_one_row_where_they_are_many() -> None:
    """How many and who they are, the most frequent first; and everybody is in the table above."""
    crowd = [standing(n, "fpp" if n % 4 == 0 else "ppf") for n in range(ROWS_AT_MOST + 1)]
    page = page_of(*crowd)
    most, other = matrix_of(page)
    assert [re.sub("<.*?>", "", row) for row in (most, other)] == ["750: s1, s2, s3 …✓✓", "251: s0, s4, s8 …✗✓"]
    assert "The most frequent come first, 1,000 rows at most" in page
    assert {*re.findall(r'<td><a href="(s\d+)/report', page)} == {one.folder for one in crowd}


def test_a_matrix_has_no_more_rows_than_it_may() -> None:
    """Even where everybody misses something else."""
    asked = (*(Asked(f"forking/c{n}", 1.0, False, False, "It.") for n in range(11)), BONUS)
    crowd = [standing(n, f"{n:011b}".replace("0", "p").replace("1", "f") + "p") for n in range(1 << 11)]
    assert len(matrix_of(page_of(*crowd, asked=asked))) == ROWS_AT_MOST


def test_what_is_missed_most_names_the_first_of_them() -> None:
    """The core's, most failed first."""
    page = page_of(*(standing(n, "pff" if n < 10 else "fpf") for n in range(12)))
    talk = page[page.index("What was missed") : page.index("<h2>Submissions")]
    rows = [re.sub("<.*?>", "|", row) for row in talk.split("<tr>")[2:]]
    assert [re.findall(r"\d+|It [\w &;]+\.|…", row)[0] for row in rows] == ["10", "2"]
    assert ("It answers &amp; more." in rows[1], "s7" in rows[0], "s8" in rows[0], "…" in rows[0]) == (
        True, True, False, True,
    )  # fmt: skip
    assert "It does more." not in talk


def test_the_commonest_cause_comes_first_with_those_who_have_it() -> None:
    """It is also what each of them should mend first."""
    many, few = "forking: Nobody <waits>.", "blocking: It sends too much."
    page = page_of(
        standing(1, "fpp")._replace(causes=(few, many)), standing(2, "fpp")._replace(causes=(many,)), standing(3, "fpp")
    )
    talk = page[page.index("What to talk about") : page.index("What was missed")]
    rows = [re.sub("(<.*?>)+", "|", row) for row in talk.split("<tr>")[2:]]
    assert rows == ["|2|forking: Nobody &lt;waits&gt;.|s1|, |s2|", "|1|blocking: It sends too much.|s1|"]
    everybody = page[page.index("<h2>Submissions") :]
    assert everybody.count('<td class="fl-wide">forking: Nobody &lt;waits&gt;.') == 1
    assert everybody.count('<td class="fl-wide">blocking: It sends too much.') == 1
    assert "What to talk about" not in page_of(standing(3, "fpp"))


def test_a_link_leads_to_the_folder() -> None:
    """Which need not be called as the submission is."""
    page = page_of(standing(1)._replace(folder="%2Eada", submission=".ada"))
    assert '<a href="%252Eada/report.html">.ada</a>' in page


def test_names_late_and_missing_are_shown() -> None:
    """Names of students in place of folders, the folder where nothing else tells two apart; inert, whatever they are."""
    ada = standing(1)._replace(whose=Whose(id="0012", name="<b>Ada", late=True))
    bela = standing(2)._replace(whose=Whose(name="Bela"))
    page = class_page.class_page(
        Overview((CORE, OTHER, BONUS), [ada, bela, standing(3)], [Whose(id="7", name="<i>Chen"), Whose(id="8")]),
        title="Lab",
        made="now",
    )
    everybody = page[page.index("<h2>Submissions") : page.index("<h2>Requirements")]
    rows = [re.sub("(<.*?>)+", "|", row) for row in everybody.split("<tr>")[2:]]
    assert [row.split("|")[1] for row in rows] == ["&lt;b&gt;Ada (0012)", "Bela (s2)", "s3"]
    assert ["graded, late" in row for row in rows] == [True, False, False]
    assert "<h2>Nothing from 2 students</h2><ul><li>&lt;i&gt;Chen (7)</li><li>8</li></ul>" in page
