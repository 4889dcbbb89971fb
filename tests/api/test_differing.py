"""`diff` by the library and as a person types it."""

import json
from pathlib import Path

import pytest
from agreement.coded_chats import LEFT_OUT, coded
from typer.testing import CliRunner

from secondcoder import CodingsError, InputError, StoreError, diff, write_codebook, write_codings
from secondcoder.cli.main import app
from secondcoder.reporting.difference import sentences

BEFORE = coded("ann", [[(0, 3, "tea"), (13, 18, "Q1:tea")], "trust", [(0, 8, "time")], *[None] * 7])
AFTER = coded(
    "bob",
    [[(0, 3, "tea"), (13, 18, "Q1:tea trust")], LEFT_OUT, [(0, 7, "time")], *[LEFT_OUT] * 7],
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return the files of both codings."""
    paths = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for codings, path in zip((BEFORE, AFTER), paths, strict=True):
        write_codings(codings, path)
    return paths


def run(*words: str | Path) -> str:
    """Return what a `diff` that ends well printed."""
    result = CliRunner(env={"COLUMNS": "200"}).invoke(
        app, ["diff", *map(str, words)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_screen_says_what_moved_with_the_quotes(files: tuple[Path, Path]) -> None:
    """Counts by theme, then each quote from where to where, then posts, then what is missing."""
    shown = run(*files)
    assert "ann before, bob after; 3 posts in both" in shown
    assert "4 quotes before, 3 after: 1 unchanged, 1 moved, 0 new, 1 gone, 1 recut" in shown
    assert "Only after, not compared: posts p3, p4, p5, p6, p7 and 2 more." in shown
    rows = [line.split() for line in shown.splitlines()]
    assert ["Tea", "2", "2", "2", "0", "0"] in rows
    assert ["Trust", "1", "1", "0", "1", "1"] in rows
    assert "Other ideas" not in shown
    assert "Q1 Tea → Q1 Tea + Trust: “trust” (post p0)" in shown
    assert "Time: “tea time” → “tea tim” (post p2)" in shown
    assert "quoted → left-out: no-idea: tea time and trust for all (p1)" in shown


def test_a_long_list_is_cut_on_screen_and_whole_in_json(tmp_path: Path) -> None:
    """Twenty lines of each kind; the file has all 25."""
    paths = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    write_codings(coded("a", ["tea"] * 25), paths[0])
    write_codings(coded("a", [""] * 25), paths[1])
    assert "and 5 more; --json or -o shows all" in run(*paths)
    assert len(json.loads(run(*paths, "--json"))["quotes"]) == 25


def test_a_mapping_renames_on_the_command_line(files: tuple[Path, Path]) -> None:
    """`--map trust=tea` takes what was trust for tea."""
    assert "Trust: “tea time and trust" in run(*files)
    assert "Tea: “tea time and trust" in run(*files, "--map", "trust=tea")


def test_json_and_the_written_file_are_what_the_library_returns(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    """Paths and codings give the same."""
    output = tmp_path / "moved.json"
    found = diff(BEFORE, AFTER, output=output)
    assert json.loads(run(*files, "--json")) == found.model_dump(mode="json")
    assert json.loads(output.read_text("utf-8")) == found.model_dump(mode="json")


def test_the_page_escapes_words_and_asks_for_nothing(tmp_path: Path) -> None:
    """A post of markup stays text; no script and no address is in the page."""
    text = "<script>alert(1)</script>"
    output = tmp_path / "moved.html"
    diff(coded("a", ["tea"], text=text), coded("a", [LEFT_OUT], text=text), output=output)
    page = output.read_text("utf-8")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "Gone: 1" in page
    diff(BEFORE, AFTER, output=output)
    assert "Moved: 1" in output.read_text("utf-8")


def test_the_command_says_where_it_wrote(files: tuple[Path, Path], tmp_path: Path) -> None:
    """The last line."""
    output = tmp_path / "moved.html"
    assert run(*files, "-o", output).splitlines()[-1] == f"wrote {output}"


def test_nothing_of_yours_is_overwritten(tmp_path: Path) -> None:
    """Nor is a form guessed."""
    mine = tmp_path / "mine.html"
    mine.write_text("my notes")
    with pytest.raises(StoreError, match="may hold work of yours"):
        diff(BEFORE, AFTER, output=mine)
    with pytest.raises(InputError, match="ends in"):
        diff(BEFORE, AFTER, output=tmp_path / "moved.docx")


def test_rows_are_one_per_theme_and_a_data_frame() -> None:
    """Before = kept + lost, after = kept + gained."""
    found = diff(BEFORE, AFTER)
    assert [tuple(row) for row in found.rows()] == [
        ("tea", "Tea", 2, 2, 2, 0, 0),
        ("time", "Time", 1, 1, 1, 0, 0),
        ("trust", "Trust", 1, 1, 0, 1, 1),
        (None, "Other ideas", 0, 0, 0, 0, 0),
    ]
    frame = found.to_pandas()
    assert list(frame.columns) == list(found.columns())
    assert frame["n_kept"].sum() == 3


def test_other_codebooks_are_said_to_differ() -> None:
    """Since counts by theme then need a second look."""
    book = BEFORE.info.codebook.model_copy(update={"version": "2"})
    info = AFTER.info.model_copy(update={"codebook": book})
    found = diff(BEFORE, AFTER.model_copy(update={"info": info}))
    assert not found.is_same_codebook
    assert any("The codebooks differ" in said for said in sentences(found))


SHEET = """post_id,quote,question,theme
p0,tea,,tea
p0,trust,Q1,tea
p0,trust,Q1,trust
p2,tea tim,,time
"""


def test_a_sheet_is_compared_like_a_file_of_codings(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    """Its posts and themes are the other file's."""
    sheet = tmp_path / "bob.csv"
    sheet.write_text(SHEET, "utf-8")
    found = diff(files[0], sheet)
    assert (found.coder_before, found.coder_after) == ("ann", "bob")
    moved = {(one.post_id, one.after.text) for one in found.quotes if one.after is not None}
    # A theme of one question says which question: two quotes have one that had none before.
    assert moved == {("p0", "tea"), ("p0", "trust"), ("p2", "tea tim")}
    assert "Q1 Tea → Q1 Tea + Trust: “trust” (post p0)" in run(files[0], sheet)
    assert diff(sheet, files[1]).n_quotes_before == 3


def test_two_sheets_need_their_chat_and_codebook(files: tuple[Path, Path], tmp_path: Path) -> None:
    """As `agree` does."""
    for name, text in (("a", SHEET), ("b", SHEET.replace(",tea\n", ",time\n"))):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    sheets = tmp_path / "a.csv", tmp_path / "b.csv"
    write_codebook(BEFORE.info.codebook, tmp_path / "book.yaml")
    shown = run(*sheets, "--chat", files[0], "-c", tmp_path / "book.yaml")
    assert "Q1 Tea → Q2a Time: “tea” (post p0)" in shown


def test_a_sheet_of_several_coders_is_not_two_codings(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    """Whose codings would be compared is not guessed."""
    sheet = tmp_path / "both.csv"
    sheet.write_text("post_id,coder,theme\np0,ann,tea\np0,cy,time\n", "utf-8")
    with pytest.raises(CodingsError, match="hold the codings of ann, ann, cy; two are compared"):
        diff(files[0], sheet)
