"""Counting tokens, with the bundled vocabulary and without."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.coding.prompts import load_template
from secondcoder.coding.tokens import count_tokens, estimated_tokens, tokenizer


def test_tokens_are_those_of_the_published_vocabulary() -> None:
    """'Hello world' is 13225, 2375 in o200k_base: two tokens."""
    assert count_tokens("Hello world") == 2
    assert tokenizer().name.startswith("o200k_base (May 2024), bpe-openai ")


def test_words_that_look_like_control_tokens_are_plain_text() -> None:
    """A post may hold anything: it is neither refused nor one token."""
    assert count_tokens("<|endoftext|>") > 1


def test_half_a_surrogate_pair_is_counted_and_not_an_error() -> None:
    """JSON can hold one, so a text can."""
    assert count_tokens("a \ud83d b") > 0
    assert estimated_tokens("a \ud83d b") > 0


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200))
def test_no_text_has_more_tokens_than_bytes(text: str) -> None:
    """Every byte is in the vocabulary; a text of none has none."""
    size = len(text.encode("utf-8", "replace"))
    assert (size > 0) <= count_tokens(text) <= size
    assert (size > 0) <= estimated_tokens(text) <= size


def test_without_the_extra_tokens_are_estimated_and_the_name_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No vocabulary is looked for elsewhere."""
    monkeypatch.setitem(sys.modules, "bpe_openai", None)
    tokenizer.cache_clear()
    try:
        assert tokenizer().name == "estimate from length"
        assert count_tokens("x" * 40) == 10
    finally:
        tokenizer.cache_clear()


def test_the_estimate_is_within_a_quarter_of_the_count_on_our_own_prompt() -> None:
    """English with lists and braces, as it is sent."""
    template = load_template("code-posts", version=1)
    text = template.render(
        "system",
        language="en",
        questions=[],
        general_themes=[],
        reply_schema='{"type": "object", "properties": {"posts": {"type": "array"}}}',
    )
    assert estimated_tokens(text) == pytest.approx(count_tokens(text), rel=0.25)
