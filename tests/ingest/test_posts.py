"""Posts are read as they stand, and what was mended, assumed or skipped is said."""

import csv
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from secondcoder.errors import IngestError
from secondcoder.ingest.posts import iter_posts, read_posts

SNOWFLAKE = "1275551234567890123"


def _file(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def _workbook(path: Path, *sheets: list[list[object]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(
            str.strip
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_text_comes_back_from_csv_unchanged(texts: list[str], delimiter: str) -> None:
    """Quotes, line breaks of every kind, delimiters and emoji survive, in quoted fields."""
    texts = [text for text in texts if not text.startswith("#N")]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "chat.csv"
        with path.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.writer(handle, delimiter=delimiter, quoting=csv.QUOTE_ALL)
            writer.writerow(["id", "text"])
            writer.writerows(enumerate(texts))
        assert [post.text for post in iter_posts(path)] == texts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_are_read_with_or_without_their_mark(tmp_path: Path, encoding: str) -> None:
    """The mark belongs neither to the first column's name nor to a text."""
    path = _file(tmp_path, "chat.csv", "text,id\nCafé \U0001f642,1\n", encoding)
    posts, notes = read_posts(path)
    assert (posts[0].text, posts[0].id, notes) == ("Café \U0001f642", "1", ())


def test_windows_1252_is_read_with_one_note(tmp_path: Path) -> None:
    """Curly quotes and accents of an old export come out right."""
    path = _file(tmp_path, "chat.csv", "id,text\n1,“Café”\n2,naïve\n", "cp1252")
    posts, notes = read_posts(path)
    assert [post.text for post in posts] == ["“Café”", "naïve"]
    assert ["Windows-1252" in note.message for note in notes] == [True]


def test_one_bad_line_in_a_utf8_file_is_an_error_not_mangled_emoji(tmp_path: Path) -> None:
    """Taken for Windows-1252, the good lines would be read wrong."""
    path = tmp_path / "chat.csv"
    path.write_bytes("id,text\n1,é\n2,ö\n".encode() + b"3,\xe9t\xe9\n")
    with pytest.raises(IngestError, match="line 4"):
        list(iter_posts(path))


def test_a_nul_byte_names_its_line(tmp_path: Path) -> None:
    """UTF-16 without a mark shows itself this way."""
    with pytest.raises(IngestError, match="line 2 holds a NUL"):
        list(iter_posts(_file(tmp_path, "chat.csv", "id,text\n1,a\0b\n")))


def test_a_post_of_100_000_characters_and_its_entities_are_kept(tmp_path: Path) -> None:
    """Nothing is cut and `&amp;` stays as it is."""
    text = "R&amp;D " * 12_500
    posts, _ = read_posts(_file(tmp_path, "chat.csv", f'id,text\n1,"{text}"\n'))
    assert len(posts[0].text) == 100_000
    assert posts[0].text == text


def test_rows_that_contradict_the_header_are_named(tmp_path: Path) -> None:
    """A field too many may be half a text; a cell too few is empty."""
    with pytest.raises(IngestError, match="row 3 has 3 fields, the header 2"):
        list(iter_posts(_file(tmp_path, "long.csv", "id,text\n1,a\n2,b, c\n")))
    _, notes = read_posts(_file(tmp_path, "short.csv", "id,text,author\n1,a\n"))
    assert "shorter than the header" in notes[0].message


def test_an_unclosed_quotation_mark_is_an_error(tmp_path: Path) -> None:
    """Else the rest of the file would become one post."""
    with pytest.raises(IngestError, match="row 2"):
        list(iter_posts(_file(tmp_path, "chat.csv", 'id,text\n1,"a\n2,b\n')))


def test_what_is_empty_is_skipped_and_counted(tmp_path: Path) -> None:
    """An empty row and a row without text are told apart."""
    posts, notes = read_posts(_file(tmp_path, "chat.csv", "id,text\n1,a\n,\n2, \n3,b\n"))
    assert [(post.id, post.row) for post in posts] == [("1", 2), ("3", 5)]
    assert [(note.where, note.message.split(" were")[0]) for note in notes] == [
        (3, "empty rows"),
        (4, "rows without text"),
    ]


def test_rows_without_ids_are_named_after_the_row(tmp_path: Path) -> None:
    """The note says so."""
    posts, notes = read_posts(_file(tmp_path, "chat.csv", "text\na\nb\n"))
    assert [post.id for post in posts] == ["row-2", "row-3"]
    assert "without an id" in notes[0].message


@pytest.mark.parametrize("damaged", ["1.28E+18", "1.27555123456789E+18", "1275551234567890000"])
def test_a_damaged_id_is_restored_from_the_link_or_refused(tmp_path: Path, damaged: str) -> None:
    """The row and the remedy are named when nothing restores it."""
    link = f"https://twitter.com/a/status/{SNOWFLAKE}"
    posts, notes = read_posts(
        _file(tmp_path, "with.csv", f"id_str,text,status_url\n{damaged},a,{link}\n")
    )
    assert posts[0].id == SNOWFLAKE
    assert "restored" in notes[0].message
    with pytest.raises(IngestError, match=r"row 2: the id .* was rounded .*'url'"):
        list(iter_posts(_file(tmp_path, "without.csv", f"id,text\n{damaged},a\n")))
    other = link.replace(SNOWFLAKE, "1099999999999999999")
    with pytest.raises(IngestError, match="rounded"):
        list(iter_posts(_file(tmp_path, "other.csv", f"id,text,url\n{damaged},a,{other}\n")))


def test_one_true_id_ending_in_zeros_is_kept(tmp_path: Path) -> None:
    """One in ten thousand does; only a column full of them was rounded."""
    rows = f"{SNOWFLAKE},a\n1275551234567890000,b\n1275551234567890777,c\n"
    posts, notes = read_posts(_file(tmp_path, "chat.csv", "id,text\n" + rows))
    assert (posts[1].id, notes) == ("1275551234567890000", ())


def test_the_same_row_twice_is_dropped_and_two_posts_under_one_id_refused(tmp_path: Path) -> None:
    """Both rows are named."""
    posts, notes = read_posts(_file(tmp_path, "same.csv", "id,text\n1,a\n2,b\n1,a\n"))
    assert ([post.id for post in posts], notes[0].where) == (["1", "2"], 4)
    with pytest.raises(IngestError, match="rows 2 and 4 are two posts under one id, '1'"):
        list(iter_posts(_file(tmp_path, "other.csv", "id,text\n1,a\n2,b\n1,c\n")))


def test_a_workbook_is_read_from_its_first_sheet_with_rows(tmp_path: Path) -> None:
    """Numbers, dates and rounded ids of Excel are understood, and the sheet is noted."""
    rows: list[list[object]] = [
        ["ID", "Tweet Text", "Created At", "URL"],
        [12.0, "first", datetime(2020, 6, 24, 20, 1, 2), None],  # noqa: DTZ001 - as Excel has it
        [1.2755512345678899e18, 2020, 44006.5, f"https://x.com/a/status/{SNOWFLAKE}"],
    ]
    path = _workbook(tmp_path / "chat.xlsx", [], rows)
    posts, notes = read_posts(path, timezone="Europe/London")
    assert [(post.id, post.text, post.row) for post in posts] == [
        ("12", "first", 2),
        (SNOWFLAKE, "2020", 3),
    ]
    assert posts[0].created_at == datetime(2020, 6, 24, 19, 1, 2, tzinfo=UTC)
    assert posts[1].created_at == datetime(2020, 6, 24, 11, tzinfo=UTC)
    assert "'Sheet 2' was read" in notes[0].message
    with pytest.raises(IngestError, match="its sheets are: 'Sheet 1', 'Sheet 2'"):
        list(iter_posts(path, sheet="Tweets"))


def test_parquet_is_read_with_its_structs_and_times(tmp_path: Path) -> None:
    """A struct's field is a column such as author.username."""
    moment = datetime(2020, 6, 24, 19, tzinfo=UTC)
    table = pa.table({
        "tweet_id": [int(SNOWFLAKE), 2],
        "text": ["a", "b"],
        "author": [{"username": "ann"}, None],
        "created_at": [moment, None],
    })
    pq.write_table(table, tmp_path / "chat.parquet")
    posts, notes = read_posts(tmp_path / "chat.parquet")
    assert [(post.id, post.author, post.created_at) for post in posts] == [
        (SNOWFLAKE, "ann", moment),
        ("2", None, None),
    ]
    assert notes == ()


def test_json_lines_gzip_and_arrays_give_the_same_posts(tmp_path: Path) -> None:
    """Our own field names need no mapping, even if a later object is the first to use one."""
    objects = [{"id": str(n), "text": f"a\u2028{n}"} for n in range(3000)]
    objects[2999]["in_reply_to"] = "1"
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)
    plain = _file(tmp_path, "chat.jsonl", lines)
    (tmp_path / "chat.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    array = _file(tmp_path, "chat.json", json.dumps(objects, indent=1))
    posts, _ = read_posts(plain)
    assert [post.text for post in posts] == [each["text"] for each in objects]
    assert posts[2999].in_reply_to == "1"
    assert read_posts(tmp_path / "chat.jsonl.gz")[0] == posts
    assert [(post.id, post.text) for post in read_posts(array)[0]] == [
        (post.id, post.text) for post in posts
    ]


def test_broken_json_names_its_line(tmp_path: Path) -> None:
    """A line cut off in the middle is not a post."""
    with pytest.raises(IngestError, match="line 2 is not JSON"):
        list(iter_posts(_file(tmp_path, "chat.jsonl", '{"id": "1", "text": "a"}\n{"id": "2"')))
    with pytest.raises(IngestError, match="item 2 is not JSON"):
        list(iter_posts(_file(tmp_path, "chat.json", '[{"id": "1", "text": "a"}, {"id"')))


def test_the_way_out_of_unknown_and_ambiguous_columns_is_shown(tmp_path: Path) -> None:
    """The file's columns are listed, and `columns` settles it."""
    unknown = _file(tmp_path, "unknown.csv", "nr,What they said\n1,a\n")
    with pytest.raises(IngestError, match=r"--column text=NAME \(columns: 'nr', 'What they said'"):
        list(iter_posts(unknown))
    assert next(iter_posts(unknown, columns={"text": "what they said", "id": "nr"})).text == "a"
    ambiguous = _file(tmp_path, "ambiguous.csv", "id,Tweet,Message\n1,a,b\n")
    with pytest.raises(IngestError, match="'Tweet' and 'Message' may each hold the text"):
        list(iter_posts(ambiguous))
    with pytest.raises(IngestError, match="has no column 'Words'"):
        list(iter_posts(ambiguous, columns={"text": "Words"}))
    with pytest.raises(IngestError, match="'words' is not a field of a post"):
        list(iter_posts(ambiguous, columns={"words": "Tweet"}))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", "does not exist"),
        ("empty.csv", "is empty"),
        ("chat.xls", "save it as .xlsx"),
        ("chat.docx", "export one of .csv"),
        ("chat", "export one of .csv"),
        ("broken.xlsx", "can't be opened as a workbook"),
        ("broken.parquet", "can't be read as Parquet"),
        ("broken.csv.gz", "can't be unpacked"),
        ("blank.csv", "no row but blank ones"),
    ],
)
def test_files_that_hold_no_posts_are_refused_with_a_remedy(
    tmp_path: Path, name: str, message: str
) -> None:
    """Each message says what to do."""
    if name != "none.csv":
        content = {"empty.csv": "", "blank.csv": "\n \n"}.get(name, "not what it says")
        _file(tmp_path, name, content)
    with pytest.raises(IngestError, match=message):
        list(iter_posts(tmp_path / name))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A path may exist and yet hold no posts."""
    with pytest.raises(IngestError, match="is a folder"):
        list(iter_posts(tmp_path))


def test_notes_of_a_kind_are_summed_up(tmp_path: Path) -> None:
    """A hundred unreadable dates give twenty notes and a sum."""
    rows = "".join(f"{n},a,soon\n" for n in range(100))
    posts, notes = read_posts(_file(tmp_path, "chat.csv", "id,text,date\n" + rows))
    assert len(notes) == 21
    assert posts[0].created_at is None
    assert (notes[0].where, "80" in notes[-1].message) == (2, True)


def test_a_text_replaced_by_a_spreadsheet_error_is_skipped(tmp_path: Path) -> None:
    """`#NAME?` is what Excel makes of a post that begins with = or -."""
    posts, notes = read_posts(_file(tmp_path, "chat.csv", "id,text\n1,#NAME?\n2,b\n"))
    assert ([post.id for post in posts], notes[0].where) == (["2"], 2)


def test_posts_without_authors_are_told_where_a_column_may_hold_them(tmp_path: Path) -> None:
    """It is read where its name is a usual one; a file of nothing but texts is told nothing."""
    path = tmp_path / "chat.csv"
    for column, author, n_told in (("who", "ann", 0), ("wer", None, 1)):
        path.write_text(f"id,{column},text\n1,ann,Time\n", encoding="utf-8")
        (post,), notes = read_posts(path)
        told = [note.message for note in notes if "--column author=NAME" in note.message]
        assert (post.author, len(told)) == (author, n_told)
        assert all("columns: 'wer'" in each for each in told)
    path.write_text("id,text\n1,Time\n", encoding="utf-8")
    assert read_posts(path)[1] == ()
