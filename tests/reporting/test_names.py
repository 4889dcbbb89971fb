"""Which words of a chat are taken for names, and what a masked text looks like."""

import pytest

from secondcoder.reporting.names import Names

CHAT = (
    "Yesterday I asked Okafor, and Mary Anne Jones from Leeds said yes",
    "Our ward in May, on a Friday: NHS rules. Tea is what I've had; the tea was cold",
    "And then Hope came by, as we hope",
    "Thanks @Bob and #QIhour at https://Example.org",
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Okafor's idea was good", "[name]'s idea was good"),
        ("we met Mary Anne Jones", "we met [name]"),
        ("in Leeds", "in [name]"),
        ("the NHS in May, on Friday", "the NHS in May, on Friday"),
        ("I've had tea. Tea!", "I've had tea. Tea!"),
        ("Hope is also a word", "Hope is also a word"),
        ("Bob Example", "Bob Example"),
    ],
)
def test_a_capital_inside_a_sentence_makes_a_name(text: str, masked: str) -> None:
    """Not abbreviations, days, months, `I`, words also written small, handles, tags or links."""
    assert Names(CHAT).hide(text) == masked


def test_words_of_the_questions_are_no_names() -> None:
    """The study's own words stay."""
    assert Names(CHAT, known=["What about Leeds?"]).hide("in Leeds") == "in Leeds"
