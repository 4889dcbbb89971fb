"""From segment numbers to spans: verbatim, trimmed, and never furniture."""

import pytest
from coding.model_cases import task
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.coding.outcomes import has_words, outcome_of
from secondcoder.coding.replies import PostReply, QuoteReply
from secondcoder.coding.tasks import Task
from secondcoder.errors import ResponseError
from secondcoder.schema.codings import Quoted
from secondcoder.schema.quotes import SegmentKind

POST = task(
    "1",
    ("A1 ", SegmentKind.LABEL),
    " More time, ",
    "and tea",
    ("\n", SegmentKind.SPACE),
    "please ",
    ("#tea ", SegmentKind.HASHTAG),
    "now",
    "  ",
)
ALLOWED = {"Q1": frozenset({"time"}), None: frozenset[str]()}


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([2], "More time,"),
        ([2, 3], "More time, and tea"),
        ([3, 5], "and tea […] please"),
        ([2, 5], "More time, […] please"),
        ([5, 6, 7], "please […] now"),
        ([1, 2], "More time,"),
        ([7, 2, 2], "More time, […] now"),
        ([7, 8], "now"),
    ],
)
def test_segments_that_touch_make_one_span(numbers: list[int], text: str) -> None:
    """What was not named and furniture part them; white space at the edges is trimmed."""
    quote = QuoteReply(segments=numbers, question="Q1", themes=["time"])
    outcome = outcome_of(PostReply(post=1, quotes=[quote]), POST, ALLOWED, "k", "raw")
    assert isinstance(outcome, Quoted)
    assert [coding.quote.text for coding in outcome.codings] == [text]


@pytest.mark.parametrize(
    ("segments", "question", "sentence"),
    [
        ([0], "Q1", "there is no segment 0; the last one is 8"),
        ([9], "Q1", "there is no segment 9"),
        ([1, 6], "Q1", "hold no words that can be quoted"),
        ([8], "Q1", "hold no words that can be quoted"),
        ([2], None, "theme time does not go with a quote without a question"),
    ],
)
def test_a_quote_the_post_does_not_hold_is_refused(
    segments: list[int], question: str | None, sentence: str
) -> None:
    """The sentence goes back to the model, the raw reply stays with the error."""
    quote = QuoteReply(segments=segments, question=question, themes=["time"])
    with pytest.raises(ResponseError, match=sentence) as raised:
        outcome_of(PostReply(post=1, quotes=[quote]), POST, ALLOWED, "k", "raw")
    assert raised.value.raw == "raw"


def test_a_post_of_links_and_spaces_has_no_words() -> None:
    """Emoji in a text segment count as words: a rule elsewhere decides on them."""
    assert has_words(POST)
    assert not has_words(task("2", ("https://x.y", SegmentKind.LINK), " "))
    assert not has_words(Task(POST.post, POST.attribution, ()))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text("ab \n🙂\u0301", min_size=1), min_size=1, max_size=6), st.data())
def test_quotes_are_verbatim_whatever_is_named(pieces: list[str], data: st.DataObject) -> None:
    """Any pieces, any numbers among them: either refused, or the post's own words."""
    post = task("1", *pieces)
    numbers = data.draw(st.lists(st.integers(1, len(pieces)), min_size=1))
    quote = QuoteReply(segments=numbers, question="Q1", themes=["time"])
    try:
        outcome = outcome_of(PostReply(post=1, quotes=[quote]), post, ALLOWED, "k", "")
    except ResponseError:
        assert not "".join(pieces[number - 1] for number in numbers).strip()
    else:
        assert isinstance(outcome, Quoted)
        outcome.codings[0].quote.check(post.post)
        assert outcome.codings[0].quote.text.strip() == outcome.codings[0].quote.text
