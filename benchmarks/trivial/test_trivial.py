"""The least that pytest can be asked."""

from pathlib import Path


def test_hello_exists() -> None:
    """hello.py is there."""
    assert Path(__file__).with_name("hello.py").is_file()
