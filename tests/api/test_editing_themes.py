"""What editing a codebook asks anew, over real HTTP: the posts of the questions it touches."""

from collections.abc import Callable
from pathlib import Path

import pytest
from servers.openai_server import ScriptedServer

import secondcoder
from secondcoder import Codebook, Theme
from secondcoder.schema.chat import Question

BOOK = Codebook(
    questions=(Question(id="Q1", text="What helps?"), Question(id="Q2", text="What hinders?")),
    themes=(
        Theme(id="time", name="Protected time", questions=("Q1",)),
        Theme(id="paper", name="Too much paper", questions=("Q2",)),
        Theme(id="joy", name="Enjoyment"),
    ),
)
TWO_ON_Q2 = BOOK.changed(
    themes=(*BOOK.themes, Theme(id="talk", name="Endless meetings", questions=("Q2",)))
)
POSTS = """id,author,created_at,text
0,host,2026-05-14T19:00:00Z,Q1: What helps?
1,ann,2026-05-14T19:01:00Z,A1 Protected hours for everyone who wants to change things.
2,bob,2026-05-14T19:02:00Z,A1 Colleagues who listen to what the ward has to say.
3,host,2026-05-14T19:10:00Z,Q2: What hinders?
4,cy,2026-05-14T19:11:00Z,A2 Far too much paper for anybody to read it through.
5,di,2026-05-14T19:12:00Z,A2 Meetings that nobody prepares and nobody chairs.
6,eve,2026-05-14T19:13:00Z,A2 Leaders who never visit the wards they decide on.
"""


def edited(theme_id: str, **changes: object) -> Codebook:
    """Return the codebook with one theme changed."""
    themes = tuple(
        theme.model_copy(update=changes) if theme.id == theme_id else theme for theme in BOOK.themes
    )
    return BOOK.model_copy(update={"themes": themes})


def with_theme(question: str) -> Codebook:
    """Return the codebook with one theme more."""
    new = Theme(id="new", name="Something new", questions=(question,))
    return BOOK.model_copy(update={"themes": (*BOOK.themes, new)})


@pytest.mark.parametrize(
    ("book", "n_asked"),
    [
        (BOOK, 0),
        (edited("time", definition="Hours set aside."), 2),
        (edited("paper", examples=("reams of it",)), 3),
        (edited("joy", name="Delight"), 5),  # a general theme may answer any question
        (edited("time", key_finding="Time helps.", number=4), 0),  # no model is told these
        (with_theme("Q2"), 3),
        (BOOK.model_copy(update={"version": "2", "title": "Other"}), 0),
    ],
    ids=["none", "Q1", "Q2", "general", "report only", "new theme", "version"],
)
def test_an_edit_asks_only_the_posts_of_the_questions_it_touches(
    tmp_path: Path, server: ScriptedServer, book: Codebook, n_asked: int
) -> None:
    """The answers of all others are read back, and `diff` looks at the same posts."""
    chat = tmp_path / "chat.csv"
    chat.write_text(POSTS, "utf-8")

    def code(using: Codebook) -> secondcoder.Codings:
        options = secondcoder.ModelOptions(base_url=server.url)
        ledger = tmp_path / "ledger.sqlite"
        return secondcoder.code(chat, using, coder="openai/m", options=options, ledger=ledger)

    before = code(BOOK)
    assert len(server.requests) == 5
    after = code(book)
    assert len(server.requests) == 5 + n_asked
    assert after.info.run.usage.n_reused == 5 - n_asked
    found = secondcoder.diff(before, after)
    assert found.n_posts == 7


@pytest.mark.parametrize(
    ("edit", "asked", "n_asked"),
    [
        (lambda: secondcoder.rename_codebook(BOOK, "time", name="Time", reason="r"), ("Q1",), 2),
        (lambda: secondcoder.rename_codebook(BOOK, "paper", "forms", reason="r"), (), 0),
        (
            lambda: secondcoder.merge_codebook(TWO_ON_Q2, ["paper", "talk"], into="b", reason="r"),
            ("Q2",),
            3,
        ),
        (
            lambda: secondcoder.split_codebook(
                BOOK, "time", into={"day": "Days", "hour": "Hours"}, reason="r"
            ),
            ("Q1",),
            2,
        ),
        (lambda: secondcoder.retire_codebook(BOOK, "paper", reason="r"), ("Q2",), 3),
        (lambda: secondcoder.retire_codebook(BOOK, "joy", reason="r"), ("Q1", "Q2", None), 5),
    ],
    ids=["name", "id", "merge", "split", "retire", "retire a general one"],
)
def test_a_step_of_editing_asks_only_what_codebook_diff_names(
    tmp_path: Path,
    server: ScriptedServer,
    edit: Callable[[], Codebook],
    asked: tuple[str | None, ...],
    n_asked: int,
) -> None:
    """Two posts answer Q1 and three Q2; every other answer comes from the ledger."""
    chat = tmp_path / "chat.csv"
    chat.write_text(POSTS, "utf-8")
    after = edit()
    before = TWO_ON_Q2 if "merge" in {step.kind.value for step in after.edits} else BOOK

    def code(using: Codebook) -> secondcoder.Codings:
        options = secondcoder.ModelOptions(base_url=server.url)
        ledger = tmp_path / "ledger.sqlite"
        return secondcoder.code(chat, using, coder="openai/m", options=options, ledger=ledger)

    code(before)
    assert len(server.requests) == 5
    assert code(after).info.run.usage.n_reused == 5 - n_asked
    assert len(server.requests) == 5 + n_asked
    assert secondcoder.diff_codebook(before, after).asked_again == asked
    code(after)
    assert len(server.requests) == 5 + n_asked, "asked once, known for good"


def pointing(book: Codebook) -> Codebook:
    """Return the codebook in which the theme of Q1 is told from those of Q2 by their names."""
    rules = ("forms are “Too much paper”", "talk is “Endless meetings”")
    themes = tuple(
        theme.model_copy(update={"exclude": rules}) if theme.id == "time" else theme
        for theme in book.themes
    )
    return book.changed(themes=themes)


@pytest.mark.parametrize("prompt_version", [1, 3, 4])
def test_answers_go_with_ids_and_references_however_often_they_change(
    tmp_path: Path, server: ScriptedServer, prompt_version: int
) -> None:
    """Q2 is asked again when its themes are merged. Q1, where only their names stood, never is."""
    chat, ledger = tmp_path / "chat.csv", tmp_path / "ledger.sqlite"
    chat.write_text(POSTS, "utf-8")

    def code(using: Codebook) -> secondcoder.Codings:
        options = secondcoder.ModelOptions(base_url=server.url, prompt_version=prompt_version)
        found = secondcoder.estimate(
            chat, using, coder="openai/m", options=options, ledger=ledger
        ).n_posts_to_ask
        n_before = len(server.requests)
        codings = secondcoder.code(chat, using, coder="openai/m", options=options, ledger=ledger)
        assert len(server.requests) - n_before == found
        return codings

    def given(codings: secondcoder.Codings) -> list[tuple[str, ...]]:
        return [coding.theme_ids for coding in codings.quotes]

    book = pointing(TWO_ON_Q2)
    first = code(book)
    assert len(server.requests) == 5
    assert given(first)[0] == ("time",)
    book = secondcoder.rename_codebook(book, "time", "hours", reason="r")
    book = secondcoder.merge_codebook(
        book, ["paper", "talk"], into="work", name="Work about work", reason="r"
    )
    assert book.theme_by_id["hours"].exclude == (
        "forms are “Work about work”",
        "talk is “Work about work”",
    )
    second = code(book)
    assert len(server.requests) == 5 + 3
    assert given(second)[0] == ("hours",)
    assert [one.answer_key for one in second.quotes][:2] == [
        one.answer_key for one in first.quotes
    ][:2]
    book = secondcoder.rename_codebook(book, "work", "chores", reason="r")
    book = secondcoder.rename_codebook(book, "hours", "time", reason="r")
    book = secondcoder.rename_codebook(book, "joy", "fun", reason="r")
    third = code(book)
    assert len(server.requests) == 5 + 3
    assert given(third)[0] == ("time",)
    assert third.info.run.usage.n_reused == 5
    assert [one.quote for one in third.quotes] == [one.quote for one in second.quotes]


def test_an_id_that_another_theme_had_brings_no_answer_of_that_one(
    tmp_path: Path, server: ScriptedServer
) -> None:
    """`paper` was retired and `talk` took its id: what was answered about paper is not taken."""
    chat = tmp_path / "chat.csv"
    chat.write_text(POSTS, "utf-8")

    def code(using: Codebook) -> secondcoder.Codings:
        options = secondcoder.ModelOptions(base_url=server.url)
        ledger = tmp_path / "ledger.sqlite"
        return secondcoder.code(chat, using, coder="openai/m", options=options, ledger=ledger)

    code(TWO_ON_Q2)
    book = secondcoder.retire_codebook(TWO_ON_Q2, "paper", reason="r")
    code(secondcoder.rename_codebook(book, "talk", "paper", reason="r"))
    assert len(server.requests) == 5 + 3
    before = secondcoder.rename_codebook(book, "talk", "paper", reason="r")
    assert secondcoder.diff_codebook(TWO_ON_Q2, before).themes_removed == ("paper",)


def test_a_renamed_theme_has_its_new_name_in_what_moved(tmp_path: Path) -> None:
    """The id is the same, so nothing moved; who reads it knows the codebook as it is now."""
    chat = tmp_path / "chat.csv"
    chat.write_text(POSTS, "utf-8")
    book = edited("time", name="Hours of one's own")
    found = secondcoder.diff(secondcoder.code(chat, BOOK), secondcoder.code(chat, book))
    assert found.names["time"] == "Hours of one's own"
    assert next(theme.name for theme in found.themes) == "Hours of one's own"
