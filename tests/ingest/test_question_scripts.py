"""Questions in scripts other than Latin: found, left out, and the start of time windows."""

from datetime import UTC, datetime, timedelta

import pytest

import secondcoder
from secondcoder.ingest.attribution import Attributor
from secondcoder.ingest.questions import find_questions
from secondcoder.schema.chat import Chat, ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import LeftOut, LeftOutReason

START = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)


def chat_of(*texts: str, moderator: str | None = "host") -> Chat:
    """Return a chat with one post every five minutes; those with `Q` are the moderator's."""
    posts = tuple(
        Post(
            id=str(n),
            text=text,
            author="host" if text.startswith("Q") else f"guest{n}",
            created_at=START + timedelta(minutes=5 * n),
        )
        for n, text in enumerate(texts, start=1)
    )
    return Chat(info=ChatInfo(moderators=(moderator,) if moderator else ()), posts=posts)


ARABIC = (
    "Q1: ما الذي ينجح؟",
    "الاستماع إلى الفريق كل يوم",
    "Q2: كيف نبدأ غدا؟",
    "A2: نبدأ بخطوة صغيرة",
    "نبدأ معا في الصباح",
)
CHINESE = (
    "Q1: 什么有效\uff1f",
    "每天倾听团队的声音",
    "Q2\uff1a明天怎么开始\uff1f",
    "A2: 从一小步开始",
    "早上一起开始",
)


@pytest.mark.parametrize(("texts", "language"), [(ARABIC, "ar"), (CHINESE, "zh")])
@pytest.mark.parametrize("moderator", ["host", None])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_chat_in_another_script_is_read_like_one_in_english(
    texts: tuple[str, ...], language: str, moderator: str | None, *, is_known: bool
) -> None:
    """Questions are asked by the moderator's posts and left out; answers follow them in time."""
    known = (Question(id="Q1"), Question(id="Q2")) if is_known else ()
    theme = Theme(id="small", name=texts[3].removeprefix("A2: "))
    book = Codebook(language=language, questions=known, themes=(theme,))
    chat = chat_of(*texts, moderator=moderator)
    summary = secondcoder.questions(chat, book)
    assert [each.by_rule for each in summary.questions][:2] == [
        {"time": 1},
        {"label": 1, "time": 1},
    ]
    assert summary.counts.windows[0].n_posts == 5
    codings = secondcoder.code(chat, book)
    assert codings.info.chat.starts_at == START
    asked = [(question.id, question.asked_by) for question in codings.info.chat.questions]
    assert asked == [("Q1", "1"), ("Q2", "3")]
    by_id = {coded.post.id: coded for coded in codings.posts}
    for post_id, coded in by_id.items():
        match coded.outcome:
            case LeftOut(reason=reason):
                is_question = reason is LeftOutReason.QUESTION
            case _:
                is_question = False
        assert is_question == (post_id in {"1", "3"})
    assert [by_id[n].attribution.question_ids for n in "245"] == [("Q1",), ("Q2",), ("Q2",)]


@pytest.mark.parametrize(
    "text",
    ["Q1: ի՞նչն է լավ աշխատում", "Q1: \u03a4\u03b9 λειτουργεί σήμερα εδώ;", "Q1: 为什么\uff1f"],
)
def test_the_question_marks_of_other_scripts_ask(text: str) -> None:
    """Armenian puts its mark in the word, Greek types a semicolon, Chinese no spaces."""
    assert [q.asked_by for q in find_questions([Post(id="1", text=text, author="host")])] == ["1"]


def test_a_semicolon_asks_in_greek_alone() -> None:
    """Elsewhere it ends a clause."""
    assert find_questions([Post(id="1", text="Q1: all the tea we had; and cake;")]) == ()


KNOWN = (
    Question(id="Q1", text="Your best idea for a quiet ward at night"),
    Question(id="Q2", text="The first step"),
)


def _posts(*said: tuple[str, str]) -> list[Post]:
    return [
        Post(id=str(n), text=text, author=author, created_at=START + timedelta(minutes=n))
        for n, (author, text) in enumerate(said, start=1)
    ]


def test_a_moderators_label_of_a_known_question_asks_without_a_mark() -> None:
    """Of a moderator given or found by other questions; of a participant it does not."""
    said = _posts(
        ("ann", "Q2 my first step is tea"),
        ("host", "Q1: Which idea is your best for a quiet ward?"),
        ("host", "Q2: The very first step #tea"),
        ("host", "Q7: No such question here"),
    )
    for moderators in (["host"], []):
        found = find_questions(said, moderators=moderators, known=KNOWN)
        assert [question.asked_by for question in found] == ["2", "3"]
    assert [question.asked_by for question in find_questions(said[2:], known=KNOWN)] == [None, None]


def test_a_post_that_shows_it_asks_goes_before_an_earlier_one_that_does_not() -> None:
    """A moderator's remark about Q1 is no question post, and stays to be coded."""
    said = _posts(
        ("host", "Q1: one of my favourites tonight"),
        ("host", "Q1: What is your best idea for a quiet ward at night?"),
        ("host", "Q1: so many of you said ear plugs"),
        ("host", "Q1: your best idea for a quiet ward at night"),
    )
    found = find_questions(said, moderators=["host"], known=KNOWN)
    assert found[0].asked_by == "2"
    attributor = Attributor(found, moderators=["host"])
    assert [attributor.is_question_post(post) for post in said] == [False, True, False, True]
