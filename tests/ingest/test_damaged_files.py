"""What real exports have wrong is mended with a note, or refused with the row and the remedy."""

import gzip
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from secondcoder.errors import IngestError, MissingExtraError
from secondcoder.ingest.damaged_ids import Damaged, read_id
from secondcoder.ingest.posts import iter_posts, read_posts
from secondcoder.ingest.rows import Cell


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _workbook(path: Path, *rows: list[object]) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (None, None),
        (" ", None),
        (float("nan"), None),
        (12.0, "12"),
        (12.5, "12.5"),
        ("12.0", "12"),
        ("'1275551234567890123", "1275551234567890123"),
        ('="1275551234567890123"', "1275551234567890123"),
        ("1.2345E+4", "1.2345E+4"),
        ("5e10", "5e10"),
        ("urn:post/é", "urn:post/é"),
        (2.0**60, Damaged("1.152921504606847e+18", 2**60, 15)),
        ("1275551234567890123.0", Damaged("1.2755512345678902e+18", 1275551234567890176, 15)),
    ],
)
def test_ids_of_every_spelling(cell: Cell, expected: str | Damaged | None) -> None:
    """Only digits that are lost make an id damaged."""
    assert read_id(cell) == expected


@pytest.mark.parametrize("hint", ["sep=;\n", ""])
def test_semicolons_and_excels_own_hint_are_understood(tmp_path: Path, hint: str) -> None:
    """Commas inside the texts don't mislead."""
    data = f"{hint}id;text\n1;one, two, three\n2;four, five\n".encode()
    posts, notes = read_posts(_file(tmp_path, "chat.csv", data))
    assert ([post.text for post in posts], notes) == (["one, two, three", "four, five"], ())


def test_a_tsv_file_is_cut_at_tabs_alone(tmp_path: Path) -> None:
    """Its ending says so."""
    posts, _ = read_posts(_file(tmp_path, "chat.tsv", b"id\ttext,x\ttext\n1\ta,b\tc,d;e\n"))
    assert posts[0].text == "c,d;e"


def test_a_long_file_with_its_sample_cut_inside_a_row_is_read(tmp_path: Path) -> None:
    """The delimiter is told from the rows before."""
    rows = "".join(f'{n};"{"word, " * 40}{n}"\n' for n in range(2000))
    posts, _ = read_posts(_file(tmp_path, "chat.csv", f"id;text\n{rows}".encode()))
    assert len(posts) == 2000
    assert posts[1999].text.endswith(", 1999")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("undefined.csv", b"id,text\n1,\x81\x8d\n", "line 2 is neither UTF-8 nor Windows-1252"),
        ("cut.csv", "id,text\n1,é".encode("utf-16")[:-1], "can't be read as utf-16"),
        ("list.jsonl", b"[1, 2]\n", "line 1 is not a JSON object"),
        ("space.csv", b"id,text\na b,c\n", "'a b' can't be an id"),
        ("twice.csv", b"id,text,text\n1,a,b\n", "'text' and 'text' may each hold the text"),
    ],
)
def test_what_contradicts_its_kind_is_refused(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    """The message names the place."""
    with pytest.raises(IngestError, match=message):
        list(iter_posts(_file(tmp_path, name, data)))


def test_a_file_cut_off_inside_a_character_is_not_utf8(tmp_path: Path) -> None:
    """The last bytes are looked at like all others."""
    _, notes = read_posts(_file(tmp_path, "chat.csv", "id,text\n1,é".encode()[:-1]))
    assert "Windows-1252" in notes[0].message


def test_a_sheet_is_asked_of_workbooks_only(tmp_path: Path) -> None:
    """A CSV file has none."""
    with pytest.raises(IngestError, match="is not a workbook"):
        list(iter_posts(_file(tmp_path, "chat.csv", b"id,text\n1,a\n"), sheet="1"))


def test_a_column_the_caller_names_twice_over_is_refused(tmp_path: Path) -> None:
    """Names are compared without case only where none fits exactly."""
    path = _file(tmp_path, "chat.csv", b"nr,WORDS,words\n1,a,b\n")
    assert read_posts(path, columns={"text": "words"})[0][0].text == "b"
    with pytest.raises(IngestError, match="2 columns that 'Words' may mean"):
        read_posts(path, columns={"text": "Words"})


def test_a_missing_id_is_taken_from_the_link(tmp_path: Path) -> None:
    """Better than the row's number."""
    data = b"text,url\na,https://x.com/a/status/1275551234567890123\n"
    posts, notes = read_posts(_file(tmp_path, "chat.csv", data))
    assert posts[0].id == "1275551234567890123"
    assert "taken from the post's link" in notes[0].message


def test_a_rounded_reply_is_lost_with_a_note(tmp_path: Path) -> None:
    """It would point to another post; a link in its place is read."""
    data = b"id,text,in_reply_to\n1,a,1.28E+18\n2,b,https://x.com/a/status/12345\n"
    posts, notes = read_posts(_file(tmp_path, "chat.csv", data))
    assert [post.in_reply_to for post in posts] == [None, "12345"]
    assert "links to other posts were rounded" in notes[0].message


def test_blank_rows_inside_a_sheet_count_and_those_after_it_do_not(tmp_path: Path) -> None:
    """A date alone is a moment of its day; line breaks inside a cell stay."""
    rows: list[list[object]] = [
        [None, None],
        ["text", "date"],
        ["a\nb", date(2020, 6, 24)],
        [None, None],
        ["c", None],
        ["", None],
    ]
    posts, notes = read_posts(_workbook(tmp_path / "chat.xlsx", *rows), timezone="UTC")
    assert [(post.text, post.row) for post in posts] == [("a\nb", 3), ("c", 5)]
    assert posts[0].created_at == datetime(2020, 6, 24, tzinfo=UTC)
    assert [note.where for note in notes if "empty" in note.message] == [4]


def test_a_workbook_without_rows_and_one_with_stray_cells_are_refused(tmp_path: Path) -> None:
    """A cell beyond the header has no name."""
    with pytest.raises(IngestError, match="holds no rows"):
        list(iter_posts(_workbook(tmp_path / "empty.xlsx")))
    with pytest.raises(IngestError, match="row 2 has 3 cells, the header 2"):
        list(iter_posts(_workbook(tmp_path / "stray.xlsx", ["id", "text"], [1, "a", "b"])))


@pytest.mark.parametrize(("name", "module"), [("a.xlsx", "openpyxl"), ("a.parquet", "pyarrow")])
def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str
) -> None:
    """The command that installs it is in the message."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match="pip install 'secondcoder"):
        list(iter_posts(_file(tmp_path, name, b"x")))


def test_a_carriage_return_in_a_cell_is_not_spelled_out(tmp_path: Path) -> None:
    """Excel stores it as _x000D_; other words that look like it stay."""
    path = _workbook(
        tmp_path / "chat.xlsx", ["text"], ["a_x000D_\nb"], ["_x0041_"], ["x_x005F_x000D_"]
    )
    assert [post.text for post in iter_posts(path)] == ["a\r\nb", "_x0041_", "x_x000D_"]


def test_half_a_character_is_replaced_with_a_note(tmp_path: Path) -> None:
    """JSON can hold a lone surrogate, text can't; a whole pair stays the character it is."""
    path = tmp_path / "posts.jsonl"
    path.write_text('{"id": "1", "text": "ok \\ud83d \\ud83d\\ude00"}\n', "utf-8")
    posts, notes = read_posts(path)
    assert posts[0].text == "ok \ufffd 😀"
    assert any("halves of characters" in note.message for note in notes)


def test_files_named_for_another_kind_are_told_by_their_first_bytes(tmp_path: Path) -> None:
    """Each message says what the file is and how to name it."""
    book = _workbook(tmp_path / "a.xlsx", ["id", "text"], ["1", "tea"]).read_bytes()
    packed = gzip.compress(b"id,text\n1,tea\n")
    office = "is an archive or a document of an office program"
    for name, data, message in (
        ("chat.csv", book, r"chat\.csv is an Excel file; name it chat\.xlsx"),
        ("chat.csv.gz", gzip.compress(book), "is an Excel file; name it chat.xlsx"),
        ("chat.csv", packed, r"is packed with gzip; name it chat\.csv\.gz"),
        ("chat.jsonl.gz", gzip.compress(packed), "is packed with gzip twice; unpack it once"),
        ("chat.csv", b"PAR1\x15\x04", r"is a Parquet file; name it chat\.parquet"),
        ("chat.csv", b"PK\x03\x04content.xml", office),
        ("chat.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", office),
    ):
        with pytest.raises(IngestError, match=message):
            read_posts(_file(tmp_path, name, data))


def test_notes_name_rows_that_exist_and_count_what_the_file_has(tmp_path: Path) -> None:
    """Rows of tables, lines of JSON lines and of an encoding; the option that sets a zone."""
    table = _file(tmp_path, "chat.csv", b"text,created_at\ntea,2020-06-24 20:00\ncaf\xe9,\n")
    _, notes = read_posts(table)
    assert [(note.unit, note.where) for note in notes] == [("line", 3), ("row", 2), ("row", 2)]
    assert notes[1].message.endswith(
        "if the chat's is another, give it, such as --timezone Europe/London"
    )
    assert notes[2].message == "posts without an id were named after their row: row-2 (2: row 2, 3)"
    lines = _file(tmp_path, "chat.jsonl", b'{"text":"tea"}\n{"text":"cake"}\n')
    posts, notes = read_posts(lines)
    assert [(note.unit, note.where) for note in notes] == [("line", 1)]
    assert notes[0].message == (
        f"posts without an id were named after their line: {posts[0].id} (2: line 1, 2)"
    )
