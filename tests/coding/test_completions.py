"""Tokens read from completions as servers report them."""

from types import SimpleNamespace

import pytest

from secondcoder.coding.completions import cached_tokens_of, text_of, tokens_of


def completion(**usage: object) -> SimpleNamespace:
    """Return an object with the usage of a completion, in the form of OpenAI's."""
    return SimpleNamespace(usage=SimpleNamespace(**usage) if usage else None)


def test_cached_tokens_are_part_of_the_prompt_tokens() -> None:
    """As OpenAI reports them: 1,024 of 1,500 were cached."""
    found = completion(
        prompt_tokens=1500,
        completion_tokens=20,
        total_tokens=1520,
        prompt_tokens_details=SimpleNamespace(cached_tokens=1024),
    )
    assert (tokens_of(found), cached_tokens_of(found)) == ((1500, 20), 1024)


@pytest.mark.parametrize("details", [None, SimpleNamespace(), SimpleNamespace(cached_tokens=None)])
def test_a_server_that_says_nothing_of_its_cache_has_cached_nothing(details: object) -> None:
    """Many local servers leave it out or send null."""
    found = completion(
        prompt_tokens=9, completion_tokens=1, total_tokens=10, prompt_tokens_details=details
    )
    assert cached_tokens_of(found) == 0


def test_tokens_counted_beside_the_prompts_are_added_to_them() -> None:
    """As Anthropic reports them: 100 read anew, 1,024 from the cache, 50 written to it."""
    found = completion(
        input_tokens=100,
        cache_read_input_tokens=1024,
        cache_creation_input_tokens=50,
        output_tokens=20,
    )
    assert (tokens_of(found), cached_tokens_of(found)) == ((1174, 20), 1024)


def test_googles_names_of_tokens_are_known() -> None:
    """Cached ones are among the prompt's; thoughts beside the reply's."""
    said = SimpleNamespace(
        prompt_token_count=1500,
        cached_content_token_count=1024,
        candidates_token_count=20,
        thoughts_token_count=30,
    )
    found = SimpleNamespace(usage_metadata=said)
    assert (tokens_of(found), cached_tokens_of(found)) == ((1500, 50), 1024)


def test_a_reply_without_usage_counts_nothing() -> None:
    """Neither the SDK's object nor a bare text is an error."""
    assert cached_tokens_of(completion()) == 0
    assert cached_tokens_of("a text") == 0


def test_text_is_read_from_json_as_from_an_object() -> None:
    """What a batch file holds is JSON; what an SDK returns is an object."""
    said = {"role": "assistant", "content": "words"}
    choices = [{"index": 0, "finish_reason": "stop", "message": said}]
    as_object = SimpleNamespace(
        choices=[SimpleNamespace(finish_reason="stop", message=SimpleNamespace(**said))]
    )
    assert text_of({"choices": choices}) == text_of(as_object) == "words"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"choices": []},
        {"choices": [None]},
        {"choices": {"0": "x"}},
        {"choices": [{"message": None}]},
        {"choices": [{"message": {"content": [{"type": "text"}]}}]},
        {"choices": [{"message": {"tool_calls": {"function": 1}}}]},
        [],
        None,
    ],
)
def test_an_answer_in_no_known_form_says_nothing(answer: object) -> None:
    """It becomes a reply without words, which is asked again; never an error of ours."""
    assert text_of(answer) == ""


def test_counts_that_cannot_be_are_not_said() -> None:
    """Some servers say -1 for what they did not count; the reply is of use all the same."""
    found = completion(
        prompt_tokens=-1,
        completion_tokens=-5,
        prompt_tokens_details=SimpleNamespace(cached_tokens=-1),
    )
    assert (tokens_of(found), cached_tokens_of(found)) == ((0, 0), 0)
