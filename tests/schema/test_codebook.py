"""A codebook knows which themes an answer may carry, and refuses to contradict itself."""

import pytest
from pydantic import ValidationError

from secondcoder.errors import CodebookError
from secondcoder.schema.chat import Question
from secondcoder.schema.codebook import Codebook, Theme


@pytest.fixture
def book() -> Codebook:
    """Return two questions, one in two parts, and themes on each level."""
    return Codebook(
        title="Garden",
        questions=(
            Question(id="Q1"),
            Question(id="Q2"),
            Question(id="Q2a", parent="Q2"),
            Question(id="Q2b", parent="Q2"),
        ),
        themes=(
            Theme(id="any", name="Weather"),
            Theme(id="one", name="Company", questions=("Q1",), number=3),
            Theme(id="whole", name="Time", questions=("Q2",)),
            Theme(id="part", name="Tools", questions=("Q2b",), number=9),
        ),
    )


def test_a_theme_id_that_repeats_is_refused() -> None:
    """Codings refer to ids."""
    theme = Theme(id="T1", name="a")
    with pytest.raises(ValidationError, match="theme 'T1' appears twice"):
        Codebook(themes=(theme, theme))


def test_a_theme_of_an_unknown_question_is_refused() -> None:
    """A misspelt id would hide the theme for ever."""
    with pytest.raises(ValidationError, match="theme 'T1' names question 'Q9'"):
        Codebook(themes=(Theme(id="T1", name="a", questions=("Q9",)),))


def test_a_question_id_that_repeats_is_refused() -> None:
    """The same rule as for a chat's questions."""
    with pytest.raises(ValidationError, match="question 'Q1' appears twice"):
        Codebook(questions=(Question(id="Q1"), Question(id="Q1")))


def test_themes_of_a_parent_serve_its_parts_and_general_ones_come_last(book: Codebook) -> None:
    """A part has its own themes, those of its parent, then the general ones."""
    offered = {q: [t.id for t in book.themes_for(q)] for q in ("Q1", "Q2a", "Q2b", None)}
    assert offered == {
        "Q1": ["one", "any"],
        "Q2a": ["whole", "any"],
        "Q2b": ["whole", "part", "any"],
        None: ["any"],
    }


def test_answers_go_to_questions_without_parts(book: Codebook) -> None:
    """A question in parts is answered through its parts."""
    assert [question.id for question in book.leaves] == ["Q1", "Q2a", "Q2b"]
    assert book.answerable("Q2") == ("Q2a", "Q2b")
    assert book.answerable("Q2b") == ("Q2b",)


def test_an_unknown_question_is_an_error_that_lists_the_known_ones(book: Codebook) -> None:
    """The remedy is in the message."""
    with pytest.raises(CodebookError, match=r"no question 'Q7' \(it has: Q1, Q2, Q2a, Q2b\)"):
        book.question("Q7")
    with pytest.raises(CodebookError, match="it has: none"):
        Codebook().answerable("Q1")


def test_the_hash_changes_with_anything_the_codebook_says(book: Codebook) -> None:
    """Same content, same hash; one word or the version changes it."""
    again = Codebook.model_validate_json(book.model_dump_json())
    assert again.sha256 == book.sha256
    assert book.model_copy(update={"version": "2"}).sha256 != book.sha256
    assert book.theme_by_id["one"].name == "Company"


def test_a_theme_has_a_name() -> None:
    """A nameless theme can't be shown."""
    with pytest.raises(ValidationError):
        Theme(id="T1", name="")
