"""A platform's CSV file, kept as it is: only cells that are filled change; BOM, line ends, quotes and delimiter stay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grader.exports.shapes import DoesNotFit

BOM = "\ufeff"
DELIMITERS = ",;\t"
Place = tuple[int, int]
"""A row, counted without the header, and a column; both from 0."""


class Sheet(NamedTuple):
    """A table, each cell as it stands in the file.

    Args:
        lines: header first; a blank line is one empty cell.
        ends: what ends each line; "" at the end of a file without one.
    """

    bom: str
    delimiter: str
    lines: tuple[tuple[str, ...], ...]
    ends: tuple[str, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The columns' names, without white space around them."""
        return tuple(value_of(cell).strip() for cell in self.lines[0])

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """What the other lines say, blank ones left out."""
        return tuple(tuple(map(value_of, self.lines[number])) for number in self._numbers)

    @property
    def _numbers(self) -> list[int]:
        return [number for number, cells in enumerate(self.lines) if number and cells != ("",)]

    def column(self, number: int) -> list[str]:
        """All cells of a column but its name."""
        return [row[number] for row in self.rows]

    def filled(self, cells: Mapping[Place, str]) -> bytes:
        """The file again, with these cells in it."""
        lines = [list(line) for line in self.lines]
        numbers, all_quoted = self._numbers, self._all_quoted
        for (row, column), value in cells.items():
            line = lines[numbers[row]]
            if value != value_of(line[column]):
                line[column] = written(value, self.delimiter, quoted=all_quoted or line[column].startswith('"'))
        return self._joined(lines, self.ends)

    def extended(self, names: Sequence[str], cells: Mapping[int, Sequence[str]]) -> bytes:
        """The header and the rows that are named, each with more cells at its end."""
        numbers, all_quoted = self._numbers, self._all_quoted
        more = {0: names, **{numbers[row]: added for row, added in cells.items()}}
        lines = [
            [*self.lines[number], *(written(value, self.delimiter, quoted=all_quoted) for value in more[number])]
            for number in sorted(more)
        ]
        return self._joined(lines, [self.ends[0] or "\n"] * len(lines))

    @property
    def _all_quoted(self) -> bool:
        return all(cell.startswith('"') for line in self.lines for cell in line if cell)

    def _joined(self, lines: Sequence[Sequence[str]], ends: Sequence[str]) -> bytes:
        text = "".join(f"{self.delimiter.join(line)}{end}" for line, end in zip(lines, ends, strict=True))
        return f"{self.bom}{text}".encode()


def value_of(cell: str) -> str:
    """What a cell says: RFC 4180's quotes taken off."""
    return cell[1 : cell.rindex('"')].replace('""', '"') if cell.startswith('"') else cell


def written(value: str, delimiter: str = ",", *, quoted: bool = False) -> str:
    """A cell that says this, in quotes where RFC 4180 wants them, or where the file has them everywhere."""
    if quoted or value[:1].isspace() or value[-1:].isspace() or any(c in value for c in f'{delimiter}"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


def table(lines: Sequence[Sequence[str]]) -> bytes:
    """A new file of ours: commas, UTF-8 without a BOM, every line of the same length and ended."""
    return "".join(",".join(map(written, line)) + "\n" for line in lines).encode()


def sheet(data: bytes) -> Sheet:
    """Read a platform's file.

    Raises:
        DoesNotFit: it is no table in UTF-8.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DoesNotFit(
            "the platform's file (--from) is not UTF-8: download it again, and don't save it from a spreadsheet"
        ) from error
    bom = BOM if text.startswith(BOM) else ""
    read = [one for delimiter in DELIMITERS if (one := _split(text.removeprefix(BOM), bom, delimiter))]
    if not read:
        raise DoesNotFit(
            "the platform's file (--from) is no table: its lines don't have as many cells as its header, whether "
            "commas, semicolons or tabs part them"
        )
    return max(read, key=lambda one: len(one.lines[0]))


def _split(text: str, bom: str, delimiter: str) -> Sheet | None:
    """A text as a table; None where its lines are not of one length."""
    cell = re.compile(rf'("(?:[^"]|"")*"[^{delimiter}\r\n]*|(?!")[^{delimiter}\r\n]*)({delimiter}|\r\n|\n|\r|\Z)')
    lines: list[tuple[str, ...]] = []
    ends: list[str] = []
    cells: list[str] = []
    at = 0
    while at < len(text) or cells:
        found = cell.match(text, at)
        if found is None:  # quotes that nobody closes
            return None
        cells.append(found[1])
        at = found.end()
        if found[2] != delimiter:
            lines.append(tuple(cells))
            ends.append(found[2])
            cells = []
    lengths = {len(line) for line in lines if line != ("",)}
    if len(lengths) != 1 or lengths == {1} or lines[0] == ("",):
        return None
    return Sheet(bom, delimiter, tuple(lines), tuple(ends))
