"""Finds the lines of a student's program that matter: read as a syntax tree, never imported, and never guessed.

A part that is there twice, or under a name that could be another's, is not found.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from grader.model import Excerpt, Part

MOST_BYTES = 40_000
"""Of a program; the lab's own have 2,000. It bounds the time, 0.2 s, that a hostile one can cost (`a<a<a<…`)."""
MOST_LINES = 30
MOST_COLUMNS = 160
_UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What `ast.parse` raises for what is no program, or nests too deep for the parser; ast, "ast.parse"."""
_LINE_END = re.compile("\r\n|\r|\n")

Parents = dict[ast.AST, ast.AST]


def excerpts_of(program: bytes) -> tuple[Excerpt, ...]:
    """The parts of a program that are there once; none where it does not parse, or is no size for a program."""
    if len(program) > MOST_BYTES:
        return ()
    try:
        text = program.decode("utf-8-sig")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about an odd escape, say: the interpreter's, to the student
            tree = ast.parse(text)
    except _UNPARSABLE:
        return ()
    lines = _LINE_END.split(text)
    found = {Part.ACCEPT_LOOP: _accept_loop(tree), Part.HANDLER: _handler(tree), Part.FORK: _fork(tree)}
    return tuple(_excerpt(part, place, lines) for part, place in found.items() if place)


def _excerpt(part: Part, place: tuple[int, int], lines: list[str]) -> Excerpt:
    first, last = place
    taken = lines[first - 1 : last][:MOST_LINES]
    shown = tuple(line if len(line) <= MOST_COLUMNS else f"{line[:MOST_COLUMNS]}…" for line in taken)
    return Excerpt(part, first, shown, last - first + 1 - len(taken))


def _accept_loop(tree: ast.Module) -> tuple[int, int] | None:
    """The smallest loop around the one call of a socket's `accept`."""
    parents = _parents(tree)
    calls = [
        call
        for call in _calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "accept"
        and not _is_a_method_of_its_own(call.func, parents)
    ]
    if len(calls) != 1:
        return None
    loop = next((node for node in _around(calls[0], parents) if isinstance(node, ast.While | ast.For)), None)
    return _lines_of(loop) if loop else None


def _is_a_method_of_its_own(function: ast.Attribute, parents: Parents) -> bool:
    """`self.accept()`, where the class itself has a method of that name, is no socket's."""
    if not isinstance(function.value, ast.Name) or function.value.id != "self":
        return False
    around = next(
        (node for node in _around(function, parents, beyond_functions=True) if isinstance(node, ast.ClassDef)), None
    )
    return around is not None and any(
        isinstance(one, ast.FunctionDef) and one.name == function.attr for one in around.body
    )


def _handler(tree: ast.Module) -> tuple[int, int] | None:
    """The function that is registered for SIGCHLD, else the line that registers something else."""
    registered = [call for call in _calls(tree) if _name_of(call.func) == "signal" and len(call.args) == 2]
    ours = [call for call in registered if _name_of(call.args[0]) in ("SIGCHLD", "SIGCLD")]
    ours = [call for call in ours if _name_of(call.args[1]) != "SIG_DFL"] or ours  # a child resets it, and rightly
    if len(ours) != 1:
        return None
    handler = ours[0].args[1]
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == _name_of(handler)]
    if len(functions) == 1:
        return _lines_of(functions[0])
    known = isinstance(handler, ast.Lambda) or _name_of(handler) in ("SIG_IGN", "SIG_DFL")
    return _lines_of(ours[0]) if known else None


def _fork(tree: ast.Module) -> tuple[int, int] | None:
    """The one call of `fork`, with the branches that its result decides."""
    parents = _parents(tree)
    calls = [call for call in _calls(tree) if _name_of(call.func) == "fork"]
    if len(calls) != 1:
        return None
    statements = [node for node in (calls[0], *_around(calls[0], parents)) if isinstance(node, ast.stmt)]
    first, last = _lines_of(statements[0])
    name = _assigned_to(statements[0], calls[0])
    branch = _next_if_about(name, statements, parents) if name else _if_that_asks(calls[0], statements[0])
    return first, _end_of_branches(branch, parents) if branch else last


def _if_that_asks(call: ast.Call, statement: ast.stmt) -> ast.If | None:
    """`if os.fork() == 0:`, and `if (pid := os.fork()) == 0:`."""
    return statement if isinstance(statement, ast.If) and call in ast.walk(statement.test) else None


def _end_of_branches(branch: ast.If, parents: Parents) -> int:
    """Without an `else`, the other process goes on behind the `if`, in its own block."""
    behind = [] if branch.orelse else _behind(branch, parents[branch])
    return _lines_of(behind[-1] if behind else branch)[1]


def _assigned_to(statement: ast.stmt, call: ast.Call) -> str:
    """`pid`, of `pid = os.fork()`; "" where the statement is another one."""
    if isinstance(statement, ast.Assign) and statement.value is call and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return ""


def _next_if_about(name: str, statements: list[ast.stmt], parents: Parents) -> ast.If | None:
    """The first `if` that asks for that name, behind the statement itself or the `try` that it lies in."""
    for statement in statements:
        branch = next((one for one in _behind(statement, parents[statement]) if _asks_for(name, one)), None)
        if isinstance(branch, ast.If) or not isinstance(parents[statement], ast.Try):
            return branch if isinstance(branch, ast.If) else None
    return None


def _behind(statement: ast.stmt, around: ast.AST) -> list[ast.stmt]:
    """The statements behind one, in its own block."""
    blocks = (getattr(around, field, None) for field in ("body", "orelse", "finalbody"))
    block = next((block for block in blocks if isinstance(block, list) and statement in block), [])
    return block[block.index(statement) + 1 :] if block else []


def _asks_for(name: str, statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id == name for node in ast.walk(statement.test)
    )


def _name_of(node: ast.expr) -> str:
    """`fork`, of `fork` and of `os.fork`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _parents(tree: ast.Module) -> Parents:
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def _around(node: ast.AST, parents: Parents, *, beyond_functions: bool = False) -> Iterator[ast.AST]:
    """What a node lies in, from the inside out, as far as the function that it lies in."""
    around = parents.get(node)
    while around is not None:
        if isinstance(around, ast.FunctionDef | ast.Lambda) and not beyond_functions:
            return
        yield around
        around = parents.get(around)


def _lines_of(node: ast.AST) -> tuple[int, int]:
    """Its first and its last line."""
    first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
    return first, last
