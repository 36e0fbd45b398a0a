"""What lies in deploy/ does on one machine what a cluster would have it do: the tasks of an array, the pods of a Job."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from grader import batch, grading, store
from grader.rejudging import folders_in
from grader.shards import Shard

DEPLOY = grading.PROJECT / "deploy"
CLASS = ("ada", "chen", "hana")
TASKS = 3
"""One of the three tasks has nobody to grade."""
OLDEST, NEWEST = "1.33", "1.37"
"""Versions of Kubernetes whose published schemas the manifest is held against."""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a small class."""
    for name in CLASS:
        shutil.copytree(grading.SAMPLES / name, tmp_path / "class" / name)
    return tmp_path


def environment(**variables: str) -> dict[str, str]:
    """Ours, in which python3 is this interpreter, with these variables."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", "JOB_COMPLETION"))}
    return {**kept, "PATH": path, "PYTHONPATH": str(grading.PROJECT), **variables}


def side_by_side(commands: list[tuple[list[str], dict[str, str]]], folder: Path) -> None:
    """Run them all at once, each with its variables; all must end well."""
    begun = [
        subprocess.Popen(words, cwd=folder, env=environment(**own), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for words, own in commands
    ]
    for process in begun:
        said, _ = process.communicate()
        assert process.returncode == 0, said.decode()


def slurm(folder: Path, *arguments: str, array: range) -> Iterator[tuple[list[str], dict[str, str]]]:
    """The tasks of an array as slurmd starts them: a copy of the script elsewhere, with Slurm's variables; sbatch(1)."""
    copy = folder / "slurm_script"
    shutil.copyfile(DEPLOY / "slurm.sh", copy)
    copy.chmod(0o700)
    for task in array:
        yield (
            [str(copy), *arguments],
            {
                "SLURM_SUBMIT_DIR": str(grading.PROJECT),
                "SLURM_ARRAY_TASK_ID": str(task),
                "SLURM_ARRAY_TASK_COUNT": str(len(array)),
                "SLURM_ARRAY_TASK_MIN": str(array.start),
                "SLURM_ARRAY_TASK_STEP": "1",
                "SLURM_CPUS_PER_TASK": "1",
            },
        )


def graded_in(out: Path) -> set[str]:
    """Whose results lie in a folder."""
    return {path.parent.name for path in out.glob("*/result.json")}


def merged(out: Path, command: str = "index") -> Path:
    """Put the shards together by the lines of deploy/README.md, with this command in the last."""
    _, _, block = (DEPLOY / "README.md").read_text().partition("## Into one\n\n```sh\n")
    lines = block.partition("```")[0].replace("OUT", str(out)).replace(".venv/bin/python", sys.executable)
    assert lines.count(" index ") == 1
    words = ["sh", "-ec", lines.replace(" index ", f" {command} ")]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, cwd=grading.PROJECT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "class"


def test_the_tasks_of_a_slurm_array_make_one_class(here: Path, scores_of_the_samples: dict[str, float]) -> None:
    """All tasks at once, each in a folder of its own with one seed; together they are as if one machine had done it."""
    out = here / "out"
    side_by_side(list(slurm(here, str(here / "class"), str(out), array=range(1, TASKS + 1))), here)
    for task in range(1, TASKS + 1):
        expected = {name for name in CLASS if Shard(task, TASKS).takes(name)}
        assert graded_in(out / "shards" / str(task)) == expected
        assert (out / "shards" / str(task) / ".reference" / "seed").read_bytes() == (out / "seed").read_bytes()
    assert not list(out.glob(".seed*"))
    merged(out, "report")
    shutil.rmtree(out / "class")
    folder = merged(out)
    reports = [store.result_in(path) for path in folders_in(folder)]
    assert [(one.submission, one.score) for one in reports if one] == [(n, scores_of_the_samples[n]) for n in CLASS]
    assert all(store.recordings_in(folder / name) for name in CLASS)
    assert all((folder / name / store.PAGE).stat().st_size > 1000 for name in CLASS)
    assert all(f'<a href="{name}/report.html">' in (folder / batch.INDEX).read_text() for name in CLASS)
    assert [line.split(",")[0] for line in (folder / batch.GRADES).read_text().splitlines()[1:]] == [
        f'"{name}"' for name in CLASS
    ]
    words = [sys.executable, "-m", "grader", "grade", str(here / "class"), "--out", str(folder)]
    again = subprocess.run(words, env=environment(), capture_output=True, text=True, cwd=grading.PROJECT, check=False)
    assert "3 submissions, 0 to grade, 3 graded already" in again.stdout, again.stdout + again.stderr


def test_an_array_that_is_submitted_again_grades_nothing_twice(here: Path) -> None:
    """Its tasks find their seed and their results."""
    tasks = list(slurm(here, str(here / "class" / "chen"), str(here / "out"), array=range(1, 2)))
    side_by_side(tasks, here)
    result = here / "out" / "shards" / "1" / "chen" / store.RESULT
    before = (result.stat().st_mtime_ns, (here / "out" / "seed").read_bytes())
    side_by_side(tasks, here)
    assert (result.stat().st_mtime_ns, (here / "out" / "seed").read_bytes()) == before


def test_without_a_task_the_script_says_what_it_is_for(here: Path) -> None:
    """Nothing is made."""
    words = [str(DEPLOY / "shard.sh"), str(here / "class"), str(here / "out")]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set" in done.stderr
    assert not (here / "out").exists()


def test_the_options_of_the_array_are_read_by_sbatch() -> None:
    """They stand before the first command: sbatch(1)."""
    text = (DEPLOY / "slurm.sh").read_text()
    head = text[: re.search(r"^[^#\n]", text, re.MULTILINE).start()]  # type: ignore[union-attr]
    options = dict(re.findall(r"^#SBATCH --([\w-]+)=?(.*)$", head, re.MULTILINE))
    assert options["array"] == "1-8"
    assert set(options) == {"job-name", "array", "cpus-per-task", "mem", "time", "requeue", "output"}
    assert text.count("#SBATCH") == len(options)


# ---------------------------------------------------------------------- Kubernetes


@pytest.fixture(scope="module")
def manifest() -> list[dict[str, Any]]:
    """The objects of the manifest."""
    return list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_the_manifest_is_what_kubernetes_takes(manifest: list[dict[str, Any]], version: str) -> None:
    """By the published schema, strictly: a word that it does not know is a mistake."""
    assert [one["kind"] for one in manifest] == ["PersistentVolumeClaim", "Job"]
    for one in manifest:
        kubernetes_validate.validate(one, version, strict=True)
    misspelt = {**manifest[1], "spec": {**manifest[1]["spec"], "completion": 8}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(misspelt, version, strict=True)


def test_the_pods_of_the_job_make_one_class(here: Path, manifest: list[dict[str, Any]]) -> None:
    """The container's entry with the manifest's arguments, an index for each pod, and folders for volumes."""
    job = manifest[1]["spec"]
    (container,) = job["template"]["spec"]["containers"]
    assert job["completions"] == int(container["args"][container["args"].index("--shard") + 1])
    volumes = {mount["mountPath"]: mount.get("subPath") for mount in container["volumeMounts"]}
    assert volumes == {"/class/submissions": "submissions", "/class/results": "results", "/tmp": None}
    (here / "class").rename(here / "submissions")
    arguments = [
        str(here / word.removeprefix("/class/")) if word.startswith("/") else word for word in container["args"]
    ]
    arguments[arguments.index("--shard") + 1] = str(TASKS)
    entry = instruction("ENTRYPOINT")
    assert entry[:2] == ["tini", "--"]
    script = grading.PROJECT / Path(entry[2]).relative_to("/opt/forklab")
    pods = [([str(script), *arguments], {"JOB_COMPLETION_INDEX": str(index)}) for index in range(TASKS)]
    side_by_side(pods, here)
    shards = [graded_in(here / "results" / "shards" / str(index)) for index in range(TASKS)]
    assert shards == [{name for name in CLASS if Shard(index + 1, TASKS).takes(name)} for index in range(TASKS)]
    assert graded_in(merged(here / "results")) == set(CLASS)


def instruction(name: str) -> list[str]:
    """The words of an instruction of the Containerfile."""
    (words,) = re.findall(rf"^{name} (\[.*\])$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    return list(yaml.safe_load(words))


def test_the_image_has_what_the_grader_needs() -> None:
    """Every file that is copied exists, and all that the grader reads beside its own package is copied."""
    text = (DEPLOY / "Containerfile").read_text()
    copied = [shlex.split(line)[:-1] for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE)]
    sources = {word for words in copied for word in words}
    assert all((grading.PROJECT / source).exists() for source in sources)
    needed = {"grader", "reference", "examples", "deploy/shard.sh", "pyproject.toml", "README.md", "LICENSE"}
    assert needed <= sources
