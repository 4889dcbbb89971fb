"""Posts, questions, attributions and chats refuse what contradicts itself."""

import pytest
from pydantic import ValidationError

from secondcoder.schema.chat import (
    Attribution,
    AttributionRule,
    Chat,
    ChatInfo,
    Post,
    Question,
    parts_of,
)


@pytest.mark.parametrize("bad", ["", "a b", "a\tb", "a\n", " "])
def test_an_id_is_not_empty_and_holds_no_white_space(bad: str) -> None:
    """Ids go into file names, prompts and lists; a space would split them."""
    with pytest.raises(ValidationError):
        Post(id=bad, text="x")


def test_text_is_kept_character_by_character() -> None:
    """Not even HTML entities or white space at the edges change."""
    text = "  &amp; caf\u0065\u0301 \U0001f469\u200d\U0001f52c\t\r\n"
    assert Post(id="1", text=text).text == text


def test_a_post_that_repeats_another_is_a_repost() -> None:
    """Naming what is repeated without saying so would count it as the author's own words."""
    with pytest.raises(ValidationError, match="post 2 names repost_of but is_repost is false"):
        Post(id="2", text="RT", repost_of="1")
    assert Post(id="2", text="RT", repost_of="1", is_repost=True).repost_of == "1"


def test_a_time_without_an_offset_is_refused() -> None:
    """Eight o'clock is not a moment until its zone is known."""
    with pytest.raises(ValidationError):
        Post.model_validate({"id": "1", "text": "x", "created_at": "2024-05-14T20:00:00"})


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ((Question(id="Q1"), Question(id="Q1")), "question 'Q1' appears twice"),
        ((Question(id="Q1", parent="Q1"),), "is its own parent"),
        ((Question(id="Q2a", parent="Q2"),), "names parent 'Q2', which is not among"),
    ],
)
def test_questions_that_contradict_each_other_are_refused(
    questions: tuple[Question, ...], message: str
) -> None:
    """Ids are unique; a parent is another question that is there."""
    with pytest.raises(ValidationError, match=message):
        ChatInfo(questions=questions)


def test_a_question_without_parts_is_its_own_part() -> None:
    """Answers go to the parts where there are any, else to the question."""
    questions = (
        Question(id="Q1"),
        Question(id="Q2"),
        Question(id="Q2a", parent="Q2"),
        Question(id="Q2b", parent="Q2"),
    )
    assert ChatInfo(questions=questions).questions == questions
    assert parts_of("Q1", questions) == ("Q1",)
    assert parts_of("Q2", questions) == ("Q2a", "Q2b")


def test_a_rule_that_fired_names_a_question_and_none_names_none() -> None:
    """An attribution can't say both 'general' and 'Q1'."""
    with pytest.raises(ValidationError, match="rule label with questions"):
        Attribution(rule=AttributionRule.LABEL)
    with pytest.raises(ValidationError, match="rule none with questions"):
        Attribution(question_ids=("Q1",))
    assert Attribution(question_ids=("Q1",), rule=AttributionRule.TIME).question_ids == ("Q1",)


def test_a_chat_refuses_two_posts_of_one_id() -> None:
    """The message says which id and how often."""
    posts = (Post(id="7", text="a"), Post(id="7", text="b"), Post(id="8", text="c"))
    with pytest.raises(ValidationError, match="post id 7 appears 2 times"):
        Chat(posts=posts)
    assert len(Chat(posts=posts[1:]).posts) == 2


def test_half_a_character_is_refused_with_its_place() -> None:
    """A lone surrogate can't be written to any file; the message says where and what to do."""
    with pytest.raises(ValidationError, match="half a character at 3"):
        Post(id="1", text="ok \ud83d")
    assert Post(id="1", text="ok \U0001f600").text == "ok 😀"


@pytest.mark.parametrize(
    ("parents", "message"),
    [
        ({"Q1": "Q2", "Q2": "Q1"}, "in a circle: Q1 → Q2 → Q1; remove 'parent' from one"),
        ({"Q0": "Q1", "Q1": "Q2", "Q2": "Q1"}, "in a circle: Q1 → Q2 → Q1"),
        (
            {"Q2": None, "Q2a1": "Q2a", "Q2a": "Q2"},
            "'Q2a1' names parent 'Q2a', which is itself a part of 'Q2'; parts have no parts, so "
            "name 'Q2' as its parent",
        ),
    ],
)
def test_parts_are_one_step_from_their_whole(parents: dict[str, str | None], message: str) -> None:
    """Neither circles nor parts of parts, whose answers no theme of the whole would reach."""
    questions = tuple(Question(id=name, parent=parent) for name, parent in parents.items())
    with pytest.raises(ValidationError, match=message):
        ChatInfo(questions=questions)
