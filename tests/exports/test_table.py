"""A platform's CSV file is read as spreadsheets and PHP write it, and written back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.exports.shapes import DoesNotFit
from grader.exports.table import DELIMITERS, sheet, table

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\ufeff"), max_size=6)
RUN = settings(max_examples=200, deadline=None, derandomize=True, database=None)


@RUN
@given(
    lines=st.integers(2, 4).flatmap(lambda wide: st.lists(st.lists(CELLS, min_size=wide, max_size=wide), min_size=2)),
    mark=st.sampled_from(DELIMITERS),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    bom=st.sampled_from(["", "\ufeff"]),
    value=CELLS,
    quoted=st.booleans(),
)
def test_one_cell_changes_and_nothing_else(
    lines: list[list[str]], mark: str, end: str, bom: str, value: str, quoted: bool
) -> None:
    """Whatever is in the others, and however they are quoted."""
    lines[0] = [f"column {number}" for number in range(len(lines[0]))]
    text = io.StringIO(newline="")
    broken = any(c in cell for line in lines for cell in line for c in "\r\n")  # Python quotes its own line end alone
    if quoted or broken:
        csv.writer(text, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(lines)
    else:
        csv.writer(text, delimiter=mark, lineterminator=end).writerows(lines)
    data = f"{bom}{text.getvalue()}".encode()
    read = sheet(data)
    assert [list(read.header), *map(list, read.rows)] == lines
    assert read.filled({}) == data
    lines[1][1] = value
    again = sheet(read.filled({(0, 1): value}))
    assert [list(again.header), *map(list, again.rows)] == lines
    assert (again.bom, again.delimiter, again.ends) == (read.bom, read.delimiter, read.ends)


@RUN
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1))
def test_a_table_of_ours_is_read_by_everybody(lines: list[tuple[str, str]]) -> None:
    """By Python's reader, which is RFC 4180's."""
    read = csv.reader(io.StringIO(table(lines).decode(), newline=""), strict=True)
    assert [tuple(line) for line in read] == lines


def test_blank_lines_stay_where_they_are() -> None:
    """They are nobody's rows."""
    data = b"a,b\r\n\r\n1,2\r\n\r\n3,4"
    assert sheet(data).rows == (("1", "2"), ("3", "4"))
    assert sheet(data).filled({(1, 0): "x"}) == b"a,b\r\n\r\n1,2\r\n\r\nx,4"


@pytest.mark.parametrize("data", [b"", b"\n", b"one\n", b"a,b\n1\n", b'a,b\n"1,2\n', b'a,b\n1,"2\n'])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    """Rather than filled wrongly."""
    with pytest.raises(DoesNotFit, match="is no table"):
        sheet(data)


def test_rows_that_are_named_are_taken_with_more_cells() -> None:
    """In the order of the file, with its own line ends and quotes."""
    assert sheet(b'"a","b"\r\n"1","2"\r\n"3","4"').extended(["c"], {1: ["x"]}) == b'"a","b","c"\r\n"3","4","x"\r\n'
