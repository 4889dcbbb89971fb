"""The codings file: whole or not at all, and checked when read."""

import json
from pathlib import Path

import pytest

from secondcoder.errors import CodingsError, StoreError, StoreVersionError
from secondcoder.schema.chat import Attribution, AttributionRule, ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import (
    Coding,
    Codings,
    CodingsInfo,
    Failure,
    LeftOut,
    LeftOutReason,
    PostCodings,
    Quoted,
)
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage
from secondcoder.store.files import AtomicFile, read_codings, write_codings, write_text

POST = Post(id="1", text="More time 👩‍⚕️, and\ntea.", author="sam")
BOOK = Codebook(
    questions=(Question(id="Q1"),), themes=(Theme(id="time", name="Time", questions=("Q1",)),)
)


def codings() -> Codings:
    """Return codings of three posts: one quoted, one left out, one failed."""
    quote = Quote.cut(POST, [Span(start=0, end=9), Span(start=19, end=23)])
    return Codings(
        info=CodingsInfo(
            chat=ChatInfo(title="A chat"),
            codebook=BOOK,
            run=Run(
                id="r1",
                coder=Coder(id="ann", kind=CoderKind.PERSON),
                usage=Usage(prompt_tokens=7),
            ),
        ),
        posts=(
            PostCodings(
                post=POST,
                attribution=Attribution(question_ids=("Q1",), rule=AttributionRule.LABEL),
                outcome=Quoted(
                    codings=(Coding(quote=quote, question_id="Q1", theme_ids=("time",)),)
                ),
            ),
            PostCodings(
                post=Post(id="2", text="hello"), outcome=LeftOut(reason=LeftOutReason.GREETING)
            ),
            PostCodings(
                post=Post(id="3", text="x"), outcome=Failure(error="ResponseError", detail="empty")
            ),
        ),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file that holds the codings."""
    path = tmp_path / "codings.jsonl"
    write_codings(codings(), path)
    return path


def test_what_was_written_is_what_is_read(path: Path) -> None:
    """Posts, spans, run and codebook come back equal."""
    assert read_codings(path) == codings()


def test_the_file_is_one_json_object_per_line(path: Path) -> None:
    """A first line, one line per post, an end line: other tools can read it."""
    kinds = [json.loads(line)["kind"] for line in path.read_text("utf-8").splitlines()]
    assert kinds == ["codings", "post", "post", "post", "end"]


def test_a_quote_with_a_word_nobody_wrote_is_refused_with_its_line(path: Path) -> None:
    """The check at load time names file, line and both texts."""
    path.write_text(path.read_text("utf-8").replace('"text":"More time […]', '"text":"More […]'))
    with pytest.raises(CodingsError, match=r"codings.jsonl line 2: .*verbatim"):
        read_codings(path)


def test_a_post_changed_under_its_quote_is_refused(path: Path) -> None:
    """Altering the post is found as surely as altering the quote."""
    path.write_text(path.read_text("utf-8").replace("More time 👩", "Less time 👩"))
    with pytest.raises(CodingsError, match="quotes must be verbatim"):
        read_codings(path)


@pytest.mark.parametrize("keep", [1, 2, 4])
def test_a_file_cut_off_is_refused(path: Path, keep: int) -> None:
    """Whole lines missing at the end are seen by the missing end line."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:keep]), "utf-8")
    with pytest.raises(CodingsError, match="cut off"):
        read_codings(path)


def test_a_file_cut_off_inside_a_line_is_refused(path: Path) -> None:
    """Half a line is not JSON."""
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(CodingsError, match="last line: not JSON"):
        read_codings(path)


def test_a_post_missing_from_the_middle_is_refused(path: Path) -> None:
    """The end line counts the posts."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:2] + lines[3:]), "utf-8")
    with pytest.raises(CodingsError, match="holds 2 posts but says 3"):
        read_codings(path)


def test_a_post_that_appears_twice_is_refused(path: Path) -> None:
    """Every post is accounted for exactly once."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    lines[2] = lines[3]
    path.write_text("".join(lines), "utf-8")
    with pytest.raises(CodingsError, match="post 3 is coded twice"):
        read_codings(path)


def test_a_newer_format_is_refused(path: Path) -> None:
    """A file of a later version is not half understood."""
    path.write_text(path.read_text("utf-8").replace('"format":1', '"format":2', 1))
    with pytest.raises(StoreVersionError, match="upgrade"):
        read_codings(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not JSON"),
        ("id,text\n1,a\n", "not JSON"),
        ("[1]\n[2]\n", "not a JSON object"),
        ('{"a": 1}\n{"kind": "end"}\n', "not a codings file"),
        ('{"kind":"codings","format":1,"info":{}}\n{"kind":"end"}\n', "line 1: "),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    """Something that is not a codings file is named as such."""
    path = tmp_path / "other.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(CodingsError, match=message):
        read_codings(path)


def test_a_line_of_another_kind_is_refused(path: Path) -> None:
    """Between the first and the last line there are posts only."""
    path.write_text(path.read_text("utf-8").replace('"kind":"post"', '"kind":"note"', 1))
    with pytest.raises(CodingsError, match="line 2: kind 'note'"):
        read_codings(path)


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    """The name is in the message."""
    with pytest.raises(CodingsError, match=r"none\.jsonl can't be read"):
        read_codings(tmp_path / "none.jsonl")


def test_an_unknown_theme_is_refused(path: Path) -> None:
    """Codings that name a theme the codebook lacks are not read."""
    path.write_text(path.read_text("utf-8").replace('"theme_ids":["time"]', '"theme_ids":["tea"]'))
    with pytest.raises(CodingsError, match="theme 'tea' is not in the codebook"):
        read_codings(path)


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    """A block that fails changes nothing on disk."""
    path = tmp_path / "report.md"
    write_text(path, "old")

    def broken() -> None:
        with AtomicFile(path) as file:
            file.write("new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.md"]


def test_a_file_gets_the_permissions_any_new_file_gets(tmp_path: Path) -> None:
    """The temporary file is private, the result is not."""
    write_text(tmp_path / "a", "x")
    (tmp_path / "b").write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_missing_folder_is_a_store_error(tmp_path: Path) -> None:
    """The message says what to do."""
    with pytest.raises(StoreError, match="choose a folder that exists"):
        write_text(tmp_path / "none" / "a", "x")


def test_a_name_that_is_a_folder_is_a_store_error(tmp_path: Path) -> None:
    """The file can't take a folder's name, and nothing is left behind."""
    (tmp_path / "a").mkdir()
    with pytest.raises(StoreError, match="can't be written"):
        write_text(tmp_path / "a", "x")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_a_full_disk_is_a_store_error(tmp_path: Path) -> None:
    """`/dev/full` stands in for a disk without room: the write fails when it is flushed."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    file = AtomicFile(tmp_path / "a")
    file._file.close()  # noqa: SLF001  # the one way to put the full disk under the writer
    file._file = full.open("wb")  # noqa: SLF001
    file.write("x")
    with pytest.raises(StoreError, match="No space left"):
        file.__exit__(None, None, None)
    assert list(tmp_path.iterdir()) == []
