"""Reads `assignment.toml` strictly: what is wrong in it is told with its line, its value, the rule, and what to do."""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
import typing
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader.assignment import Assignment, Deadline, Limits, put_in_force
from grader.assignment.lateness import seconds_of
from grader.assignment.lines import line_of
from grader.assignment.rubric import DoesNotAddUp, applied
from grader.model import Check

_TABLES: dict[str, type[msgspec.Struct]] = {"limits": Limits, "deadline": Deadline}
_LOOKS_LIKE_A_CHECK = re.compile(r"\s*[\w-]+/[\w-]+\s*=")
MOST_SHOWN = 60
"""Characters of a value in a message."""


class Misread(Exception):
    """The file of the assignment is not what it should be; the message names file, line, value, rule and what to do."""


class _Wrong(Exception):
    """One thing in the file is wrong.

    Args:
        path: keys from the outermost to the one that is wrong; none where it is the file as a whole.
        said: the rest of the sentence.
    """

    def __init__(self, path: Sequence[str], said: str) -> None:
        super().__init__(said)
        self.path = tuple(path)
        self.said = said


def settle(path: Path | None, checks: Sequence[Check]) -> Assignment:
    """Read the assignment that a command is to work for, and put it in force; the lab's own where there is no file.

    Args:
        checks: all that there are here, as declared.

    Raises:
        Misread: see `read`.
    """
    assignment = read(path, checks) if path else Assignment()
    put_in_force(assignment)
    return assignment


def read(path: Path, checks: Sequence[Check]) -> Assignment:
    """Read a file.

    Args:
        checks: all that there are here, as declared: the file may name these and no others.

    Raises:
        Misread: something in it is wrong.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Misread(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Misread(f"{path} is no text in UTF-8: save it as UTF-8, without anything else changed") from error
    try:
        assignment = understood(text, checks)
    except tomllib.TOMLDecodeError as error:
        raise Misread(_no_toml(path, text, str(error))) from error
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, a thousand brackets in each other
        raise Misread(f"{path} can't be read: it goes beyond what Python reads ({error})") from error
    except _Wrong as wrong:
        line = line_of(text, wrong.path) if wrong.path else 0
        raise Misread(f"{path}{f', line {line}' if line else ''}: {wrong.said}") from wrong
    return _with_its_roster(assignment, path, text)


def understood(text: str, checks: Sequence[Check]) -> Assignment:
    """What a text says.

    Raises:
        TOMLDecodeError: it is no TOML.
        _Wrong: something in it is no setting, or not what a setting takes.
    """
    told = tomllib.loads(text)
    _hold_against(Assignment, told, ())
    _hold_the_checks_against(told, checks)
    if "deadline" in told:
        _hold_the_deadline_against(told["deadline"])
    assignment = msgspec.convert(told, Assignment, strict=True)
    try:
        applied(checks, assignment)
    except DoesNotAddUp as error:
        who = next((key for key in ("total", "points", "checks_off") if key in told), "")
        raise _Wrong((who,) if who else (), str(error)) from error
    return assignment


def _no_toml(path: Path, text: str, said: str) -> str:
    """A syntax error, with its place in front."""
    found = re.search(r"(?s)(.*) \(at (?:line (\d+), column \d+|end of document)\)$", said)
    number = int(found[2]) if found and found[2] else text.count("\n") + 1
    line = text.splitlines()[number - 1] if number <= len(text.splitlines()) else ""
    hint = 'the id of a check stands in quotes: "blocking/listens" = 2' if _LOOKS_LIKE_A_CHECK.match(line) else ""
    said = (found[1] if found else said).rstrip(".")
    return f"{path}, line {number}: {_shown(line.strip())} is no TOML: {hint or said[:1].lower() + said[1:]}"


def _with_its_roster(assignment: Assignment, path: Path, text: str) -> Assignment:
    """The roster's path, as the command can open it: it lies relative to the file that names it.

    Raises:
        Misread: it does not lie there.
    """
    if not assignment.roster:
        return assignment
    roster = path.resolve().parent / assignment.roster
    if "\0" in assignment.roster or not roster.resolve().is_file():
        line = line_of(text, ("roster",))
        raise Misread(
            f"{path}, line {line}: roster = {_shown(assignment.roster)}: there is no file {roster}; "
            "a roster is named as it lies from this file's folder"
        )
    return msgspec.structs.replace(assignment, roster=str(roster.resolve()))


# ------------------------------------------------------------------ one setting at a time, so that it can be named


def _hold_against(kind: type[msgspec.Struct], table: dict[str, Any], above: tuple[str, ...]) -> None:
    """Hold every key of a table against the settings that there are, and every value against its setting's rule."""
    hints = typing.get_type_hints(kind, include_extras=True)
    for key, value in table.items():
        path = (*above, key)
        if key not in hints:
            raise _Wrong(
                path, f"{_told(path)} is no setting{_perhaps(key, hints)}{_where_else(key, above) or _there_are(hints)}"
            )
        if key in _TABLES or key == "points":
            if not isinstance(value, dict):
                raise _Wrong(path, f"{_told(path, value)}: it is a table: write [{key}] on a line of its own")
            if key in _TABLES:
                _hold_against(_TABLES[key], value, path)
            continue
        _hold_one_against(hints[key], path, value)
    for field in msgspec.structs.fields(kind):
        if field.required and field.name not in table:
            raise _Wrong(above, f"[{'.'.join(above)}] needs {field.name}: {_rule_of(hints[field.name])}")


def _hold_one_against(hint: Any, path: tuple[str, ...], value: Any) -> None:
    try:
        msgspec.convert(value, hint, strict=True)
    except msgspec.ValidationError as error:
        raise _Wrong(path, f"{_told(path, value)}: it has to be {_rule_of(hint)}") from error


def _rule_of(hint: Any) -> str:
    """The rule of a setting, in words."""
    return str(hint.__metadata__[0].description)


def _hold_the_checks_against(told: dict[str, Any], checks: Sequence[Check]) -> None:
    """Every check that is named is there, its points are points, and none is off and has points."""
    ids = [check.id for check in checks]
    hint = typing.get_args(typing.get_type_hints(Assignment, include_extras=True)["points"])[1]
    for check, points in told.get("points", {}).items():
        path = ("points", check)
        if check not in ids:
            raise _Wrong(path, f"{_told(path, points)}: {_no_check(check, ids)}{_where_else(check, ('points',))}")
        _hold_one_against(hint, path, points)
        if round(points, 2) != points:
            raise _Wrong(path, f"{_told(path, points)}: it has to be {_rule_of(hint)}")
    for check in told.get("checks_off", ()):
        if check not in ids:
            raise _Wrong(("checks_off",), f"checks_off has {_shown(check)}: {_no_check(check, ids)}")
        if check in told.get("points", {}):
            raise _Wrong(("points", check), f"{check} has points, and is in checks_off: take it out of one of the two")


def _hold_the_deadline_against(table: dict[str, Any]) -> None:
    """Its time is one and the same everywhere, its grace a length of time, and a day costs one thing."""
    at = table["at"]
    if not isinstance(at, datetime.datetime) or at.tzinfo is None:
        raise _Wrong(
            ("deadline", "at"),
            f"deadline.at = {_shown(at)}: it says not where on earth: add the offset, as in 2027-03-01T23:59:59+01:00",
        )
    if seconds_of(table.get("grace", "0 min")) is None:
        hint = typing.get_type_hints(Deadline, include_extras=True)["grace"]
        raise _Wrong(("deadline", "grace"), f"deadline.grace = {_shown(table['grace'])}: it has to be {_rule_of(hint)}")
    costs = [key for key in ("points_per_day", "percent_per_day") if table.get(key)]
    if len(costs) == 2:
        raise _Wrong(
            ("deadline", costs[1]), "a day costs points_per_day or percent_per_day, and not both: leave one out"
        )
    if "at_most" in table and not costs:
        raise _Wrong(("deadline", "at_most"), "at_most needs a day's cost beside it: points_per_day or percent_per_day")


# ------------------------------------------------------------------ words


def _told(path: Sequence[str], *value: Any) -> str:
    """`limits.memory = 5`, as it stands in the file or could."""
    key = ".".join(part if re.fullmatch(r"[\w-]+", part, re.ASCII) else _quoted(part) for part in path)
    return f"{key} = {_shown(value[0])}" if value else key


def _shown(value: Any) -> str:
    """A value as TOML writes it, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    text = _quoted(value) if isinstance(value, str) else str(value)
    if isinstance(value, datetime.date):
        text = value.isoformat()
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()


def _no_check(check: str, ids: Collection[str]) -> str:
    return f"no check is called that{_perhaps(check, ids) or '; the command rubric prints all of them'}"


def _perhaps(word: str, words: Collection[str]) -> str:
    """`; is blocking/listens meant?`, or nothing where nothing is alike."""
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.7) or [one for one in words if one.endswith(f"/{word}")]
    return f"; is {near[0]} meant?" if near else ""


def _there_are(words: Collection[str]) -> str:
    return f"; there are: {', '.join(words)}"


def _where_else(key: str, above: tuple[str, ...]) -> str:
    """A setting in the wrong table: TOML takes what follows [points] for points."""
    if above and key in _names_of(Assignment):
        return "; it belongs above the first line in [brackets]"
    homes = [table for table, kind in _TABLES.items() if above != (table,) and key in _names_of(kind)]
    return f"; it belongs below [{homes[0]}]" if homes else ""


def _names_of(kind: type[msgspec.Struct]) -> Iterator[str]:
    return (field.name for field in msgspec.structs.fields(kind))
