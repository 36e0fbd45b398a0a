"""The least that check50 can be asked."""

import check50  # type: ignore[import-not-found]


@check50.check()  # type: ignore[untyped-decorator]
def exists() -> None:
    """hello.py is there."""
    check50.exists("hello.py")
