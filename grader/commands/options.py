"""What commands read from argv: one value each, or a sentence that argparse prints."""

from __future__ import annotations

import argparse
from typing import TypeAlias

from grader.languages import LANGUAGES
from grader.proof.strain import LEAST_SHARE

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a command adds itself."""


def positive(text: str) -> int:
    """A whole number above 0."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def count(text: str) -> int:
    """A whole number, 0 included."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def share_of_a_core(text: str) -> float:
    """A part of one core, 1 for all of it."""
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not LEAST_SHARE <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share of a core between {LEAST_SHARE} and 1")
    return share


def percent(text: str) -> float:
    """A part of a hundred."""
    try:
        part = float(text)
    except ValueError:
        part = 0.0
    if not 0 < part <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of per cent above 0 and up to 100")
    return part


def seconds(text: str) -> float:
    """A length of time above 0, in seconds."""
    try:
        length = float(text)
    except ValueError:
        length = 0.0
    if not 0 < length < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return length


def language(parser: argparse.ArgumentParser, default: str) -> None:
    """What students read is told in this language.

    Args:
        default: what holds where none is given, in words.
    """
    parser.add_argument("--lang", choices=LANGUAGES, help=f"what students read is told in it (default: {default})")
