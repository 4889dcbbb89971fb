"""Completions: the text of a reply, out of what a provider answered."""

import json
from collections.abc import Mapping
from math import isfinite

from pydantic import BaseModel, JsonValue

from secondcoder.coding.faults import CutOffError, RefusalError, RejectedError
from secondcoder.coding.replies import find_json
from secondcoder.errors import ResponseError


def text_of(response: object) -> str:
    """Return what the model said: the arguments of its tool call, else its text.

    Args:
        response: A chat completion in OpenAI's form, as JSON or as an SDK's object, or
            instructor's reading of another provider's.

    Raises:
        RefusalError: If the model declined.
        RejectedError: If the provider's filter stopped it.
        CutOffError: If it was cut off.
    """
    completion = getattr(response, "_raw_response", response)
    choices = _field(completion, "choices")
    if not (isinstance(choices, list) and choices):
        # Of a provider whose own form only instructor reads.
        if isinstance(response, BaseModel) and not hasattr(response, "choices"):
            return response.model_dump_json()
        return completion if isinstance(completion, str) else ""
    message, reason = _field(choices[0], "message"), _field(choices[0], "finish_reason")
    refusal = _text(message, "refusal")
    if refusal:
        raise RefusalError(f"the model refused: {refusal}", raw=refusal)
    calls = _field(message, "tool_calls")
    calls = calls if isinstance(calls, list) else []
    said = [_text(_field(call, "function"), "arguments") for call in calls]
    text = _joined(said) if said else _text(message, "content")
    text = _whole(text)  # a reply may hold such halves as escapes
    if reason == "content_filter":
        raise RejectedError("the provider's content filter stopped the reply", raw=text)
    if reason == "length":
        raise CutOffError("the reply was cut off at the length limit", raw=text)
    return text


def weights_of(response: object, n_tokens: int = 1) -> str:
    """Return how likely the model found the likeliest tokens at the places of a reply, as JSON.

    >>> token = {"token": "A", "top_logprobs": [{"token": "A", "logprob": -0.5}]}
    >>> response = {"choices": [{"logprobs": {"content": [token]}}]}
    >>> weights_of(response), weights_of(response, n_tokens=2)
    ('{"A": -0.5}', '{"tokens": [["A", {"A": -0.5}]]}')

    Args:
        response: A chat completion in OpenAI's form, as JSON.
        n_tokens: That it may have. Of one, its place is all there is; of more, each is named.

    Raises:
        ResponseError: If the server did not say.
    """
    choices = _field(response, "choices")
    said = _field(choices[0], "logprobs") if isinstance(choices, list) and choices else None
    listed = _field(said, "content")
    tokens = listed[:n_tokens] if isinstance(listed, list) else []
    places = [_likely(token) for token in tokens]
    if not places or not places[0]:
        raise ResponseError("it does not say how likely its tokens are (logprobs)", raw=str(said))
    if n_tokens == 1:
        return json.dumps(places[0], ensure_ascii=False)
    drawn = [_whole(_text(token, "token")) for token in tokens]
    return json.dumps({"tokens": list(zip(drawn, places, strict=True))}, ensure_ascii=False)


def _likely(token: object) -> dict[str, JsonValue]:
    """Return the weights of the likeliest tokens at the place of one.

    Not only of the one that was drawn: it may be one of the least likely.
    """
    found: dict[str, JsonValue] = {}
    likely = _field(token, "top_logprobs")
    for one in likely if isinstance(likely, list) else ():
        name, weight = _field(one, "token"), _field(one, "logprob")
        if isinstance(name, str) and isinstance(weight, float | int) and isfinite(weight):
            found.setdefault(_whole(name), float(weight))
    return found


def _whole(text: str) -> str:
    """Return a text without half a surrogate pair, which could be kept by no file."""
    return text.encode("utf-8", "replace").decode()


def tokens_of(response: object) -> tuple[int, int]:
    """Return how many tokens went in and came out; 0 where the server doesn't say.

    Anthropic counts what it reads from its cache, or writes there, beside the prompt's tokens, and
    Google what a model says to itself beside the reply's. Source: the fields that genai-prices
    0.2 takes usage from (`genai_prices.data`).
    """
    usage = _usage(response)
    return (
        _count(usage, "prompt_tokens", "input_tokens", "prompt_token_count")
        + _count(usage, "cache_read_input_tokens")
        + _count(usage, "cache_creation_input_tokens"),
        _count(usage, "completion_tokens", "output_tokens", "candidates_token_count")
        + _count(usage, "thoughts_token_count"),
    )


def cached_tokens_of(response: object) -> int:
    """Return how many of the prompt's tokens the provider read from its cache, at a lower price.

    0 where the server doesn't say. What Anthropic charges for writing to its cache, a quarter more
    than for other tokens, is not told apart: nothing here asks it to.
    """
    usage = _usage(response)
    details = _field(usage, "prompt_tokens_details") or _field(usage, "input_tokens_details")
    return _count(details, "cached_tokens") or _count(
        usage, "cache_read_input_tokens", "cached_content_token_count"
    )


def _usage(response: object) -> object:
    """Return what a provider says of tokens, under whichever name."""
    completion = getattr(response, "_raw_response", response)
    return _field(completion, "usage") or _field(completion, "usage_metadata")


def _joined(calls: list[str]) -> str:
    """Return one reply of several tool calls: some models make one per post."""
    found = [find_json(call) for call in calls]
    if len(calls) == 1 or None in found:
        return calls[0]
    return json.dumps({"posts": [post for posts in found for post in posts or []]})


def _field(value: object, name: str) -> object:
    """Return a field of a JSON object or of what an SDK makes of one; None where there is none."""
    # JSON's own objects first: whether something else is a mapping takes ten times as long to tell.
    if isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101  # in this order
        return value.get(name)
    return getattr(value, name, None)


def _text(value: object, name: str) -> str:
    found = _field(value, name)
    return found if isinstance(found, str) else ""


def _count(usage: object, *names: str) -> int:
    counts = (_field(usage, name) for name in names)
    # What can't be is not said: a reply that came is not lost for it.
    return next((count for count in counts if isinstance(count, int) and count >= 0), 0)
