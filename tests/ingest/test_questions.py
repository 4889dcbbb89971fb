"""Finding the questions in a chat's posts."""

from datetime import UTC, datetime, timedelta

import pytest

from secondcoder.ingest.questions import find_questions, resolve
from secondcoder.schema.chat import Post, Question

START = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)


def post(name: str, text: str, author: str = "host", minute: float | None = None) -> Post:
    """Return a post written so many minutes into the chat."""
    at = None if minute is None else START + timedelta(minutes=minute)
    is_repost = text.startswith("RT @")
    return Post(id=name, text=text, author=author, created_at=at, is_repost=is_repost)


CHAT = [
    post("1", "Welcome! Q1 in 5 minutes!", minute=0),
    post("2", "#tea Q1: What makes a good round of tea? #QIhour", minute=5),
    post("3", "RT @host: Q1: What makes a good round of tea?", "ann", minute=6),
    post("4", "Q1: What makes a good round of tea? A1: Biscuits", "bob", minute=7),
    post("5", "Q2a - Who makes the tea on your ward?", minute=20),
    post("6", "Q2b: How do you thank them? https://t.co/x #QIhour", minute=30),
    post("7", "Again, Q1: What makes a good round of tea?", minute=9),
    post("8", "Q3 coming up in 2 minutes", minute=38),
    post("9", "Q1 Is it ever about the tea though?", "cat", minute=8),
]


def test_moderators_question_posts_become_questions() -> None:
    """Parts get a parent; label, hashtags and links are not in the text."""
    found = find_questions(CHAT, moderators=["@Host"])
    assert [(each.id, each.text, each.parent, each.asked_by) for each in found] == [
        ("Q1", "What makes a good round of tea?", None, "2"),
        ("Q2", "", None, None),
        ("Q2a", "Who makes the tea on your ward?", "Q2", "5"),
        ("Q2b", "How do you thank them?", "Q2", "6"),
    ]
    assert found[0].asked_at == START + timedelta(minutes=5)


def test_moderators_are_found_by_who_asked_most_questions_first() -> None:
    """Participants who write `Q1` come later; the order of the file does not matter."""
    assert find_questions(CHAT[::-1]) == find_questions(CHAT, moderators=["host"])


def test_two_hosts_who_share_the_questions_are_both_moderators() -> None:
    """The second has half as many, and at least two."""
    posts = [
        post(str(n), f"Q{n}: What is idea number {n}?", "ann" if n < 5 else "bob", minute=n)
        for n in range(1, 7)
    ]
    assert len(find_questions(posts)) == 6


def test_one_post_may_ask_two_parts() -> None:
    """Each part has its own words."""
    found = find_questions([post("1", "Q2a: Who makes tea? Q2b: How do you thank them?")])
    assert [(each.id, each.text) for each in found[1:]] == [
        ("Q2a", "Who makes tea?"),
        ("Q2b", "How do you thank them?"),
    ]
    assert {each.asked_by for each in found[1:]} == {"1"}


@pytest.mark.parametrize(
    "text",
    [
        "Q3 in 5 minutes!",
        "Q3: coming up next",
        "Q1: great question",
        "RT @host: Q1: What is tea?",
        "A1: What is tea?",
        "What is tea without a label?",
        "Who was in hospital in Q3 of 2020?",
    ],
)
def test_announcements_reposts_and_remarks_ask_nothing(text: str) -> None:
    """Even when a moderator writes them."""
    assert find_questions([post("1", text)], moderators=["host"]) == ()


def test_topics_ask_in_a_chat_without_any_q() -> None:
    """`T1:` with a question mark."""
    posts = [post("1", "T1: What is tea to you?"), post("2", "T1 a drink", "ann")]
    assert [each.asked_by for each in find_questions(posts)] == ["1"]


def test_known_questions_are_kept_and_filled_in() -> None:
    """By label, or by likeness where the moderator's post has none; the words stay."""
    known = (
        Question(id="Q1", text="What makes good tea?"),
        Question(id="Q2", text="How do you thank the person who makes the tea?"),
        Question(id="Q3", text="What will you do next week?"),
    )
    posts = [
        post("1", "Q1: What makes a good round of tea?", minute=1),
        post("2", "Next: how do you thank the person who makes the tea? #QIhour", minute=2),
    ]
    found = find_questions(posts, moderators=["host"], known=known)
    assert [(each.text, each.asked_by) for each in found] == [
        (known[0].text, "1"),
        (known[1].text, "2"),
        (known[2].text, None),
    ]


def test_a_whole_asked_at_once_fills_in_its_parts() -> None:
    """The codebook split what the moderator asked in one post."""
    known = (Question(id="Q2a", text="Who?"), Question(id="Q2b", text="How?"))
    found = find_questions([post("1", "Q2: Who makes tea, and how?")], known=known)
    assert [each.asked_by for each in found] == ["1", "1"]


@pytest.mark.parametrize(("days", "asked_by"), [(91, "1"), (-91, "1"), (0.5, "old"), (0, "old")])
def test_a_question_of_another_chat_is_looked_for_anew(days: float, asked_by: str) -> None:
    """A codebook made for an earlier chat says who asked then; a day off may be the same chat."""
    when = START + timedelta(days=days)
    known = (
        Question(id="Q1", text="What makes good tea?", asked_by="old", asked_at=when),
        Question(id="Q2", text="Who thanks whom?", asked_by="old", asked_at=when),
    )
    posts = [post("1", "Q1: What makes good tea?", minute=1), post("2", "A1 water", "a", minute=2)]
    found = find_questions(posts, known=known)
    assert found[0].asked_by == asked_by
    assert found[0].asked_at == (START + timedelta(minutes=1) if asked_by == "1" else when)
    assert (found[1].asked_at is None) == (asked_by == "1"), "what nobody asked here has no time"


def test_a_chat_without_times_keeps_what_the_codebook_says() -> None:
    """Nothing tells that it is another chat."""
    known = (Question(id="Q1", text="What makes good tea?", asked_by="old", asked_at=START),)
    assert find_questions([post("1", "Q1: What makes good tea?")], known=known) == known


def test_a_chat_without_questions_has_none() -> None:
    """Nothing is guessed."""
    assert find_questions([post("1", "Kettle is on")]) == ()


@pytest.mark.parametrize(
    ("label", "ids", "found"),
    [
        ("Q2", ["Q2a", "Q2b"], ("Q2a", "Q2b")),
        ("Q2c", ["Q2a", "Q2b"], ("Q2a", "Q2b")),
        ("Q2a", ["Q2"], ("Q2",)),
        ("Q2a", ["q2A"], ("q2A",)),
        ("Q3", ["Q2", "tea"], ()),
    ],
)
def test_a_label_is_resolved_to_the_ids_there_are(
    label: str, ids: list[str], found: tuple[str, ...]
) -> None:
    """Wholes give their parts, parts their whole, unknown numbers nothing."""
    assert resolve(label, ids) == found
