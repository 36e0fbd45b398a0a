"""Finds what is to be translated, for `pybabel extract`: by the syntax tree, so that check authors write plain English.

say("...")  say_of(n, "...", "...")            what is said there and then
filed("...")                                  what recordings hold, in the context `filed`
hint="..." expected="..." observed="..."      of a Mismatch or a Cause, and its other sentences
NotReached("...") Inconclusive("...")         and `recording.missing("...")`
the docstrings of checks and scenes, labels of looks, names of clients and requests
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import IO, Any, NamedTuple

FILED = "filed"
SENTENCES = {
    "Mismatch": {"expected", "observed", "hint"},
    "Cause": {"sentence", "hint", "apart"},
}
RAISED = {"NotReached", "Inconclusive"}
NAMED = {"then", "look_at_work", "note_output", "visit", "connect"}
"""Verbs of a scene whose literals stand in recordings."""
TOLD_BY_THEIR_DOCSTRING = {"check", "experiment"}


class Message(NamedTuple):
    """A sentence to be translated.

    Args:
        context: `filed`, or "".
        plural: "" where there is none.
    """

    line: int
    english: str
    plural: str = ""
    context: str = ""


class NotALiteral(Exception):
    """What is to be translated is put together where it stands: no catalogue can hold it."""


def extract(
    file: IO[bytes], keywords: Iterable[str], comment_tags: Iterable[str], options: Any
) -> Iterator[tuple[int, str, Any, list[str]]]:
    """What babel calls for each file."""
    for found in messages_of(file.read().decode()):
        if found.context:
            yield found.line, "pgettext", (found.context, found.english), []
        elif found.plural:
            yield found.line, "ngettext", (found.english, found.plural), []
        else:
            yield found.line, "gettext", found.english, []


def messages_of(source: str) -> list[Message]:
    """Every sentence of a module, in its order.

    Raises:
        NotALiteral: one of them is an f-string, or a sum.
    """
    found = [message for node in ast.walk(ast.parse(source)) for message in _messages(node)]
    return sorted(found, key=lambda message: message.line)


def _messages(node: ast.AST) -> Iterator[Message]:
    if isinstance(node, ast.FunctionDef) and {_name(one) for one in node.decorator_list} & TOLD_BY_THEIR_DOCSTRING:
        sentence = (ast.get_docstring(node) or "").partition("\n")[0]
        yield Message(node.lineno, sentence)
    if not isinstance(node, ast.Call):
        return
    name = _name(node)
    if name == "say" and not (isinstance(node.args[0], ast.Call) or _is_a_variable(node.args[0])):
        yield Message(node.lineno, _literal(node.args[0]))
    elif name == "say_of":
        yield Message(node.lineno, _literal(node.args[1]), _literal(node.args[2]))
    elif name == "filed":
        yield Message(node.lineno, _literal(node.args[0]), context=FILED)
    elif name in RAISED and node.args:
        yield from (Message(node.lineno, text) for text in _texts(node.args[0]))
    elif name == "missing" and isinstance(node.args[0], ast.Constant):
        yield Message(node.lineno, str(node.args[0].value))
    elif name in NAMED or name == "Request":
        yield from (Message(node.lineno, text, context=FILED) for text in _names(node.args))
    for keyword in node.keywords:
        if keyword.arg in SENTENCES.get(name, ()):
            yield from (Message(node.lineno, text) for text in _texts(keyword.value))
        if keyword.arg == "label" and name not in ("say", "filed"):
            yield from (Message(node.lineno, text, context=FILED) for text in _names([keyword.value]))


def _name(node: ast.AST) -> str:
    """What is called, without what it is called on."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_a_variable(node: ast.AST) -> bool:
    """A text that was marked where it is written."""
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _literal(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise NotALiteral(f'line {getattr(node, "lineno", 0)}: {ast.unparse(node)}: say("... {{name}} ...", name=...)')


def _texts(node: ast.AST) -> Iterator[str]:
    """The literals that an expression may come to.

    Raises:
        NotALiteral: it may come to a text that is put together there.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr | ast.BinOp):
        _literal(node)
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _texts(value)


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Literals that are words, and no letters: of clients called A, B and C there is nothing to translate."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and any(map(str.islower, node.value)):
            yield node.value
