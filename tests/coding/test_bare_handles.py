"""Handles that stand in a post without their sign."""

import pytest

from secondcoder.coding.bare_handles import Handles
from secondcoder.schema.chat import Post


def handles(*authors: str, text: str = "") -> Handles:
    """Return those of a chat in which these people write."""
    found = Handles()
    for number, author in enumerate(authors):
        found.add(Post(id=str(number), author=author, text=text))
    return found


@pytest.mark.parametrize(
    ("author", "text", "named"),
    [
        ("ann_b", "ask Ann_B, or ann_b's team", ("ann_b",)),
        ("@cat99", "cat99 knows; so do cats", ("cat99",)),
        ("MaryO", "MaryO and maryo", ("maryo",)),
        ("Bob.Smith", "says Bob.Smith.", ("bob.smith",)),
        ("NHSEngland", "the NHSEngland-led work", ("nhsengland",)),
        ("dee_dee@mastodon.social", "dee_dee.Great", ("dee_dee",)),
        ("\uff20fay_f", "\uff46ay_f", ("fay_f",)),
        ("hal", "hal and Hal, hal9", ()),
        ("Hope", "I Hope so", ()),
        ("HelpFul", "a helpful talk", ()),
        ("Ann Barker", "Ann Barker said", ()),
        ("Q2a", "Q2a yes", ()),
        ("QIHour2", "we met #QIHour2 and @QIHour2", ()),
        ("ann_b", "ann_bee and xann_b", ()),
    ],
)
def test_an_author_is_named_where_it_is_written_as_no_word_is(
    author: str, text: str, named: tuple[str, ...]
) -> None:
    """A figure, a stroke, a dot or a capital within; words and first names stay what they are."""
    assert handles(author).written_in(text) == named


def test_whom_the_chat_mentions_is_known_too() -> None:
    """Once with a sign is enough."""
    assert handles("ann", text="via @cat99.").written_in("cat99 said", None) == ("cat99",)


def test_a_handle_with_a_hyphen_is_told_where_it_stands_with_its_sign() -> None:
    """So that it is hidden as one; without a sign, "well-being" may be anybody's word."""
    found = handles("Mary-Jane", "well-being", text="via @ann-lee@x.social")
    assert found.written_in("@mary-jane-led", None) == ("mary-jane",)
    assert found.written_in("@Ann-Lee said") == ("ann-lee",)
    assert found.written_in("our well-being, mary-jane and @mary-ann") == ()


def test_a_mention_without_end_does_not_hold_up_a_run() -> None:
    """A word of 100,000 letters is nobody's handle."""
    assert handles("ann_b", text="@" + "a" * 100_000).known == {"ann_b"}
