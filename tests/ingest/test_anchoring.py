"""A copied quote stands for one place of its post, or for none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.ingest.anchoring import Unanchored, anchor
from secondcoder.schema.quotes import Span


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("more tea", "We need more tea 🫖 now", "more tea"),
        ("🫖 now", "We need more tea 🫖 now", "🫖 now"),
        ("“more  tea”", "We need more tea", "more tea"),
        ("it's time", "It\u2019s late, it\u2019s time", "it\u2019s time"),
        ("tea & cake", "tea &amp; cake", "tea &amp; cake"),
        ("a-b", "so a\u2013b it is", "a\u2013b"),
        ("one two", "one\ntwo", "one\ntwo"),
    ],
)
def test_what_programs_change_is_looked_through(words: str, text: str, found: str) -> None:
    """The span is of the post's own characters."""
    spans = anchor(words, text)
    assert not isinstance(spans, Unanchored)
    assert [span.of(text) for span in spans] == [found]


@pytest.mark.parametrize("words", ["more tea", "aa", "Tea", "  ", "“”"])
def test_never_several_times_and_no_words_are_unanchored(words: str) -> None:
    """Occurrences that overlap are several; capitals are the post's own."""
    assert isinstance(anchor(words, "aaa tea tea"), Unanchored)


def test_a_quote_that_leaves_words_out_has_two_spans() -> None:
    """The second piece is looked for behind the first."""
    text = "tea first, then talk, then tea again"
    assert anchor("tea first […] tea again", text) == (
        Span(start=0, end=9),
        Span(start=27, end=36),
    )
    assert isinstance(anchor("tea again [...] tea first", text), Unanchored)


def test_letters_as_they_are_go_before_look_alikes() -> None:
    """One place letter by letter is the place, though another looks alike."""
    assert anchor("it's", "it\u2019s not it's") == (Span(start=9, end=13),)


@settings(deadline=None, max_examples=100)
@given(st.text(min_size=1, max_size=40), st.data())
def test_a_piece_that_is_found_reads_as_the_piece(text: str, data: st.DataObject) -> None:
    """Whatever is cut out of a text, the place found holds the same words, or none is found."""
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : data.draw(st.integers(start + 1, len(text)))]
    spans = anchor(piece, text)
    if not isinstance(spans, Unanchored) and "[" not in piece and "(" not in piece:
        found = spans[0].of(text)
        assert found == piece.strip() or text.count(piece.strip()) != 1
