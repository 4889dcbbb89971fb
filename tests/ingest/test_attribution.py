"""Which question a post answers, and the rule that said so."""

from datetime import UTC, datetime, timedelta

import pytest

from secondcoder.ingest.attribution import Attributor
from secondcoder.schema.chat import Attribution, Post, Question

START = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    """Return the moment so many minutes into the chat."""
    return START + timedelta(minutes=minute)


QUESTIONS = (
    Question(id="Q1", text="What makes a good round of tea?", asked_by="q1", asked_at=at(5)),
    Question(id="Q2"),
    Question(id="Q2a", text="Who makes it?", parent="Q2", asked_by="q2a", asked_at=at(20)),
    Question(id="Q2b", text="How are they thanked?", parent="Q2", asked_by="q2b", asked_at=at(30)),
    Question(id="Q3", text="What will you do next?", asked_by="q3", asked_at=at(45)),
)


def post(
    name: str,
    text: str = "Biscuits",
    *,
    author: str = "ann",
    minute: float | None = None,
    to: str | None = None,
) -> Post:
    """Return a post."""
    created_at = None if minute is None else at(minute)
    return Post(id=name, text=text, author=author, created_at=created_at, in_reply_to=to)


def attributed(*posts: Post) -> dict[str, Attribution]:
    """Return the attribution of each post after a survey of all."""
    attributor = Attributor(QUESTIONS, moderators=["host"], starts_at=START)
    attributor.survey(posts)
    return {each.id: found for each, found in attributor.attribute(posts)}


def said(found: Attribution) -> tuple[str, tuple[str, ...]]:
    """Return rule and ids."""
    return found.rule.value, found.question_ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("A1 biscuits", ("Q1",)),
        ("A2 biscuits", ("Q2a", "Q2b")),
        ("A2b: biscuits", ("Q2b",)),
        ("A1/A3 biscuits", ("Q1", "Q3")),
        ("Q1: biscuits, always", ("Q1",)),
        ("Q3: What next? A1: biscuits", ("Q1",)),
        ("RT @bob: A3: a kettle", ("Q3",)),
    ],
)
def test_a_label_decides_before_reply_and_time(text: str, ids: tuple[str, ...]) -> None:
    """Even in reply to another question's post, long after."""
    found = attributed(post("1", text, to="q3", minute=50))["1"]
    assert said(found) == ("label", ids)


def test_an_answer_to_a_question_that_is_not_there_answers_no_other() -> None:
    """Neither by time nor as a reply; the evidence tells that there is no such question."""
    for one in (post("1", "A9 biscuits", minute=22), post("1", "A9 biscuits", to="q3")):
        found = attributed(one)["1"]
        assert said(found) == ("none", ())
        assert found.evidence is not None
        assert "there is no Q9" in found.evidence


def test_a_label_that_asks_what_is_not_there_falls_through_and_is_noted() -> None:
    """It may be a remark on a quarter of the year; so does any label where no id has a number."""
    found = attributed(post("1", "Q9: biscuits", minute=22))["1"]
    assert said(found) == ("time", ("Q2a",))
    assert found.evidence is not None
    assert "there is no Q9" in found.evidence
    questions = (Question(id="tea", text="What makes tea?", asked_by="q1", asked_at=at(5)),)
    ((_, other),) = Attributor(questions).attribute([post("1", "A1 biscuits", minute=6)])
    assert said(other) == ("time", ("tea",))


def test_a_reply_leads_to_the_question_post_through_other_posts() -> None:
    """Before time, in any order of the posts, although the question post itself is missing."""
    chain = [
        post("3", to="2", author="cat", minute=50),
        post("2", to="1", author="bob", minute=21),
        post("1", to="q1", author="ann", minute=6),
    ]
    found = attributed(*chain)
    assert [said(found[name]) for name in "123"] == [("reply", ("Q1",))] * 3


def test_a_reply_to_a_labelled_answer_is_about_its_question() -> None:
    """The nearest post that says its question counts."""
    found = attributed(
        post("1", "A1: biscuits", author="bob", minute=6), post("2", to="1", minute=50)
    )
    assert said(found["2"]) == ("reply", ("Q1",))
    assert found["2"].evidence == "post 1: label 'A1:'"


def test_an_own_thread_keeps_its_question_however_long() -> None:
    """2,000 posts, each in reply to the one before, last first."""
    thread = [post("0", "A1: first of many", minute=6)]
    thread += [post(str(n), to=str(n - 1), minute=50) for n in range(1, 2000)]
    found = attributed(*thread[::-1])
    assert {said(found[str(n)]) for n in range(1, 2000)} == {("thread", ("Q1",))}


def test_an_own_thread_without_label_takes_the_time_of_its_first_post() -> None:
    """It went on after the next question was asked."""
    found = attributed(post("1", minute=19), post("2", to="1", minute=21))
    assert said(found["1"]) == ("time", ("Q1",))
    assert said(found["2"]) == ("thread", ("Q1",))


@pytest.mark.parametrize("is_reversed", [False, True])
def test_numbered_posts_are_a_thread_without_replies(*, is_reversed: bool) -> None:
    """`1/2` and `2/2` of one author; another author's do not count."""
    posts = [
        post("1", "A1: tea 1/2", minute=19),
        post("2", "and cake 2/2", minute=21),
        post("3", "and cake 2/2", minute=21, author="bob"),
    ]
    found = attributed(*(posts[::-1] if is_reversed else posts))
    assert said(found["2"]) == ("thread", ("Q1",))
    assert said(found["3"]) == ("time", ("Q2a",))


def test_missing_posts_and_cycles_end_a_chain() -> None:
    """Time decides then."""
    found = attributed(
        post("1", to="gone", minute=6),
        post("2", to="3", author="bob", minute=6),
        post("3", to="2", minute=21),
        post("4", to="4", minute=46),
        post("5", to="2"),
    )
    assert [said(found[name])[1] for name in "1234"] == [("Q1",), ("Q1",), ("Q2a",), ("Q3",)]
    assert said(found["5"]) == ("none", ())


@pytest.mark.parametrize(
    ("minute", "ids"),
    [(4.9, ()), (5, ("Q1",)), (29.9, ("Q2a",)), (45, ("Q3",)), (75, ("Q3",)), (75.1, ())],
)
def test_the_window_of_a_question_ends_with_the_next_or_with_the_chat(
    minute: float, ids: tuple[str, ...]
) -> None:
    """An hour and a quarter after the start nothing is attributed by time."""
    assert attributed(post("1", minute=minute))["1"].question_ids == ids


def test_a_post_without_any_sign_is_general() -> None:
    """No time, no label, no reply."""
    assert attributed(post("1"))["1"] == Attribution()


def test_a_comment_on_a_question_post_answers_it() -> None:
    """Posts that quote or repeat are linked as replies are."""
    comment = Post(id="1", text="Biscuits", quote_of="q1", created_at=at(50))
    repeat = Post(id="2", text="RT x", repost_of="1", is_repost=True)
    found = attributed(comment, repeat)
    assert said(found["1"]) == ("reply", ("Q1",))
    assert said(found["2"]) == ("reply", ("Q1",))


def test_question_posts_get_the_question_they_ask() -> None:
    """By the rule of the label, whether labelled or not."""
    found = attributed(post("q1", "What makes a good round of tea?", author="host", minute=5))
    assert said(found["q1"]) == ("label", ("Q1",))


def test_question_posts_are_told_apart() -> None:
    """Asked again, and copied word by word, they are; answers, remarks and reposts are not."""
    attributor = Attributor(QUESTIONS, moderators=["host"])
    asks = [
        post("q1", "anything", author="host"),
        post("1", "Q1: What makes a good round of tea?", author="host"),
        post("2", "What makes a good round of tea? #chat", author="zoe"),
    ]
    others = [
        post("3", "A1: What makes a good round of tea? Biscuits?", author="zoe"),
        post("4", "What is in the biscuit tin, friends?", author="host"),
        post("5", "Biscuits", author="host"),
        Post(id="6", text="RT @host: Q1: What makes a good round of tea?", is_repost=True),
        post("7", "Q1: Is it the biscuits?", author="zoe"),
    ]
    assert [attributor.is_question_post(each) for each in asks] == [True] * 3
    assert [attributor.is_question_post(each) for each in others] == [False] * 5


def test_without_a_survey_chains_lead_through_earlier_posts() -> None:
    """One pass over posts in order of time is enough for most chats."""
    posts = [post("1", "A1 tea", minute=6), post("2", to="1", minute=50)]
    attributor = Attributor(QUESTIONS)
    found = {each.id: each_found for each, each_found in attributor.attribute(posts)}
    assert said(found["2"]) == ("thread", ("Q1",))


def test_a_whole_asked_in_one_post_is_a_candidate_for_both_parts() -> None:
    """Parts asked at the same moment share its window."""
    questions = (
        Question(id="Q2", asked_by="q2", asked_at=at(1)),
        Question(id="Q2a", parent="Q2", asked_by="q2", asked_at=at(1)),
        Question(id="Q2b", parent="Q2", asked_by="q2", asked_at=at(1)),
    )
    posts = [post("1", minute=2), post("2", to="q2")]
    found = [each for _, each in Attributor(questions).attribute(posts)]
    assert [each.question_ids for each in found] == [("Q2a", "Q2b")] * 2


def test_a_chat_without_questions_attributes_nothing() -> None:
    """Every post is general, and a label is noted."""
    (found,) = [each for _, each in Attributor(()).attribute([post("1", "A1 tea", minute=1)])]
    assert said(found) == ("none", ())
    assert found.evidence == "label 'A1' (there is no Q1)"


def test_a_question_nobody_was_seen_to_ask_is_answered_by_label_alone() -> None:
    """It has no window, and too few words to be told by them."""
    attributor = Attributor([Question(id="Q1", text="Why tea?")])
    posts = [post("1", "A1 tea", minute=1), post("2", "Why tea?", minute=2)]
    assert [said(each) for _, each in attributor.attribute(posts)] == [
        ("label", ("Q1",)),
        ("none", ()),
    ]
    assert not attributor.is_question_post(posts[1])
