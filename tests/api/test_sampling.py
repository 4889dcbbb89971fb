"""Posts drawn for double coding: what can be drawn, how many of which, and the sheets."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import secondcoder
from secondcoder import Chat, Codebook, InputError, Post, Question, Sample, StoreError, Theme
from secondcoder.api.drawing import allocate
from secondcoder.schema.codings import LeftOut, LeftOutReason

EXAMPLE = Path("examples/improvement-chat")
BOOK = Codebook(
    questions=(Question(id="Q1", text="What helps you to rest?"),),
    themes=(Theme(id="tea", name="Tea", questions=("Q1",)), Theme(id="walks", name="Walks")),
)
LONG_ID = "1234567890123456789"
CHAT = Chat(
    posts=(
        Post(id="q", text="Q1 What helps you to rest?", author="mod"),
        Post(id=LONG_ID, text="=A1 tea & “cake”\nand a chair", author="ann"),
        Post(id="2", text="@mod A1 walks 🚶, long ones", author="ben"),
        Post(id="3", text="RT @mod: Q1 What helps you to rest?", author="cat", is_repost=True),
        Post(id="4", text="@mod A1 walks 🚶, long ones", author="dan"),
    )
)


def test_only_posts_with_something_to_code_are_drawn() -> None:
    """No repost, no repeat, no question of the moderators."""
    drawn = secondcoder.sample(CHAT, 99, codebook=BOOK)
    assert [post.post_id for post in drawn.posts] == [LONG_ID, "2"]
    assert (drawn.n_posts, drawn.n_codable) == (5, 2)
    assert {post.probability for post in drawn.posts} == {1.0}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_filled_sheet_is_read_back(tmp_path: Path, form: str) -> None:
    """What a person types in is what `read_codings` returns, to the character."""
    secondcoder.sample(CHAT, 9, codebook=BOOK, output=tmp_path, form=form)  # type: ignore[arg-type]  # parametrised
    path = tmp_path / f"a.{form}"
    fill(path, {LONG_ID: ("and a chair", "Tea"), "2": ("", "none")})
    codings = secondcoder.read_codings(path, chat=CHAT, codebook=BOOK)
    (coding,) = codings.quotes
    assert codings.info.run.coder.id == "A"
    assert (coding.quote.post_id, coding.quote.text) == (LONG_ID, "and a chair")
    assert (coding.theme_ids, coding.question_id) == (("tea",), "Q1")
    outcome = codings.posts[2].outcome
    assert isinstance(outcome, LeftOut)
    assert outcome.reason is LeftOutReason.NO_IDEA
    blank = secondcoder.read_codings(tmp_path / f"b.{form}", chat=CHAT, codebook=BOOK)
    assert {coded.outcome.kind for coded in blank.posts} == {"left-out"}
    alone = secondcoder.read_codings(path, codebook=BOOK)
    texts = [coded.post.text for coded in alone.posts]
    assert texts == [CHAT.posts[1].text, CHAT.posts[2].text]


def fill(path: Path, said: dict[str, tuple[str, str]]) -> None:
    """Type quotes and themes into a sheet."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        for row in rows[1:]:
            row[4], row[5] = said[row[0].removeprefix("'")]
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
        return
    book = load_workbook(path)
    sheet = book["posts"]
    for row in sheet.iter_rows(min_row=2):
        row[4].value, row[5].value = said[str(row[0].value)]
    book.save(path)


def test_a_workbook_holds_texts_and_the_themes_on_a_second_sheet(tmp_path: Path) -> None:
    """A post that begins with = stays a text, and a long id keeps its digits."""
    secondcoder.sample(CHAT, 9, codebook=BOOK, output=tmp_path, form="xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["posts", "themes"]
    first = next(book["posts"].iter_rows(min_row=2))
    assert first[0].value == LONG_ID
    assert (first[3].value, first[3].data_type) == (CHAT.posts[1].text, "s")
    themes = list(book["themes"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert themes == [("tea", "Tea"), ("walks", "Walks")]


def test_a_sheet_shows_no_author_and_no_codes(tmp_path: Path) -> None:
    """The second coder is blind to the first, and to who wrote."""
    secondcoder.sample(CHAT, 9, codebook=BOOK, output=tmp_path, coders=("Ann B", "Cem"))
    text = (tmp_path / "ann-b.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == (
        "post_id,coder,question,text,quote,theme_1,theme_2,theme_3,note"
    )
    assert "ben" not in text
    assert text.replace("Ann B", "Cem") == (tmp_path / "cem.csv").read_text(encoding="utf-8-sig")


def test_a_spreadsheet_takes_nothing_for_a_formula_or_a_number(tmp_path: Path) -> None:
    """An apostrophe stands before texts that begin like a formula, and before long ids."""
    secondcoder.sample(CHAT, 9, codebook=BOOK, output=tmp_path)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1][0] == f"'{LONG_ID}"
    assert rows[1][3] == f"'{CHAT.posts[1].text}"
    assert rows[2][3] == f"'{CHAT.posts[2].text}"


def test_no_sheet_is_overwritten_for_it_holds_people_s_work(tmp_path: Path) -> None:
    """Another sample needs another folder."""
    secondcoder.sample(CHAT, 1, output=tmp_path)
    with pytest.raises(StoreError, match="may hold work of yours"):
        secondcoder.sample(CHAT, 2, output=tmp_path)


def test_the_sample_file_holds_seed_chances_and_hashes(tmp_path: Path) -> None:
    """The same seed draws the same posts; another does not."""
    first = secondcoder.sample(EXAMPLE / "chat.csv", 20, seed=4, output=tmp_path)
    stored = Sample.model_validate_json((tmp_path / "sample.json").read_text(encoding="utf-8"))
    assert stored.model_dump() == first.model_dump()
    assert secondcoder.sample(EXAMPLE / "chat.csv", 20, seed=4).posts == first.posts
    assert secondcoder.sample(EXAMPLE / "chat.csv", 20, seed=5).posts != first.posts
    assert {post.probability for post in first.posts} == {20 / first.n_codable}


def test_strata_of_questions_are_drawn_alike() -> None:
    """The chances times the posts they stand for give back the sizes of the groups."""
    drawn = secondcoder.sample(
        EXAMPLE / "chat.csv", 40, codebook=EXAMPLE / "codebook.yaml", stratify="question"
    )
    counts = Counter(post.stratum for post in drawn.posts)
    assert sum(counts.values()) == 40
    for stratum in drawn.strata:
        assert counts[stratum.name] == stratum.n_drawn
        if stratum.n_drawn < stratum.n_posts:
            assert stratum.n_drawn >= 40 // len(drawn.strata)


def test_a_theme_needs_codings_and_a_post_counts_for_its_rarest() -> None:
    """Every theme that the codings give is drawn."""
    with pytest.raises(InputError, match="give codings"):
        secondcoder.sample(EXAMPLE / "chat.csv", 40, stratify="theme")
    reference = secondcoder.read_codings(EXAMPLE / "reference.jsonl")
    drawn = secondcoder.sample(
        EXAMPLE / "chat.csv", 40, stratify="theme", codings=EXAMPLE / "reference.jsonl"
    )
    given = {theme for coding in reference.quotes for theme in coding.theme_ids}
    assert {stratum.name for stratum in drawn.strata} <= given | {"no theme"}
    assert len(drawn.strata) > 20


@pytest.mark.parametrize("coders", [(), ("A", "a"), ("themes",)])
def test_coders_need_names_that_differ(coders: tuple[str, ...]) -> None:
    """Two sheets can't have one name."""
    with pytest.raises(InputError, match="names that differ"):
        secondcoder.sample(CHAT, 1, coders=coders)


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.text(max_size=3), st.integers(1, 30), min_size=1), st.integers(1, 90))
def test_allocation_takes_what_is_asked_and_no_group_is_behind(
    sizes: dict[str, int], n: int
) -> None:
    """A group gets at most one post more than another, unless the other is used up."""
    taken = allocate(sizes, n)
    assert sum(taken.values()) == min(n, sum(sizes.values()))
    open_groups = [taken[name] for name in sizes if taken[name] < sizes[name]]
    assert all(number <= sizes[name] for name, number in taken.items())
    if open_groups:
        assert max(taken.values()) <= min(open_groups) + 1


def test_a_sample_is_a_table_and_a_data_frame(tmp_path: Path) -> None:
    """One row per drawn post with its chance; one line per group on the screen."""
    path = tmp_path / "chat.csv"
    path.write_text("id,text\n" + "".join(f"{n},Tea number {n} helps\n" for n in range(8)), "utf-8")
    drawn = secondcoder.sample(path, 4)
    frame = drawn.to_pandas()
    assert list(frame.columns) == ["post_id", "stratum", "probability"]
    assert list(frame["post_id"]) == [post.post_id for post in drawn.posts]
    assert drawn.to_polars()["probability"].to_list() == [0.5] * 4
    assert drawn.table().row_count == 1
