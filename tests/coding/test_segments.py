"""Segments cover a post, and quotes are cut from them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.coding.segments import quote_spans, segments, trimmed
from secondcoder.schema.quotes import SegmentKind, Span

PIECES = (
    "people need time",
    "Trust matters",
    "but so does tea",
    "😀",
    "👏👏",
    "👩‍👩‍👧",
    "👨🏽‍⚕️",
    "🇬🇧🇮🇪",
    "❤️",
    "1️⃣",
    "e\u0301",
    "نحتاج إلى وقت",
    "هل نسمع؟",
    "我们需要时间。",
    "安全第一\uff01",
    "https://example.org/a.b?c=d",
    "#QIhour",
    "@sam",
    "cc @bo",
    "RT @sam:",
    "A1:",
    "Q2a.",
    "1) time 2) tea",
    "1. 2. 3.",
    "1/2",
    "24/7",
    "and/or",
    "more time / less paper / tea",
    "more time + less paper",
    "...",
    "…",
    "e.g.",
    "Dr.",
    "3.5",
    "etc.",
    ". ",
    "! ",
    "? ",
    ", but ",
    "; ",
    " \u2013 ",
    " • ",
    "\n",
    "\r\n",
    "\u2028",
    "\x00",
    "\x1f",
    "\ud83d",
    "\ude00",
    "\ud83d\ude00",
    " ",
    "  ",
    "\u200d",
    "\ufe0f",
    "\u0301",
    "(",
    ")",
    "“",
    "”",
    "&amp;",
)
CLUSTERS = (
    "👩‍👩‍👧",
    "👨🏽‍⚕️",
    "🇬🇧",
    "🇮🇪",
    "❤️",
    "1️⃣",
    "e\u0301",
    "\r\n",
    "💪🏽",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "\ud83d\ude00",
)
POSTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=14).map("".join)


def cut(text: str) -> list[str]:
    """Return the words of a post's text segments, trimmed."""
    return [
        piece.span.of(text).strip() for piece in segments(text) if piece.kind is SegmentKind.TEXT
    ]


def kinds(text: str) -> list[str]:
    """Return the kinds of a post's segments."""
    return [piece.kind.value for piece in segments(text)]


@settings(deadline=None, max_examples=400)
@given(POSTS)
def test_segments_cover_the_post_in_order_and_are_the_same_again(text: str) -> None:
    """Joined they equal the text, they are numbered from 1, and a second look agrees."""
    pieces = segments(text)
    assert "".join(piece.span.of(text) for piece in pieces) == text
    assert [piece.number for piece in pieces] == list(range(1, len(pieces) + 1))
    assert pieces == segments(text)


@settings(deadline=None, max_examples=400)
@given(POSTS)
def test_a_quote_of_everything_holds_no_furniture_and_no_outer_space(text: str) -> None:
    """The default quote is made of text segments alone."""
    pieces = segments(text)
    spans = quote_spans(pieces, [piece.number for piece in pieces], text)
    for span in spans:
        assert span.of(text) == span.of(text).strip()
        assert not any(span.overlap(piece.span) for piece in pieces if piece.is_furniture)
    assert bool(spans) == any(not piece.is_furniture for piece in pieces)


@settings(deadline=None, max_examples=400)
@given(POSTS, st.sampled_from(CLUSTERS), POSTS)
def test_no_cut_falls_inside_a_character(before: str, cluster: str, after: str) -> None:
    """Emoji sequences, flags, combining marks and surrogate pairs stay whole."""
    text = f"{before} {cluster}{after}"
    start = len(before) + 1
    inside = range(start + 1, start + len(cluster))
    assert not {piece.span.start for piece in segments(text)} & set(inside)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Start small. Learn as you go", ["Start small.", "Learn as you go"]),
        ("It must be safe.People need time", ["It must be safe.", "People need time"]),
        (
            "We asked Dr. Lee about tea etc. and so on",
            ["We asked Dr. Lee about tea etc. and so on"],
        ),
        ("J. Smith gave 3.5 hours vs. 80% of it", ["J. Smith gave 3.5 hours vs. 80% of it"]),
        ("Time to talk matters, but so does tea", ["Time to talk matters,", "but so does tea"]),
        ("tea, and cake", ["tea, and cake"]),
        ("We need more time; we need more staff", ["We need more time;", "we need more staff"]),
        ("1) more time 2) less paper", ["1) more time", "2) less paper"]),
        ("more time / less paper", ["more time /", "less paper"]),
        ("and/or we work 24/7 w/ tea", ["and/or we work 24/7 w/ tea"]),
        ("more time + less paper", ["more time +", "less paper"]),
        ("• more time • less paper", ["• more time", "• less paper"]),
        ("We waited... then it worked", ["We waited...", "then it worked"]),
        ("one idea\nanother idea", ["one idea", "another idea"]),
        ("我们需要时间。你怎么看\uff1f好", ["我们需要时间。", "你怎么看\uff1f", "好"]),
        ("هل نسمع؟ نعم نسمع", ["هل نسمع؟", "نعم نسمع"]),
        ("Loved it 🎉🎉", ["Loved it 🎉🎉"]),
        (
            "They talk more here 😀 People like it here",
            ["They talk more here 😀", "People like it here"],
        ),
    ],
)
def test_sentences_clauses_and_items_part(text: str, pieces: list[str]) -> None:
    """Each rule on its own example."""
    assert cut(text) == pieces


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "@sam @bo A1: Trust #hour https://t.co/x 1/2",
            ["mention", "mention", "label", "text", "hashtag", "link", "counter"],
        ),
        ("we need #psychologicalsafety at work", ["text"]),
        ("we need more #safety", ["text"]),
        ("#safety is what we need", ["text"]),
        ("I agree with @sam on this", ["text"]),
        ("(2/3) Trust first", ["counter", "text"]),
        ("2. Trust first", ["counter", "text"]),
        ("open 24/7", ["text"]),
        ("RT @sam: Trust first", ["repost", "text"]),
        ("Trust first cc @sam", ["text", "mention"]),
        ("👏👏 #hour", ["space", "hashtag"]),
        (" \n ", ["space"]),
        ("", []),
    ],
)
def test_furniture_is_told_from_words(text: str, found: list[str]) -> None:
    """Each kind of furniture, and what only looks like it."""
    assert kinds(text) == found


def test_neighbours_merge_and_furniture_parts_them() -> None:
    """Two sentences in a row are one span, a link between two makes two spans."""
    text = "One idea. Another idea. https://t.co/x A third idea"
    pieces = segments(text)
    spans = quote_spans(pieces, [4, 1, 2, 3, 1], text)
    assert [span.of(text) for span in spans] == ["One idea. Another idea.", "A third idea"]


def test_an_unknown_number_is_named() -> None:
    """The message says which number and what there is."""
    with pytest.raises(ValueError, match="no segment 7, 9; the post's segments are 1 to 1"):
        quote_spans(segments("tea"), [1, 7, 9], "tea")


def test_trimming_keeps_a_span_of_space_alone() -> None:
    """A span is never empty."""
    assert trimmed(Span(start=0, end=2), "  ") == Span(start=0, end=2)


@pytest.mark.parametrize(
    "unit",
    [
        ". ",
        "a. ",
        "1) ",
        "@a ",
        "#a ",
        "https://",
        ", but ",
        "; ",
        "/ ",
        "\n",
        "( ",
        "a/",
        "\u200d",
        "1/2 ",
        "...",
        "\u0301",
    ],
)
def test_a_hundred_thousand_characters_of_anything_are_covered(unit: str) -> None:
    """Long repetitive posts end in segments that still cover them."""
    text = unit * (100_000 // len(unit))
    pieces = segments(text)
    assert pieces[-1].span.end == len(text)
    assert sum(piece.span.end - piece.span.start for piece in pieces) == len(text)


def test_words_passed_on_behind_a_remark_are_not_the_authors() -> None:
    """`This. RT @sol: …` says `This.`; a repost from the start keeps the words it passes on."""
    text = "This. RT @sol: A6 Tell the flops too #hour"
    kinds = [(piece.kind.value, piece.span.of(text)) for piece in segments(text)]
    assert kinds == [("text", "This. "), ("repost", "RT @sol: A6 Tell the flops too #hour")]
    whole = "RT @sol: Tell the flops too"
    assert [piece.span.of(whole) for piece in segments(whole) if not piece.is_furniture] == [
        "Tell the flops too"
    ]
