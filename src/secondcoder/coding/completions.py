"""Completions: the text of a reply, out of the object that an SDK makes of it."""

import json

from pydantic import BaseModel

from secondcoder.coding.faults import RefusalError, RejectedError
from secondcoder.coding.replies import find_json
from secondcoder.errors import ResponseError


def text_of(response: object) -> str:
    """Return what the model said: the arguments of its tool call, else its text.

    Args:
        response: A chat completion in OpenAI's form, or instructor's reading of another's.

    Raises:
        RefusalError: If the model declined.
        RejectedError: If the provider's filter stopped it.
        ResponseError: If it was cut off.
    """
    completion = getattr(response, "_raw_response", response)
    choices = getattr(completion, "choices", None)
    if not choices:
        # Of a provider whose own form only instructor reads.
        if isinstance(response, BaseModel) and not hasattr(response, "choices"):
            return response.model_dump_json()
        return completion if isinstance(completion, str) else ""
    message, reason = choices[0].message, choices[0].finish_reason
    refusal = getattr(message, "refusal", None)
    if refusal:
        raise RefusalError(f"the model refused: {refusal}", raw=refusal)
    calls = [call.function.arguments or "" for call in message.tool_calls or []]
    text = _joined(calls) if calls else message.content or ""
    # A reply may hold half a surrogate pair as an escape; no file could keep it.
    text = text.encode("utf-8", "replace").decode()
    if reason == "content_filter":
        raise RejectedError("the provider's content filter stopped the reply", raw=text)
    if reason == "length":
        raise ResponseError("the reply was cut off at the length limit", raw=text)
    return text


def tokens_of(response: object) -> tuple[int, int]:
    """Return how many tokens went in and came out; 0 where the server doesn't say."""
    completion = getattr(response, "_raw_response", response)
    usage = getattr(completion, "usage", None)
    return (
        _count(usage, "prompt_tokens", "input_tokens"),
        _count(usage, "completion_tokens", "output_tokens"),
    )


def cached_tokens_of(response: object) -> int:
    """Return how many of the prompt's tokens the provider read from its cache, at a lower price.

    0 where the server doesn't say, and where a provider counts cached tokens beside the prompt's
    instead of among them: the cost is then too high rather than too low.
    """
    completion = getattr(response, "_raw_response", response)
    details = getattr(getattr(completion, "usage", None), "prompt_tokens_details", None)
    return _count(details, "cached_tokens")


def _joined(calls: list[str]) -> str:
    """Return one reply of several tool calls: some models make one per post."""
    found = [find_json(call) for call in calls]
    if len(calls) == 1 or None in found:
        return calls[0]
    return json.dumps({"posts": [post for posts in found for post in posts or []]})


def _count(usage: object, *names: str) -> int:
    counts = (getattr(usage, name, None) for name in names)
    return next((count for count in counts if isinstance(count, int)), 0)
