"""`export`: results into the files that gradebooks, autograders and CI take."""

from __future__ import annotations

import argparse
import errno
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from grader import anonymity, rejudging, store
from grader.commands import GRADED, NOT_ALL_GRADED
from grader.commands.options import Commands
from grader.commands.shown import counted, printable
from grader.exports import FORMATS
from grader.exports.shapes import DoesNotFit, Export, Format, Graded, OwnFile
from grader.languages import LANGUAGES, spoken
from grader.listing import listed
from grader.model import EXPORTS, SCHEMA, Report, Status, folder_name
from grader.wording import ENGLISH, speaking

STANDARD_OUTPUT = "-"
WITH_NAMES = "the results are anonymous, and so is what is written: for names say --names OUT/names.json, and --to FILE outside of OUT"
MOST_NAMES = 20
"""Of submissions, in one sentence."""


def add_to(commands: Commands) -> None:
    """What `export` understands."""
    told = "\n".join(f"  {one.name:17} {one.told}" for one in FORMATS.values())
    one = commands.add_parser(
        "export",
        help="write results as gradebooks, autograders and CI take them",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"formats:\n{told}",
    )
    one.set_defaults(command=_export)
    one.add_argument("format", choices=tuple(FORMATS), metavar="FORMAT", help="one of those below")
    one.add_argument("out", type=Path, metavar="OUT", help="results folder")
    one.add_argument("--to", metavar="FILE", help=f"where to (default: in OUT/{EXPORTS}; -: standard output)")
    one.add_argument("--from", dest="own", type=Path, metavar="FILE", help="the platform's own file, to be filled")
    one.add_argument("--assignment", default="", metavar="TITLE", help="the assignment's title on the platform")
    one.add_argument("--submission", metavar="NAME", help="this one only")
    one.add_argument("--names", type=Path, metavar="FILE", help="who is behind anonymous results: OUT/names.json")


def _export(options: argparse.Namespace) -> int:
    form = FORMATS[options.format]
    out = options.out.resolve()
    filed = _filed_in(out, options.submission)
    there = {folder: report for folder, report in filed.items() if report and report.schema == SCHEMA}
    torn = [folder.name for folder in filed if folder not in there]
    missing = tuple(one.student for one in store.roster_in(out) if not one.submissions and not options.submission)
    graded = Graded(
        tuple(report.for_the_student for report in there.values()),
        options.assignment,
        _own_file(form, options.own),
        {one.submission: _page(folder) for folder, one in there.items()} if form.with_pages else {},
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        os.environ,
        missing,
    )
    if options.names:
        graded = _under_their_names(graded, out, options)
    elif (out / anonymity.NAMES).exists():
        _say(WITH_NAMES)
    with speaking(spoken(_language_of(graded.reports))):
        exports = _exports(form, graded, out / EXPORTS, options.to)
    _write(exports)
    left_out = [name for export in exports.values() for name in export.left_out]
    for sentence in dict.fromkeys(note for export in exports.values() for note in export.notes):
        _say(sentence)
    if left_out:
        _say(f"left out, since it is not known who they are on the platform: {_listed(left_out)}. {form.who}")
    if torn:
        _say(f"left out, since {store.RESULT} is torn, or no result of this grader: {_listed(torn)}. Grade them again")
    human = [report.submission for report in there.values() if report.status is not Status.GRADED]
    if human:
        _say(f"without a grade, since a human must look: {_listed(human)}")
    return NOT_ALL_GRADED if torn or left_out or human else GRADED


def _under_their_names(graded: Graded, out: Path, options: argparse.Namespace) -> Graded:
    """Anonymous results, told by the file that knows who is behind them.

    Raises:
        NotAnonymous: that file does not, or what is written would lie among the results.
    """
    if options.to is None or (options.to != STANDARD_OUTPUT and Path(options.to).resolve().is_relative_to(out)):
        raise anonymity.NotAnonymous(f"with --names the file has names in it: say --to FILE, outside of {str(out)!r}")
    behind = anonymity.names_in(options.names).behind
    gone = [one.submission for one in graded.reports if one.submission not in behind]
    if gone:
        raise anonymity.NotAnonymous(f"{str(options.names)!r} (--names) does not tell who is behind {_listed(gone)}")
    reports = {one.submission: _named(one, behind[one.submission]) for one in graded.reports}
    pages = {reports[told].submission: page for told, page in graded.pages.items()}
    missing = tuple(found.student for one in graded.missing if (found := behind.get(one.sid)) and found.student)
    return graded._replace(reports=tuple(reports.values()), pages=pages, missing=missing)


def _named(report: Report, behind: anonymity.Behind) -> Report:
    return msgspec.structs.replace(report, submission=behind.submission, student=behind.student)


def _language_of(reports: Sequence[Report]) -> str:
    """The one that all of them are told in; English where there are several."""
    languages = {report.language for report in reports} & set(LANGUAGES)
    return languages.pop() if len(languages) == 1 else ENGLISH.language


def _filed_in(out: Path, wanted: str | None) -> dict[Path, Report | None]:
    """The results that are filed, by folder; None for one that can't be read.

    Raises:
        NothingFiled: there are none, or not the one that is wanted.
    """
    folders = rejudging.folders_in(out)
    if wanted is not None:
        folders = [folder for folder in folders if folder.name == folder_name(wanted)]
    if not folders:
        raise rejudging.NothingFiled(f"{out} holds no result of {wanted!r} (--submission)")
    return {folder: store.result_in(folder) for folder in folders}


def _own_file(form: Format, path: Path | None) -> bytes | None:
    """What `--from` names.

    Raises:
        DoesNotFit: the format needs one, or takes none.
    """
    if path is None and form.own is OwnFile.NEEDED:
        raise DoesNotFit(f"{form.name} fills the platform's own file: download it there, and name it with --from")
    if path is not None and form.own is OwnFile.NONE:
        raise DoesNotFit(f"{form.name} fills no file of the platform's: leave --from out")
    return None if path is None else path.read_bytes()


def _page(folder: Path) -> bytes:
    try:
        return (folder / store.PAGE).read_bytes()
    except FileNotFoundError as error:
        raise DoesNotFit(f"{folder} has no {store.PAGE}: write it anew with the command report") from error


def _exports(form: Format, graded: Graded, folder: Path, to: str | None) -> dict[Path | None, Export]:
    """Every file that is to be written; None is standard output.

    Raises:
        DoesNotFit: many files are to go where one does.
    """
    if not form.one_each:
        return {_one_file(to, folder / form.file): form.write(graded)}
    if len(graded.reports) == 1 and to is not None:
        return {_one_file(to, folder): form.write(graded)}
    if to == STANDARD_OUTPUT:
        raise DoesNotFit(f"{form.name} is a file for each submission: say which one with --submission, or where --to")
    inside = folder / form.name if to is None else Path(to)
    return {
        inside / folder_name(report.submission) / form.file: form.write(graded._replace(reports=(report,)))
        for report in graded.reports
    }


def _one_file(to: str | None, default: Path) -> Path | None:
    return None if to == STANDARD_OUTPUT else Path(to or default)


def _write(exports: Mapping[Path | None, Export]) -> None:
    """Each file whole or not at all, then what there is to say on standard output."""
    for path, export in exports.items():
        if path is None:
            sys.stdout.buffer.write(export.data)
            sys.stdout.buffer.flush()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder, and --to names a file", str(path))
        if path.exists() and not path.is_file():  # a device or a pipe can't be renamed over
            path.write_bytes(export.data)
        else:
            store.commit(path.resolve(), export.data)  # a link stays one
        for line in export.printed:
            print(line)
    paths = [path for path in exports if path]
    if len(paths) == 1:
        print(f"written: {printable(str(paths[0]))}")
    elif paths:
        print(f"written: {counted(len(paths))}, a folder each in {printable(str(paths[0].parent.parent))}")


def _listed(names: Sequence[str]) -> str:
    return listed([printable(name) for name in names], MOST_NAMES)


def _say(sentence: str) -> None:
    print(f"forklab: {sentence}", file=sys.stderr)
