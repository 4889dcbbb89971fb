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
        (lambda: secondcoder.rename_codebook(BOOK, "paper", "forms", reason="r"), ("Q2",), 3),
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


def test_a_renamed_theme_has_its_new_name_in_what_moved(tmp_path: Path) -> None:
    """The id is the same, so nothing moved; who reads it knows the codebook as it is now."""
    chat = tmp_path / "chat.csv"
    chat.write_text(POSTS, "utf-8")
    book = edited("time", name="Hours of one's own")
    found = secondcoder.diff(secondcoder.code(chat, BOOK), secondcoder.code(chat, book))
    assert found.names["time"] == "Hours of one's own"
    assert next(theme.name for theme in found.themes) == "Hours of one's own"
