"""Answers whose label names a question that no post was understood to ask."""

from datetime import UTC, datetime, timedelta

import pytest

import secondcoder
from secondcoder.schema.chat import Chat, ChatInfo, Post
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.surveys import QuestionsSummary

START = datetime(2026, 1, 1, 10, tzinfo=UTC)


def summary(*said: str, book: Codebook | None = None) -> QuestionsSummary:
    """Return the questions of a chat, one post a minute, such as `host: Q1: What helps?`."""
    posts = []
    for number, line in enumerate(said):
        author, text = line.split(": ", 1)
        at = START + timedelta(minutes=number)
        posts.append(Post(id=str(number), author=author, text=text, created_at=at))
    return secondcoder.questions(Chat(info=ChatInfo(), posts=tuple(posts)), book)


def counted(found: QuestionsSummary) -> dict[str | None, dict[str, int]]:
    """Return how many posts are laid to each question, by rule."""
    return {each.question.id if each.question else None: each.by_rule for each in found.questions}


FIRST = ("host: Q1: What slows you down?", "amy: A1 the computer", "bo: A1 it takes ages")
THEN = ("amy: A2 a faster one", "cy: A2 more time", "bo: and a chair")


@pytest.mark.parametrize("asking", ["host: Q2 👇 https://pic.example.org/2", "host: Q2: ¿Ayuda?"])
def test_a_question_of_a_picture_or_a_word_is_asked_by_the_moderators_post(asking: str) -> None:
    """What has no label is written in its time."""
    found = summary(*FIRST, asking, *THEN)
    assert counted(found) == {"Q1": {"label": 2}, "Q2": {"label": 2, "time": 1}, None: {}}
    question = found.questions[1].question
    assert question is not None
    assert question.text == ("¿Ayuda?" if "¿" in asking else "")
    (note,) = (each.message for each in found.notes if "Q2" in each.message)
    assert note.startswith("no post was understood to ask Q2 in words")


def test_a_question_without_a_post_has_the_answers_that_say_so() -> None:
    """Nobody knows when it was asked, and the note says what that means for the others."""
    found = summary(*FIRST, *THEN)
    assert counted(found) == {"Q1": {"label": 2, "time": 1}, "Q2": {"label": 2}, None: {}}
    assert any("Posts without a label" in note.message for note in found.notes)


def test_one_who_mistypes_makes_no_question_and_answers_no_other() -> None:
    """`A7` of one person is of no question."""
    found = summary(*FIRST, "cy: A7 more time")
    assert counted(found) == {"Q1": {"label": 2}, None: {"none": 1}}


def test_answers_to_what_a_codebook_lacks_are_told() -> None:
    """The codebook's questions stay as they are."""
    book = Codebook(questions=(secondcoder.Question(id="Q1", text="What slows you down?"),))
    found = summary(*FIRST, *THEN, book=book)
    assert counted(found) == {"Q1": {"label": 2, "time": 1}, None: {"none": 2}}
    assert any(
        note.message.startswith("2 posts are labelled A2, and there is no Q2")
        for note in found.notes
    )


def test_two_words_behind_an_inverted_mark_are_a_question() -> None:
    """As `Who helps?` is in English."""
    found = summary("host: Q1: ¿Qué ayudaría?", "amy: A1 más tiempo", "bo: A1 una silla")
    assert found.questions[0].question is not None
    assert found.questions[0].question.text == "¿Qué ayudaría?"
    assert not any("understood" in note.message for note in found.notes)


def test_labels_of_another_language_are_told() -> None:
    """`P1` asks and `R1` answers in Spanish; what to do stands in the note."""
    found = summary("host: P1: ¿Qué ayuda?", "amy: R1 más tiempo", "bo: R1 sí", "cy: R1 una silla")
    (note,) = (each.message for each in found.notes if "label" in each.message)
    assert note.startswith("3 posts begin like 'R1', which is not read as a label")
    assert "--column question=NAME" in note
