"""The languages there are, and which one is wanted: `--lang`, else what the environment says, as gettext reads it."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from grader.wording import ENGLISH, Spoken, texts_of

LANGUAGES = ("en", "zh")
TAGS = {"en": "en", "zh": "zh-Hans"}
"""As HTML names them, BCP 47."""
DOMAIN = "forklab"
FOLDER = Path(__file__).parent / "locale"
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set counts; LANGUAGE may be several, with colons."""


@cache
def spoken(language: str) -> Spoken:
    """A language with its catalogue; English needs none, and nothing is read for it.

    Raises:
        KeyError: there is no such language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == ENGLISH.language:
        return ENGLISH
    with (FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    return Spoken(language, catalogue, texts_of(catalogue._catalog), TAGS[language])  # type: ignore[attr-defined]


def language_of(environment: Mapping[str, str]) -> str:
    """The language that somebody wants by their environment; English where it is none of ours."""
    wanted = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    return next((ours for one in wanted.split(":") if (ours := _ours(one))), ENGLISH.language)


def _ours(locale: str) -> str:
    """`zh_CN.UTF-8` is `zh`; C and POSIX are English; "" for one that we don't speak."""
    language = locale.split(".")[0].split("@")[0].split("_")[0].split("-")[0].lower()
    if language in ("c", "posix"):
        return ENGLISH.language
    return language if language in LANGUAGES else ""
