"""Pseudonyms: handles, addresses, numbers and links."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.coding.furniture import find_furniture
from secondcoder.coding.pseudonyms import Pseudonyms, shown_between
from secondcoder.schema.quotes import SegmentKind

_TENS = "[phone], [phone], T[phone], [phone]ext 5"
_MAILS = "[email], [email], [email], [email]"
_MORE_MAILS = "[email], [email], [email], [email]; [email]"
_LINKS = "[link], [link] [link], [link], [link]"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("@ann!", "@user1!"),
        ("(@ann) \uff20ANN", "(@user1) @user1"),
        ("thanks @ann.", "thanks @user1."),
        ("@ann.bsky.social hi", "@user1 hi"),
        ("@ann@mastodon.social hi", "@user1 hi"),
        ("mail ann.b+x@trust.co.uk", "mail [email]"),
        ("see https://x.com/ann/1 now", "see [link] now"),
        ("ring 020 7946 0958 or (0161) 496-0000", "ring [phone] or [phone]"),
        ("ring +44 20 7946 0958.", "ring [phone]."),
        ("ring (555) 867-5319 or 1 555 867 5319", "ring [phone] or [phone]"),
        ("555-867-5319, 10-867-5319", "[phone], 10-867-5319"),
        ("RT@ann: thanks@bob", "RT@user1: thanks@user2"),
        ("see HTTPS://X.com/ann or WWW.x.com/ann", "see [link] or [link]"),
        ("see bit.ly/3xYz or linkedin.com/in/ann.", "see [link] or [link]"),
        ("ask at example.org, not ann@example.org", "ask at [link], not [email]"),
        ("ftp://x.org/ann ann\uff20x.org", "[link] [email]"),
        ("&#64;ann, &#064;Ann and &commat;bob", "@user1, @user1 and @user2"),
        ("ann (at) x.org or ann [at] x [dot] org", "[email] or [email]"),
        ("ring +49 89/1234567 or 089/12345678", "ring [phone] or [phone]"),
        ("ring 07946\u2013123\u2013456 or +44\u20117946\u2011123456", "ring [phone] or [phone]"),
        ("7946123456, 98765 43210, T07946123456, 07946123456ext 5", _TENS),
        ("\uff10\uff17\uff19\uff14\uff16123456 or 0 7946 - 123 - 456", "[phone] or [phone]"),
        ("call 867-5309, text me on 7946 0958", "call [phone], text me on [phone]"),
        ("A2 07946 123456, A1 020 7946 0958", "A2 [phone], A1 [phone]"),
        ("ann @ x.org, ann@ x.org, ann{at}x{dot}org, ann at x dot org", _MAILS),
        ("ann@x\uff0eorg, ann%40x.org, ann@gmail, ann@gmail,com; ann.o'neil@x.org", _MORE_MAILS),
        (
            "@ann.b.c on insta, \ufe6bann, %40ann, u/ann_b",
            "@user1 on insta, @user2, @user2, @user3",
        ),
        ("insta: ann.b, ig:ann_b, snap : ann9", "insta: @user1, ig:@user2, snap : @user3"),
        ("ann.bsky.social, linktr.ee/ann x.com.au, ann.blog, x.health/a", _LINKS),
        ("ann at x.org, Ann at Gmail.com, ann.b at x.nhs.uk", "[email], [email], [email]"),
        (
            "ask at x.org, posters at x.org, held at x.org",
            "ask at [link], posters at [link], held at [link]",
        ),
        ("read at x.org/ann", "read at [link]"),
        ("we met at noon.Good at maths.Then home", None),
        ("@ann-b, @Ann-B's, @ann-b9, @ann-b_c", "@user1, @user1's, @user2, @user3"),
        ("@ann-b@x.org, @ann-b.bsky.social", "@user1, @user2"),
        ("@ann- yes, @ann-and, @ann-led, @ann--", "@user1- yes, @user1-and, @user1-led, @user1--"),
        ("@jose\u0301_z, @ze\u0301, @\u0939\u093f\u0928\u093e!", "@user1, @user2, @user3!"),
        ("Cafe\u0301 open, \u0939\u093f\u0928\u093e at 3", None),
        (
            '"ann b"@x.org, \u201cann.b\u201d@x.org, "thanks" @ann',
            '[email], [email], "thanks" @user1',
        ),
        (
            "020 7946 0958 ext 4455, 07946 123456 x12, call 867-5309, ext. 301",
            "[phone], [phone], call [phone]",
        ),
        ("1\ufe0f\u20e3 tea 2\ufe0f\u20e3 time", None),
        ("@ann-A1 tea, @ann-I agree, @ann-x", "@user1-A1 tea, @user1-I agree, @user1-x"),
        ("on 01-02-2026 10:30 or 2026-05-14 19:00:00, call 12-05-2026", None),
        ("30 000 000 people, 3.14159265, twitter: good for all; Q2 / you/me", None),
        ("the call 2019, a text of 280, look at the dot plot, ring me", None),
        ("on 01/02/2026 at 10, e.g. commonly, thanks.Also time.me", None),
        ("from 2019 2020 to 2021-2022, 30 000 000 people", None),
        ("at 10 @ 5 pm, 3@4", None),
        ("meet (at) noon, &#36;40 (at) best", None),
    ],
)
def test_what_names_a_person_is_hidden_and_nothing_else(text: str, sent: str | None) -> None:
    """None: the text is sent as it is."""
    assert Pseudonyms().hide(text) == (text if sent is None else sent)


def test_a_handle_goes_on_behind_a_hyphen_where_the_chat_has_it_so() -> None:
    """Mastodon and Bluesky have such handles, X has none; so what is known decides."""
    names = Pseudonyms(known=["mary-jane", "mary-jane-o-b"])
    assert names.hide("@mary-jane, @Mary-Jane-led, @mary-ann") == "@user1, @user1-led, @user2-ann"
    assert names.hide("@mary-jane-o-b-led") == "@user3-led"
    assert names.handle("Mary-Jane") == "@user1"


@pytest.mark.parametrize("piece", ["ann_b ", "a-", "@a-b", "a at x.", "a@ b.", "..a", "a dot "])
def test_a_post_of_a_hundred_thousand_characters_is_looked_through_once(piece: str) -> None:
    """Ten times as long takes ten times as long; by squares, it would be a hundred times."""
    names = Pseudonyms(known=["ann_b", "a-b"])
    times = []
    for n in (10_000, 100_000):
        began = time.process_time()
        names.hide((piece * n)[:n])
        times.append(time.process_time() - began)
    assert times[1] < 40 * times[0] + 0.1


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u2060", "\xad", "\ufe0f", "\x07", "\ud83d", "\U000e0061"]
)
def test_a_character_that_nobody_sees_hides_no_name(unseen: str) -> None:
    """What is sent goes without most of them, and would hold the name again."""
    text = f"@{unseen}Ann an{unseen}n@x.org w{unseen}ww.x.org/ann +44{unseen} 20 7946 0958"
    assert Pseudonyms().hide(text) == "@user1 [email] [link] [phone]"
    assert Pseudonyms().hide(f"@an{unseen}n @ann") == "@user1 @user1"


@settings(deadline=None, max_examples=300)
@given(st.text("bw. :hyt-c\u200b").map(lambda text: f"{text}www.x.com/a {text}bit.ly/a"))
def test_what_the_rules_take_for_a_link_is_hidden(text: str) -> None:
    """Nothing that is marked as a link in a request stands there in its words."""
    masks = tuple(Pseudonyms().masks(text))
    for found in find_furniture(text):
        if found.kind is SegmentKind.LINK:
            assert "/a" not in shown_between(text, masks, found.start, found.end)


def test_a_word_without_end_does_not_hold_up_a_run() -> None:
    """Looked through once, and not once for each of its letters, which would take minutes."""
    assert Pseudonyms().hide("a" * 200_000 + " @ann") == "a" * 200_000 + " @user1"


def test_names_are_given_in_order_of_appearance() -> None:
    """Author first, then whom the post mentions."""
    names = Pseudonyms()
    assert names.handle("Bob") == "@user1"
    assert names.hide("@ann @BOB") == "@user2 @user1"


@settings(deadline=None, max_examples=200)
@given(st.text("@ab .:/htps1\u200b"), st.integers(0, 30))
def test_pieces_of_a_text_show_what_the_whole_shows(text: str, cut: int) -> None:
    """Cut anywhere, even inside an address: joined, the pieces are the whole's copy."""
    masks = tuple(Pseudonyms().masks(text))
    cut = min(cut, len(text))
    left, right = (shown_between(text, masks, 0, cut), shown_between(text, masks, cut, len(text)))
    assert left + right == Pseudonyms().hide(text)
