"""Finds English in what should be Chinese: whatever is neither a name, nor code, nor a student's own."""

from __future__ import annotations

import html
import re

_NOT_SHOWN = re.compile(r"<(script|style|template|pre)\b.*?</\1>|<[^>]+>", re.DOTALL)
"""Tags, what no reader sees, and what a server printed."""
_THEIRS = re.compile(
    r"stderr：[^\n]*"
    r"|\w+(?:Error|Exit|Interrupt)(?:: [^\n（]*)?"  # an exception's own words
    r"|\"(?:[^\"\\\n]|\\.)*\"(?: …)?"  # bytes that were sent and received
    r"|`[^`\n]*`|\[forklab\][^\n)）]*"
    r"|Permission denied"
)
_CODE = re.compile(
    r"\b[\w.-]*(?:[/_\d]|\.\w|\()[\w./:*-]*\)?"  # ids, paths, numbers, calls, files
    r"|(?<![A-Za-z])--?[\w-]+(?:=\S+)?"
    r"|\b[A-Z][A-Za-z]*[A-Z]\w*\b|\b[A-Z]+\b",  # SIGCHLD, ClientNames, A
    re.ASCII,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
NAMES = frozenset(
    [
        "accept",
        "bind",
        "blocking",
        "bubblewrap",
        "bwrap",
        "clone",
        "close",
        "connect",
        "curl",
        "daemon",
        "decode",
        "deflate",
        "encode",
        "epoll",
        "errors",
        "except",
        "false",
        "finally",
        "fork",
        "forking",
        "forklab",
        "futex",
        "flock",
        "hash",
        "html",
        "input",
        "inet",
        "ip",
        "kernel",
        "kill",
        "killpg",
        "landlock",
        "listen",
        "localhost",
        "ls",
        "lsm",
        "makefile",
        "multiprocessing",
        "pid",
        "pipe",
        "poll",
        "ps",
        "pytest",
        "python",
        "raise",
        "recv",
        "recvfrom",
        "root",
        "return",
        "select",
        "send",
        "sendall",
        "seccomp",
        "setgid",
        "settimeout",
        "setuid",
        "shutdown",
        "signal",
        "sleep",
        "socket",
        "ss",
        "stderr",
        "strace",
        "sudo",
        "sysctl",
        "system",
        "tar",
        "top",
        "traceback",
        "true",
        "unconfined",
        "userns",
        "waitpid",
        "with",
        "xxd",
        "none",
        "ms",
        "s",
        "b",
        "x",
        "n",
        "w",
        "Content-Length",
        "Ctrl-C",
        "Ctrl-",
        "Send-Q",
        "Send-",
        "Host",
        "Landlock",
        "Linux",
        "Ubuntu",
        "Python",
        "atexit",
        "h",
        "min",
        "read",
        "zip",
        "zstd",
        "bytes",
        "break",
        "daemon",
        "environ",
        "unix",
    ]
)
"""Names of functions, commands, packages and programs, units and variables: these stay as they are."""


def english_in(text: str) -> list[str]:
    """Words of English in a text."""
    rest = _CODE.sub(" ", _THEIRS.sub(" ", text))
    return [word for word in _WORD.findall(rest) if word not in NAMES]


def english_on(page: str, *names: str) -> list[str]:
    """Words of English in a part of a page, but for these names of submissions."""
    return [word for word in english_in(html.unescape(_NOT_SHOWN.sub("\n", page))) if word not in names]


def ours_of(page: str) -> str:
    """What stands on a student's page of ours; the words of pytest-html's own table are put into place by a script."""
    _, _, rest = page.partition('<div class="additional-summary prefix">')
    return rest.partition('<p class="run-count">')[0]
