"""How Moodle reads a CSV file: PHP's fgetcsv() with its default escape, and what csv_import_reader does around it.

Source: moodle/moodle, lib/csvlib.class.php, load_csv_content; php.net, fgetcsv.
"""

from __future__ import annotations


def rows_in(data: bytes, delimiter: str = ",") -> list[list[str]]:
    """All rows; the first names the columns.

    Raises:
        AssertionError: Moodle would say csvweirdcolumns.
    """
    text = data.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()
    rows = [row for row in _fgetcsv(text, delimiter) if row != [""]]
    assert {len(row) for row in rows} == {len(rows[0])}
    return rows


def _fgetcsv(text: str, delimiter: str) -> list[list[str]]:
    """A backslash keeps a quote after it from closing anything, and stays."""
    rows: list[list[str]] = [[""]]
    inside, at = False, 0
    while at < len(text):
        one, pair = text[at], text[at : at + 2]
        if inside and pair == '\\"':
            rows[-1][-1] += pair
            at += 1
        elif inside and pair == '""':
            rows[-1][-1] += '"'
            at += 1
        elif one == '"' and (inside or not rows[-1][-1]):
            inside = not inside
        elif not inside and one == delimiter:
            rows[-1].append("")
        elif not inside and one == "\n":
            rows.append([""])
        else:
            rows[-1][-1] += one
        at += 1
    return rows


def unformat_float(text: str, mark: str) -> float | None:
    """A number as Moodle reads it in a language with this decimal mark; None for an empty cell."""
    plain = text.strip().replace(" ", "").replace(mark, ".")
    return float(plain) if plain else None
