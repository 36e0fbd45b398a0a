"""Finds English in what should be Chinese: whatever is neither a name, nor code, nor a student's own."""

from __future__ import annotations

import re

from tests.report.test_pages import Seen

_THEIRS = re.compile(
    r"<pre.*?</pre>"  # what a server printed
    r"|stderr：[^\n<]*"
    r"|\w+(?:Error|Exit|Interrupt)(?:: [^\n<（]*)?"  # an exception's own words
    r"|&quot;.*?&quot;(?: …)?|\"(?:[^\"\\\n]|\\.)*\"(?: …)?"  # bytes that were sent and received
    r"|`[^`\n]*`|\[forklab\][^\n<)）]*"
    r"|Permission denied",
    re.DOTALL,
)
_CODE = re.compile(
    r"\b[\w.-]*(?:[/_\d]|\.\w|\()[\w./:*-]*\)?"  # ids, paths, numbers, calls, files
    r"|--[\w-]+(?:=\S+)?"
    r"|\b[A-Z][A-Za-z]*[A-Z]\w*\b|\b[A-Z]+\b",  # SIGCHLD, ClientNames, A
    re.ASCII,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
NAMES = frozenset(
    """
    accept bind bubblewrap close daemon epoll except false finally fork forklab futex flock html input inet ip
    killpg landlock lab listen localhost makefile multiprocessing pid poll ps pytest python recv recvfrom root select
    send sendall shutdown signal socket stderr strace tar top traceback true waitpid with workers none ms
    Ann Ben Bubblewrap Chromium Content-Length Ctrl- Ctrl-C GET HTTP Host Landlock Linux Ubuntu Python Slurm Windows
    atexit bytes decode deflate encode environ errors settimeout setgid setuid gzip zip rar xz bzip zstd
    sudo sysctl try seccomp unconfined bwrap unshare-all ro-bind cap-add security-opt lsm command code system
    s g b n w B x Send- Send-Q apt-get Errno break return clock nanosleep anon inode kernel apparmor restrict unprivileged userns
    AppArmor
    """.split()
)
"""Names of functions, commands, packages and people that stay as they are."""


def english_in(text: str) -> list[str]:
    """Words of English in a text."""
    rest = _CODE.sub(" ", _THEIRS.sub(" ", text))
    return [word for word in _WORD.findall(rest) if word not in NAMES]


def english_on(page: str, *names: str) -> list[str]:
    """Words of English that a student's page shows, but for these names of submissions."""
    shown = Seen(_THEIRS.sub(" ", page.partition("<!-- TEMPLATES -->")[0])).text
    summary = Seen(_THEIRS.sub(" ", _ours(page))).text
    return [word for word in english_in(shown.split("Report generated")[0] + summary) if word not in names]


def _ours(page: str) -> str:
    """What stands there of ours; the words of pytest-html's own table are put into their place by a script."""
    _, _, rest = page.partition('<div class="additional-summary prefix">')
    return rest.partition('<p class="run-count">')[0]
