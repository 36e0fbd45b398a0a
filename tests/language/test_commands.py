"""Every command that tells students something tells it in the language that is wanted."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from grader import batch, grading, store
from tests.language.chinese import english_in, english_on, ours_of
from tests.test_plugin import fay
from tests.test_rejudging import out

__all__ = ["fay", "out"]
CHINESE = re.compile("[\u4e00-\u9fff]")
PYTEST = re.compile(
    r"^(=|_|-+ Gen|\[gw|platform|rootdir|plugins|created|collected|bringing|\d+ workers|configfile|\s*$|F|E)"
)
"""How pytest's own lines begin."""


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        capture_output=True,
        text=True,
        cwd=grading.PROJECT,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
    )


def files_of(out: Path) -> dict[str, bytes]:
    """Results and pages, but for the moment at which a page was made."""
    made = re.compile(rb"Report generated on .*? by |[0-9.]+ ms|[0-9:]{8}")
    there = {path: path.read_bytes() for path in (*out.glob("*/result.json"), *out.glob("*/report.html"))}
    return {str(path.relative_to(out)): made.sub(b"", read) for path, read in there.items() if read != b"old page"}


def test_a_batch_is_told_in_another_language_and_back(out: Path) -> None:
    """By its recordings: outcomes and points stay, no English is left, and back again every byte is as it was."""
    command("rejudge", str(out))
    command(
        "rejudge", str(out), LANGUAGE="zh_CN"
    )  # each stays in its own; what it took the place of is remembered once
    command("report", str(out))
    english = files_of(out)
    done = command("rejudge", str(out), "--lang", "zh")
    assert "0 gained points, 0 lost points, 3 have as many as before" in done.stdout
    assert "bela" not in done.stdout  # nothing but words has changed
    for name in ("ada", "bela", "chen"):
        told, before = (json.loads((out / name / store.RESULT).read_text()), json.loads(english[f"{name}/result.json"]))
        page = (out / name / store.PAGE).read_text("utf-8")
        assert (told["language"], told["score"], told["key"]) == ("zh", before["score"], before["key"])
        assert [one["earned"] for one in told["checks"]] == [one["earned"] for one in before["checks"]]
        assert english_on(ours_of(page), name, "a", "note") == []
        assert "lang='zh-Hans'" in page
    told_elsewhere = json.loads(command("export", "gradescope", str(out), "--submission", "bela", "--to", "-").stdout)
    output = "\n".join(one["output"] for one in told_elsewhere["tests"])
    assert ("预期：" in output, english_in(output)) == (True, [])
    command("rejudge", str(out), "--lang", "en", LANGUAGE="zh")
    assert files_of(out) == english


def test_pages_are_told_in_another_language(out: Path) -> None:
    """With the outcomes that are filed, though today's checks think otherwise; of what was not recorded, what can be."""
    done = command("report", str(out), "--lang", "zh")
    assert done.returncode == 0, done.stderr
    ada, dora = (json.loads((out / name / store.RESULT).read_text()) for name in ("ada", "dora"))
    (kept,) = [one for one in ada["checks"] if one["id"] == "forking/reaps_a_burst"]
    assert (ada["score"], ada["language"], kept["message"]) == (94, "zh", "29 zombies")
    assert all(CHINESE.search(one["requirement"]) for one in (*ada["checks"], *dora["checks"]))
    assert CHINESE.search(ours_of((out / "dora" / store.PAGE).read_text("utf-8")))


def test_another_language_is_no_new_grade(tmp_path: Path, few_checks: Path) -> None:
    """What is graded is told anew, and no program runs; whoever goes on without a word goes on in that language."""
    here = ("grade", str(grading.SAMPLES / "chen"), "--out", str(tmp_path), "--assignment", str(few_checks))
    command(*here, "--lang", "zh")
    first = json.loads((tmp_path / "chen" / store.RESULT).read_text())
    assert (first["language"], bool(CHINESE.search(first["checks"][0]["message"]))) == ("zh", True)
    assert english_on(ours_of((tmp_path / "chen" / store.PAGE).read_text("utf-8")), "chen") == []
    assert "0 to grade" in (again := command(*here)).stdout
    assert "now told" not in again.stdout
    told = command(*here, "--lang", "en").stdout
    assert "1 submission, 0 to grade" in told
    assert "1 submission graded before, now told in the language en" in told
    second = json.loads((tmp_path / "chen" / store.RESULT).read_text())
    assert (second["language"], second["key"], second["seconds"]) == ("en", first["key"], first["seconds"])
    assert second["checks"][0]["requirement"].startswith("The server listens")
    assert (tmp_path / batch.REFERENCE_FOLDER / batch.LANGUAGE).read_text() == "en\n"


def test_the_rubric_speaks_as_the_environment_says() -> None:
    """Points and ids stay."""
    said = command("rubric", LANGUAGE="zh_CN").stdout
    assert "分成两段的请求在完整之后得到一次应答。" in said
    assert english_in(said) == []


def test_a_language_that_is_not_spoken_is_a_sentence(tmp_path: Path) -> None:
    """With those that are."""
    done = command("rubric", "--lang", "de")
    assert (done.returncode, "'en'" in done.stderr or "en, zh" in done.stderr) == (2, True)


def test_a_student_is_told_in_chinese(fay: Path) -> None:
    """By the workers of `-n 2` too, as the environment says; pytest's own lines are pytest's."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "-k", "answers or listens"],
        capture_output=True,
        text=True,
        cwd=fay,
        check=False,
        env={**os.environ, "LANGUAGE": "", "LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1", "COLUMNS": "100"},
    )
    ours = [line for line in done.stdout.splitlines() if not PYTEST.match(line)]
    assert english_in("\n".join(ours).replace(str(fay), "")) == [], done.stdout
    assert "得分 " in done.stdout
    assert english_on(ours_of((fay / "report.html").read_text("utf-8")), fay.name) == []


def test_a_mistake_of_use_is_told_in_the_language_that_is_wanted(fay: Path) -> None:
    """`--lang` counts more than the environment."""
    run = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--submission=nowhere"]
    for wanted, told in ((), "没有这个文件夹"), (("--lang", "en"), "there is no such folder"):
        done = subprocess.run(
            [*run, *wanted],
            capture_output=True,
            text=True,
            cwd=fay,
            check=False,
            env={**os.environ, "LANGUAGE": "zh", "PYTHONUTF8": "1"},
        )
        assert told in done.stderr
