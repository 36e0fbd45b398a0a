"""The class page of a crowd: everybody is on it, and it stays a page that a browser can lay out."""

from __future__ import annotations

import re

from grader.model import Status
from grader.overview import Asked, Overview, Standing, Was
from grader.people import Whose
from grader.report import class_page
from grader.report.matrix import MANY, ROWS_AT_MOST

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
    rows = table[table.index("<tbody>") :].replace("<tbody>", "").replace("</tbody>", "")
    return rows.split("<tr>")[1:]


def test_each_has_a_row_where_they_are_few() -> None:
    """A cell for each requirement; one that was never asked is empty."""
    rows = matrix_of(page_of(standing(1, "fnp"), standing(2, "ie-"), standing(3, "-pp")))
    assert [re.sub("<.*?>", "|", row) for row in rows] == ["|s1|✗|–", "|s2|?|!", "|s3||✓||"]


def test_the_same_is_one_row_where_they_are_many() -> None:
    """How many and who they are, the most frequent first; and everybody is in the table above."""
    crowd = [standing(n, "fpp" if n % 4 == 0 else "ppf") for n in range(ROWS_AT_MOST + 1)]
    page = page_of(*crowd)
    most, other = matrix_of(page)
    assert [re.sub("<.*?>", "", row) for row in (most, other)] == ["3,000: s1, s2, s3 …✓✓", "1,001: s0, s4, s8 …✗✓"]
    assert "The most frequent come first, 4,000 rows at most" in page
    assert {*re.findall(r'<td><a href="(s\d+)/report.html">student', page)} == {one.folder for one in crowd}


def test_a_matrix_has_no_more_rows_than_it_may() -> None:
    """Even where everybody misses something else."""
    asked = (*(Asked(f"forking/c{n}", 1.0, False, False, "It.") for n in range(13)), BONUS)
    crowd = [standing(n, f"{n:013b}".replace("0", "p").replace("1", "f") + "p") for n in range(1 << 13)]
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
    assert '<a href="%252Eada/instructor.html">.ada</a>' in page
    assert '<a href="%252Eada/report.html">student’s</a>' in page


def was(score: float, changes: int = 1, status: Status = Status.GRADED, made: str = "2026-11-02 10:00") -> Was:
    """How somebody stood before."""
    return Was(score, status, "rejudge", made, changes)


def shown(page: str, begins: str, ends: str) -> str:
    """Part of a page as text."""
    part = page[page.index(begins) :]
    return " ".join(re.sub("<.*?>", " ", part[: part.index(ends)]).split())


def test_old_and_new_scores_stand_side_by_side() -> None:
    """Where something has changed; who has not changed has no old score, and without any change there is no column."""
    page = page_of(
        standing(1)._replace(was=was(6.5)),
        standing(2)._replace(was=was(14.0, made="2026-11-03 09:00")),
        standing(3)._replace(was=was(12.0, changes=2)),
        standing(4),
    )
    told = shown(page, '<p class="fl-band">3 results', "</p>")
    assert told.startswith(
        "3 results have changed when judged anew, the last on 2026-11-03 09:00: 1 gained points, 1 lost points."
    )
    rows = page[page.index('id="fl-all"') :].split("<tr")[1:6]
    cells = [re.findall(r'<td class="fl-num">([^<]*)', row)[:2] for row in rows[1:]]
    assert cells == [["6.5", "12"], ["14", "12"], ["12", "12"], ["", "12"]]
    assert re.findall(r'<tr class="([^"]*)"', page) == ["changed gained", "changed lost", "changed", ""]
    assert "changed (3)" in page
    assert '<th scope="col">before</th>' in page
    assert '<th scope="col">before</th>' not in page_of(standing(4))


def test_who_needs_a_human_is_named_with_what_was_not_seen() -> None:
    """How many there are is said in words; of many requirements the first are named."""
    unclear = standing(1, "ipp")._replace(status=Status.INCONCLUSIVE, score=6.0)
    broken = standing(2, "eep")._replace(status=Status.ERROR, score=0.0)
    told = shown(page_of(unclear, broken, standing(3)), '<h2 id="fl-hand">', "</ul>")
    assert told == (
        "Look at these two by hand s1 : inconclusive: needs a human; 6 points are proven, and of forking/answers nothing "
        "s2 : error of the grader: needs a human; 0 points are proven, and of forking/answers, forking/reaps nothing"
    )
    assert "Look at this one by hand" in page_of(unclear)
    crowd = page_of(*(standing(n, "ipp")._replace(status=Status.INCONCLUSIVE) for n in range(13)))
    assert "Look at these 13 by hand" in crowd
    many = (*(Asked(f"forking/c{n}", 1.0, False, False, "It.") for n in range(6)), BONUS)
    assert "forking/c3 and 2 more nothing" in page_of(standing(1, "eeeeeee")._replace(status=Status.ERROR), asked=many)


def test_a_cause_names_everybody_who_has_it() -> None:
    """The first with links, the others where one asks for them; without script."""
    page = page_of(*(standing(n, "fpp")._replace(causes=("forking: Nobody waits.",)) for n in range(11)))
    talk = shown(page, "What to talk about", "</table>")
    assert talk.endswith("s0 , s1 , s2 , s3 , s4 , s5 , s6 , s7 and 3 more s8, s9, s10")


def test_hidden_checks_have_a_matrix_of_their_own() -> None:
    """The instructor sees at a glance that no student knows of them."""
    secret = Asked("forking/secret", 0.0, True, True, "A secret.")
    page = page_of(standing(1, "ppf"), asked=(CORE, BONUS, secret))
    assert shown(page, "<h2>Hidden checks</h2>", "</table>").endswith("forking/secret s1 ✗")
    assert "secret" not in shown(page, "<h2>Stretch", "<h2>Hidden")
    assert '<option value="forking/secret">forking/secret, hidden (1)' in page


def test_only_a_crowd_is_laid_out_bit_by_bit() -> None:
    """A short table shows all its rows at once, on paper and in a search of the browser's too."""
    assert "fl-many" not in re.sub("<style>.*?</style>", "", page_of(*map(standing, range(MANY))), flags=re.DOTALL)
    assert page_of(*map(standing, range(MANY + 1))).count(' fl-many"') == 3


def test_names_late_and_missing_are_shown() -> None:
    """Names of students in place of folders, the folder where nothing else tells two apart; inert, whatever they are."""
    ada = standing(1)._replace(whose=Whose(id="0012", name="<b>Ada", late=True))
    bela = standing(2)._replace(whose=Whose(name="Bela"))
    page = class_page.class_page(
        Overview((CORE, OTHER, BONUS), [ada, bela, standing(3)], [Whose(id="7", name="<i>Chen"), Whose(id="8")]),
        title="Lab",
        made="now",
    )
    rows = page[page.index('id="fl-all"') :].split("<tr")[2:5]
    cells = [re.sub("(<.*?>)+", "|", row).split("|") for row in rows]
    assert [row[1] for row in cells] == ["&lt;b&gt;Ada (0012)", "Bela (s2)", "s3"]
    assert ["graded, late" in row for row in cells] == [True, False, False]
    assert '<option value="=late">late (1)' in page
    assert "<h2>Nothing from 2 students</h2><ul><li>&lt;i&gt;Chen (7)</li><li>8</li></ul>" in page
