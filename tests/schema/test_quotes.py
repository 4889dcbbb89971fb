"""Quotes are a post's own characters, whatever the script."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from secondcoder.schema.chat import Post
from secondcoder.schema.quotes import GAP, Quote, Segment, SegmentKind, Span

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@st.composite
def cuts(draw: st.DrawFn) -> tuple[Post, list[Span]]:
    """Draw a post and one or several spans of it, in order and apart."""
    text = draw(TEXTS)
    points = draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6, unique=True))
    points = sorted(points)
    pairs = zip(points[::2], points[1::2], strict=False)
    return Post(id="p", text=text), [Span(start=start, end=end) for start, end in pairs]


@settings(deadline=None, max_examples=150)
@given(cuts())
def test_a_quote_that_was_cut_is_its_posts_own_words(cut: tuple[Post, list[Span]]) -> None:
    """The characters of the spans, joined by the gap sign, in any script."""
    post, spans = cut
    quote = Quote.cut(post, spans)
    quote.check(post)
    assert quote.text == GAP.join(post.text[span.start : span.end] for span in spans)
    assert Quote.model_validate_json(quote.model_dump_json()) == quote


@settings(deadline=None, max_examples=150)
@given(cuts(), TEXTS)
def test_a_quote_with_any_other_text_is_refused(cut: tuple[Post, list[Span]], other: str) -> None:
    """Verbatim means every character."""
    post, spans = cut
    quote = Quote.cut(post, spans)
    if other == quote.text:
        return
    with pytest.raises(ValueError, match="quotes must be verbatim"):
        Quote(post_id=post.id, spans=quote.spans, text=other).check(post)


@pytest.mark.parametrize("text", ["tea ", " tea", "Tea", "te\u0430", "tea\ufe0f"])
def test_a_quote_that_only_looks_the_same_is_refused(text: str) -> None:
    """Spaces, capitals, Cyrillic letters and variation selectors are characters too."""
    quote = Quote(post_id="1", spans=(Span(start=0, end=3),), text=text)
    with pytest.raises(ValueError, match="quotes must be verbatim"):
        quote.check(Post(id="1", text="tea for two"))


def test_a_quote_of_another_post_is_refused() -> None:
    """Equal words in another post are another quote."""
    quote = Quote.cut(Post(id="1", text="tea"), [Span(start=0, end=3)])
    with pytest.raises(ValueError, match="a quote of post 1 lies with post 2"):
        quote.check(Post(id="2", text="tea"))


def test_a_span_past_the_end_of_its_post_is_refused() -> None:
    """Python would silently cut it shorter."""
    with pytest.raises(ValueError, match=r"span \[0, 9\) reaches past the 3 characters"):
        Quote.cut(Post(id="1", text="tea"), [Span(start=0, end=9)])


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 3), (-1, 2), (0, 0)])
def test_a_span_holds_at_least_one_character(start: int, end: int) -> None:
    """An empty or reversed range quotes nothing."""
    with pytest.raises(ValidationError):
        Span(start=start, end=end)


def test_spans_of_a_quote_are_in_order_and_apart() -> None:
    """Touching is allowed, overlapping or going back is not."""
    post = Post(id="1", text="abcdef")
    apart = [Span(start=0, end=2), Span(start=2, end=4)]
    assert Quote.cut(post, apart).text == f"ab{GAP}cd"
    for spans in ([Span(start=0, end=3), Span(start=2, end=4)], apart[::-1]):
        with pytest.raises(ValidationError, match="spans are in order and apart"):
            Quote.cut(post, spans)
    with pytest.raises(ValidationError):
        Quote(post_id="1", spans=(), text="x")


def test_overlap_counts_shared_characters() -> None:
    """Half-open ranges that touch share none."""
    span = Span(start=2, end=6)
    assert span.overlap(Span(start=4, end=9)) == 2
    assert span.overlap(Span(start=6, end=9)) == 0
    assert span.overlap(Span(start=0, end=1)) == 0
    assert span.of("0123456789") == "2345"


def test_only_text_segments_may_be_quoted() -> None:
    """All other kinds are furniture."""
    for kind in SegmentKind:
        segment = Segment(number=1, span=Span(start=0, end=1), kind=kind)
        assert segment.is_furniture == (kind is not SegmentKind.TEXT)
