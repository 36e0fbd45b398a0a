"""The words of what people read, said in the language that this process speaks: English, until it is told otherwise.

    say("{name} is refused", name="B")             -> "B is refused", "B 被拒绝"
    say_of(2, "{number} child", "{number} children") -> "2 children", "2 个子进程"
    filed("it kept more than {most} files", most=9)  -> English in every language, for what is kept as data
    retold("it kept more than 9 files")            -> the same sentence, as it is said here

Recordings are data, and stay English whoever made them: whatever language they are judged in later, their sentences are
found by their templates in the catalogue, their values taken out, and said anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple, Protocol

FILED = "filed"
"""Context (msgctxt) of the templates of which recordings hold sentences."""
LISTS = {"accounts": "; ", "doings": " and ", "names": ", ", "reasons": "; "}
"""Values that are several things in a row, each said by itself, by the placeholder's name; and what stands between."""
SHAPES = {
    "call": r"\w*",
    "pid": r"\d+",
    "line": r"\d+",
    "days": r"\d+",
    "hours": r"\d+",
    "file": r"\S+\.py",
    "signal": r"\S+",
    "end": r"ended with status -?\d+|was ended by the grader: .*?|was ended by (?!the grader)[^:]*?",
}
"""What a value looks like, by the placeholder's name, where not anything will do."""
_PLACEHOLDER = re.compile(r"\{(\w+)(?:![rsa])?(?::[^{}]*)?\}")


class Catalogue(Protocol):
    """What `gettext.GNUTranslations` gives."""

    def gettext(self, message: str) -> str:
        """The message in its language, itself where there is none."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The same of a number of things."""

    def pgettext(self, context: str, message: str) -> str:
        """The same of a message in a context."""


class Spoken(NamedTuple):
    """A language, and what it is spoken by.

    Args:
        language: `en`, `zh`.
        catalogue: None for English, which needs none.
        templates: those in the context FILED.
        tag: its name in HTML, BCP 47.
    """

    language: str
    catalogue: Catalogue | None = None
    templates: tuple[str, ...] = ()
    tag: str = "en"


ENGLISH = Spoken("en")
_here = [ENGLISH]
"""What is spoken now is the last: threads that are started meanwhile speak it too."""


@contextmanager
def speaking(spoken: Spoken) -> Iterator[None]:
    """Speak a language as long as this lasts."""
    _here.append(spoken)
    try:
        yield
    finally:
        _here.remove(spoken)


def speak(spoken: Spoken) -> None:
    """Speak a language from here on."""
    _here[:] = [spoken]


def language() -> str:
    """What is spoken now."""
    return _here[-1].language


def tag() -> str:
    """The same as HTML names it: `zh-Hans`."""
    return _here[-1].tag


def say(english: str, /, **values: Any) -> str:
    """A sentence, in the language that is spoken.

    Args:
        english: as it is written in the source, a literal; `filed(...)` for a sentence that recordings hold as well.
        values: what stands for `{name}` in it; a text of ours among them is said as well.
    """
    spoken = _here[-1]
    if spoken.catalogue is None:
        return english.format(**values) if values else english
    template = _known(english, spoken.catalogue) or english
    said = {name: _retold(value, spoken) if isinstance(value, str) else value for name, value in values.items()}
    return template.format(**said) if said else template


def say_of(number: int, one: str, many: str, /, **values: Any) -> str:
    """The same of a number of things, which is `{number}` in both sentences."""
    catalogue = _here[-1].catalogue
    template = catalogue.ngettext(one, many, number) if catalogue else (one if number == 1 else many)
    return template.format(number=number, **values)


def _known(english: str, catalogue: Catalogue) -> str:
    """What the catalogue has for a text, in whichever context; "" where it has nothing. The empty text is its header."""
    if not english:
        return ""
    plain = catalogue.gettext(english)
    found = plain if plain != english else catalogue.pgettext(FILED, english)
    return found if found != english else ""


def filed(english: str, /, **values: Any) -> str:
    """A sentence for a recording, or another file of ours: English, whatever is spoken. `retold` says it."""
    return english.format(**values) if values else english


def retold(text: str) -> str:
    """A text of ours, in the language that is spoken; as it is where no template has made it: a student's, say."""
    spoken = _here[-1]
    return _retold(text, spoken) if spoken.catalogue else text


def _retold(text: str, spoken: Spoken) -> str:
    assert spoken.catalogue is not None
    known = _known(text, spoken.catalogue)
    if known or not text:
        return known
    for one in _patterns(spoken.templates):
        found = one.pattern.fullmatch(text) if _has_in_order(text, one.fixed) else None
        if found:
            said = {name: _value(name, value, spoken) for name, value in found.groupdict().items()}
            return _bare(spoken.catalogue.pgettext(FILED, one.template)).format(**said)
    return text


class _Pattern(NamedTuple):
    """By what a sentence of a template is known.

    Args:
        fixed: what stands between its values, its beginning and its end.
    """

    template: str
    fixed: tuple[str, ...]
    pattern: re.Pattern[str]


def _has_in_order(text: str, fixed: tuple[str, ...]) -> bool:
    """Told in one go: a student's text, be it as long as it likes, costs no search for where values may end."""
    if not (text.startswith(fixed[0]) and text.endswith(fixed[-1])):
        return False
    at = 0
    for part in fixed:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _value(name: str, value: str, spoken: Spoken) -> str:
    assert spoken.catalogue is not None
    if name not in LISTS or _known(value, spoken.catalogue):
        return _retold(value, spoken)
    between = _known(LISTS[name], spoken.catalogue)
    return between.join(_retold(one, spoken) for one in value.split(LISTS[name]))


@cache
def _patterns(templates: tuple[str, ...]) -> list[_Pattern]:
    """By what each sentence is known: the more of it is fixed, the sooner it is tried."""
    with_values = [template for template in templates if _PLACEHOLDER.search(template)]
    ordered = sorted(with_values, key=lambda template: -len(_PLACEHOLDER.sub("", template)))
    return [_pattern(template) for template in ordered]


def _pattern(template: str) -> _Pattern:
    seen: set[str] = set()
    parts, fixed, at = [], [], 0
    for found in _PLACEHOLDER.finditer(template):
        name = found[1]
        fixed.append(template[at : found.start()])
        again = f"(?P={name})" if name in seen else f"(?P<{name}>{SHAPES.get(name, '.*?')})"
        parts += [re.escape(template[at : found.start()]), again]
        seen.add(name)
        at = found.end()
    pattern = re.compile("".join([*parts, re.escape(template[at:])]), re.DOTALL)
    return _Pattern(template, (*fixed, template[at:]), pattern)


def _bare(template: str) -> str:
    """A template whose values are texts already: `{size:.1f}` as `{size}`."""
    return _PLACEHOLDER.sub(r"{\1}", template)


def texts_of(templates: Mapping[Any, Any]) -> tuple[str, ...]:
    """The templates in the context FILED, of a catalogue's keys."""
    start = f"{FILED}\x04"
    return tuple(key.removeprefix(start) for key in templates if isinstance(key, str) and key.startswith(start))
