"""Sheets of codings that people keep: told apart by their columns, every quote anchored."""

from pathlib import Path

import pytest
from openpyxl import Workbook

import secondcoder
from secondcoder import Chat, Codebook, Codings, CodingsError, Post, Question, Theme
from secondcoder.schema.codings import Abstention, LeftOut, LeftOutReason

CHAT = Chat(
    posts=(
        Post(id="1", text="A1 More tea. Less talk."),
        Post(id="2", text="A1 Tea, tea, tea!"),
        Post(id="3", text="A2 Shut the door"),
        Post(id="4", text="Hello all"),
    )
)
BOOK = Codebook(
    questions=(Question(id="Q1"), Question(id="Q2")),
    themes=(
        Theme(id="tea", name="Tea, and cake", questions=("Q1",)),
        Theme(id="quiet", name="Quiet", questions=("Q1",)),
        Theme(id="doors", name="Doors", questions=("Q2",)),
    ),
)


def read(path: Path, text: str, **options: object) -> tuple[Codings, ...]:
    """Return the codings of a sheet with these characters."""
    path.write_text(text, encoding="utf-8")
    reading = secondcoder.read_codings_sheet(path, chat=CHAT, codebook=BOOK, **options)  # type: ignore[arg-type]  # options of the one test
    return reading.codings


def themes(codings: Codings) -> dict[str, list[tuple[str, str | None, tuple[str, ...]]]]:
    """Return quote, question and themes of every quoted post."""
    return {
        coded.post.id: [(c.quote.text, c.question_id, c.theme_ids) for c in coded.codings]
        for coded in codings.posts
        if coded.codings
    }


def reasons(codings: Codings) -> dict[str, LeftOutReason]:
    """Return why each post that was left out was."""
    return {
        coded.post.id: coded.outcome.reason
        for coded in codings.posts
        if isinstance(coded.outcome, LeftOut)
    }


def test_a_long_sheet_has_a_row_per_quote_and_theme(tmp_path: Path) -> None:
    """Two rows of one stretch are one coding with two themes; names are found like ids."""
    sheet = (
        "post_id,coder,theme,quote,start,end\n"
        "1,Ann,quiet,Less talk,,\n"
        '1,Ann,"Tea, and cake",More tea.,3,12\n'
        "1,Ann,QUIET,More tea.,,\n"
        "3,Ben B,doors,,,\n"
        "4,Ben B,none,,,\n"
        "2,Ben B,?,,,\n"
        "3,Ann,,Shut the door,,\n"
    )
    ann, ben = read(tmp_path / "long.csv", sheet)
    assert ann.info.run.coder.id == "Ann"
    assert themes(ann) == {
        "1": [("More tea.", "Q1", ("tea", "quiet")), ("Less talk", "Q1", ("quiet",))],
        "3": [("Shut the door", "Q2", ())],
    }
    assert reasons(ann) == {"2": LeftOutReason.NOT_CODED, "4": LeftOutReason.NOT_CODED}
    assert ben.info.run.coder.id == "Ben-B"
    assert themes(ben) == {"3": [("A2 Shut the door", "Q2", ("doors",))]}
    assert reasons(ben)["4"] is LeftOutReason.NO_IDEA
    assert isinstance(ben.posts[1].outcome, Abstention)


TWINS = Codebook(
    questions=BOOK.questions,
    themes=(*BOOK.themes, Theme(id="silence", name="quiet", questions=("Q2",))),
)


def test_one_name_of_two_themes_is_told_apart_by_the_row_s_question(tmp_path: Path) -> None:
    """Without a question it could be either, and is refused with what to write."""
    path = tmp_path / "twins.csv"
    path.write_text("post_id,coder,theme,question\n1,Ann,Quiet,Q1\n3,Ann,Quiet,Q2\n", "utf-8")
    (ann,) = secondcoder.read_codings_sheet(path, chat=CHAT, codebook=TWINS).codings
    assert [coding.theme_ids for coding in ann.quotes] == [("quiet",), ("silence",)]
    path.write_text("post_id,coder,theme\n1,Ann,doors\n3,Ann,Quiet\n", "utf-8")
    with pytest.raises(CodingsError, match=r"several themes \(quiet, silence\); write the id"):
        secondcoder.read_codings_sheet(path, chat=CHAT, codebook=TWINS)
    path.write_text("post_id,coder,theme\n1,Ann,quiet\n3,Ann,silence\n", "utf-8")
    (ann,) = secondcoder.read_codings_sheet(path, chat=CHAT, codebook=TWINS).codings
    assert [coding.theme_ids for coding in ann.quotes] == [("quiet",), ("silence",)]


def test_a_wide_sheet_has_a_column_per_theme(tmp_path: Path) -> None:
    """0 throughout is no theme, a blank row is a post not coded."""
    sheet = "post_id\ttea\tQuiet\tdoors\n1\t1\t1\t0\n4\t0\t0\t0\n3\t\t\t\n"
    (codings,) = read(tmp_path / "wide.tsv", sheet)
    assert themes(codings) == {"1": [("A1 More tea. Less talk.", "Q1", ("tea", "quiet"))]}
    assert reasons(codings) == {
        "2": LeftOutReason.NOT_CODED,
        "3": LeftOutReason.NOT_CODED,
        "4": LeftOutReason.NO_IDEA,
    }
    assert codings.info.run.coder.id == "wide"


def test_where_nobody_writes_0_a_blank_row_is_no_theme(tmp_path: Path) -> None:
    """Sheets with crosses alone leave the rest blank."""
    (codings,) = read(tmp_path / "x.csv", "post_id,tea,doors\n1,x,\n4,,\n")
    assert reasons(codings)["4"] is LeftOutReason.NO_IDEA


@pytest.mark.parametrize("delimiter", [";", "|", ",", "\n"])
def test_a_column_per_coder_holds_delimited_themes(tmp_path: Path, delimiter: str) -> None:
    """A name with a comma in it stays whole at any delimiter."""
    cell = delimiter.join(("Tea, and cake", "quiet"))
    sheet = f'id,author,Ann,Ben\n1,x,"{cell}",quiet\n4,y,none,\n'
    ann, ben = read(tmp_path / "coders.csv", sheet)
    assert ann.quotes[0].theme_ids == ("tea", "quiet")
    assert ben.quotes[0].theme_ids == ("quiet",)
    assert reasons(ann)["4"] is LeftOutReason.NO_IDEA
    assert reasons(ben)["4"] is LeftOutReason.NOT_CODED


@pytest.mark.parametrize(
    ("first", "names"),
    [
        ("Quiet; Doors", {"Tea, and cake", "Quiet", "Doors"}),
        ("Quiet", {"Tea", "and cake", "Quiet"}),
    ],
)
def test_without_a_codebook_a_comma_belongs_to_a_name_where_others_separate(
    tmp_path: Path, first: str, names: set[str]
) -> None:
    """A sheet that separates by semicolons has names with commas; else commas separate."""
    path = tmp_path / "coders.csv"
    path.write_text(f'post_id,text,Ann\n1,a,{first}\n2,b,"Tea, and cake"\n', encoding="utf-8")
    (codings,) = secondcoder.read_codings_sheet(path).codings
    assert {theme.name for theme in codings.info.codebook.themes} == names


def test_an_excel_sheet_reads_like_the_csv(tmp_path: Path) -> None:
    """Ids stored as numbers and offsets as decimals are read all the same."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["post_id", "theme", "quote", "start", "end"])
    sheet.append([1, "tea", "More tea.", 3.0, 12.0])
    book.save(tmp_path / "ann.xlsx")
    codings = secondcoder.read_codings(tmp_path / "ann.xlsx", chat=CHAT, codebook=BOOK)
    assert themes(codings) == {"1": [("More tea.", "Q1", ("tea",))]}
    assert codings.info.run.coder.id == "ann"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,doorz,,,", "row 2: 'doorz' is neither .* the nearest is 'Doors'"),
        ("9,tea,,,", "row 2: post '9' is not in the chat"),
        ("2,tea,tea,,", r"row 2 \(post 2\): the quote occurs 2 times"),
        ("1,tea,coffee,,", r"row 2 \(post 1\): the quote does not occur"),
        ("1,tea,,0,99", "start 0 and end 99 don't lie in a post of 23 characters"),
        ("1,tea,More tea.,0,2", "between start and end the post reads 'A1'"),
        ("1,tea,,3,", "both or neither"),
        ("1,tea,,three,5", "start is 'three'"),
        ("1.26E+18,tea,,,", "rounded to 1.26E"),
        (",tea,,,", "names no post"),
    ],
)
def test_a_row_that_can_t_be_taken_is_named(tmp_path: Path, row: str, message: str) -> None:
    """Nothing is dropped in silence."""
    with pytest.raises(CodingsError, match=message):
        read(tmp_path / "sheet.csv", f"post_id,theme,quote,start,end\n{row}\n")


def test_every_unanchored_quote_is_named_at_once(tmp_path: Path) -> None:
    """Mending a sheet takes one round."""
    with pytest.raises(CodingsError, match=r"row 2 .*; row 3 "):
        read(tmp_path / "s.csv", "post_id,theme,quote\n1,tea,coffee\n2,tea,tea\n")


def test_an_unanchored_quote_can_be_kept_as_a_whole_post(tmp_path: Path) -> None:
    """The coding and the notes both say so."""
    path = tmp_path / "s.csv"
    path.write_text("post_id,theme,quote\n2,tea,tea\n", encoding="utf-8")
    reading = secondcoder.read_codings_sheet(
        path, chat=CHAT, codebook=BOOK, unanchored="whole-post"
    )
    coding = reading.codings[0].quotes[0]
    assert coding.quote.text == "A1 Tea, tea, tea!"
    assert coding.note == "the quote occurs 2 times in the post; coded as a whole post"
    assert reading.notes[0].where == 2
    assert "occurs 2 times" in reading.notes[0].message


def test_without_chat_and_codebook_the_sheet_speaks_for_itself(tmp_path: Path) -> None:
    """Posts from the column `text`, themes from the names; an apostrophe of Excel's is no text."""
    path = tmp_path / "s.csv"
    path.write_text("post_id,text,theme\n1,'=tea(),Tea time; Quiet\n", encoding="utf-8")
    codings = secondcoder.read_codings(path)
    assert codings.posts[0].post.text == "=tea()"
    assert [theme.id for theme in codings.info.codebook.themes] == ["tea-time", "quiet"]
    path.write_text("post_id,theme\n1,Tea\n", encoding="utf-8")
    with pytest.raises(CodingsError, match="does not hold the posts' texts"):
        secondcoder.read_codings(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,theme\nx,tea\n", "no column is known to hold the ids"),
        ("post_id,author\n1,x\n", "holds no codings"),
        ("post_id,theme\n", "holds no rows"),
        ("post_id,tea,doors\n1,1,maybe\n", "row 2: column 'doors' says 'maybe'"),
        ("post_id,tea,dors\n1,1,0\n", "column 'dors': .* nearest is 'Doors'"),
        ("post_id,theme,question\n1,tea,Q9\n", "no question 'Q9' .it has: Q1, Q2"),
        ("post_id,theme,confidence\n1,tea,high\n", "confidence is 'high'"),
        ("post_id,theme,confidence\n1,tea,2\n", "confidence is '2'"),
    ],
)
def test_a_sheet_that_can_t_be_understood_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    """With what to change."""
    with pytest.raises(CodingsError, match=message):
        read(tmp_path / "s.csv", text)


def test_question_note_and_confidence_are_kept(tmp_path: Path) -> None:
    """The question given goes before the theme's own; what is not read is said."""
    path = tmp_path / "s.csv"
    text = "post_id,question,theme,note,confidence,mood\n1,q2,tea,hm,0.5,calm\n3,general,other,,,\n"
    path.write_text(text, encoding="utf-8")
    reading = secondcoder.read_codings_sheet(path, chat=CHAT, codebook=BOOK)
    first, second = reading.codings[0].quotes
    assert (first.question_id, first.confidence) == ("Q2", 0.5)
    assert first.note == "hm; coded as a whole post"
    assert (second.question_id, second.theme_ids) == (None, ())
    assert [note.message for note in reading.notes] == ["column 'mood' is not read"]


def test_a_text_that_changes_from_row_to_row_is_refused(tmp_path: Path) -> None:
    """One id is one post; a column named tweet is its text where another holds the id."""
    path = tmp_path / "s.csv"
    path.write_text("id,tweet,theme\n1,a,tea\n1,b,tea\n", encoding="utf-8")
    with pytest.raises(CodingsError, match="row 3: post '1' has another text"):
        secondcoder.read_codings(path)


def test_a_codings_file_reads_as_ever(tmp_path: Path) -> None:
    """A coder's name only checks it."""
    codings = read(tmp_path / "s.csv", "post_id,theme\n1,tea\n")[0]
    path = tmp_path / "codings.jsonl"
    secondcoder.write_codings(codings, path)
    assert secondcoder.read_codings(path, coder="s") == codings
    with pytest.raises(CodingsError, match="codings of 's', not of 'Ann'"):
        secondcoder.read_codings(path, coder="Ann")


def test_one_of_several_coders_must_be_named(tmp_path: Path) -> None:
    """`read_codings` returns one coder's codings, always."""
    path = tmp_path / "s.csv"
    path.write_text("post_id,coder,theme\n1,Ann,tea\n1,Ben,quiet\n", encoding="utf-8")
    with pytest.raises(CodingsError, match="codings of Ann, Ben"):
        secondcoder.read_codings(path, chat=CHAT, codebook=BOOK)
    one = secondcoder.read_codings(path, chat=CHAT, codebook=BOOK, coder="Ben")
    assert one.quotes[0].theme_ids == ("quiet",)


def test_a_report_s_quotations_are_found_in_the_chat(tmp_path: Path) -> None:
    """Posts that the report does not quote are not coded; a quotation in no post is named."""
    report = (
        "3. Breakdown tweets / quotes by theme\n\n1. What?\n\nTheme 1: Tea\n\n“More tea.”\n\n"
        "Theme 2: Doors\n\n“Shut the door”\n"
    )
    path = tmp_path / "report.txt"
    path.write_text(report, encoding="utf-8")
    codings = secondcoder.read_codings(path, chat=CHAT)
    assert [coding.quote.post_id for coding in codings.quotes] == ["1", "3"]
    assert reasons(codings) == {"2": LeftOutReason.NOT_CODED, "4": LeftOutReason.NOT_CODED}
    path.write_text(report.replace("More tea", "Much coffee"), encoding="utf-8")
    with pytest.raises(CodingsError, match="1 quotations are not in the chat"):
        secondcoder.read_codings(path, chat=CHAT)
