"""Replies: the closed form, and JSON found in whatever a model wrote around it."""

import json
from typing import get_args

import pytest

from secondcoder.coding.replies import Reading, find_json, read_reply, reply_model
from secondcoder.errors import ResponseError

MODEL = reply_model(["time", "joy"], ["Q1"])
POST = {"post": 1, "left_out": "no-idea"}
WHOLE = json.dumps({"posts": [POST]})


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        f"```json\n{WHOLE}\n```",
        f"Sure! {WHOLE} Anything else?",
        f'<think>the post says {{"posts": []}} but {{a}} [b]</think>\n{WHOLE}',
        json.dumps([POST]),
        json.dumps(POST),
        json.dumps({"posts": [POST]}, indent=4),
    ],
    ids=["bare", "fenced", "prose", "thinking", "list", "one post", "indented"],
)
def test_the_last_complete_answer_is_found(text: str) -> None:
    """Code fences, prose and thoughts around it don't matter."""
    assert find_json(text) == [POST]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "{}",
        "[]",
        "[1]",
        '{"posts": 3}',
        WHOLE[:-1],
        WHOLE[:-3],
        "[" * 100_000,
        "1" * 5000,
    ],
)
def test_what_is_not_a_complete_answer_is_none(text: str) -> None:
    """A truncated reply is never taken for a short one."""
    assert find_json(text) is None


def test_a_truncated_reply_is_not_read_from_its_inside() -> None:
    """Its first posts look whole; the reply isn't."""
    text = '{"posts": [{"post": 1, "left_out": "no-idea"}, {"post": 2, "quo'
    with pytest.raises(ResponseError, match="no complete JSON object") as raised:
        read_reply(text, MODEL, 2)
    assert raised.value.raw == text


def test_an_empty_reply_is_called_empty() -> None:
    """Not the same as a reply in the wrong form."""
    with pytest.raises(ResponseError, match="it is empty"):
        read_reply(" ", MODEL, 1)


def test_every_post_is_in_exactly_one_place() -> None:
    """One good, one doubled, one missing, one foreign."""
    posts = [POST, {"post": 2}, {"post": 2}, {"post": 9}]
    reading = read_reply(json.dumps({"posts": posts}), MODEL, 3)
    assert isinstance(reading, Reading)
    assert set(reading.good) == {1}
    assert reading.bad == {
        2: "post 2 is named 2 times",
        3: "post 3 is missing (the reply names 9 instead)",
    }


def test_a_post_without_a_number_is_not_said_to_be_named_none() -> None:
    """Among several posts it can't be placed; the sentence says what is wrong with it."""
    reading = read_reply(json.dumps({"posts": [{"left_out": "no-idea"}, POST]}), MODEL, 2)
    assert reading.bad == {
        2: "post 2 is missing (a post without a number under 'post' can't be placed)"
    }


def test_the_schema_sent_is_closed_and_needs_no_references() -> None:
    """Ids are enumerated, nothing else may be added, and there is no `$ref` to follow."""
    schema = MODEL.model_json_schema()
    text = json.dumps(schema)
    assert "$ref" not in text
    assert '"enum": ["time", "joy"]' in text
    assert '"enum": ["Q1"]' in text
    post = schema["properties"]["posts"]["items"]
    assert post["additionalProperties"] is False
    assert post["properties"]["quotes"]["items"]["additionalProperties"] is False
    assert post["properties"]["post"]["type"] == "integer"


def test_the_words_of_the_schema_are_told_to_the_model() -> None:
    """Docstrings and descriptions are prompt text; every field has one."""
    items = MODEL.model_json_schema()["properties"]["posts"]["items"]
    quote = items["properties"]["quotes"]["items"]
    for fields in (items["properties"], quote["properties"]):
        assert all(field["description"] for field in fields.values())


def test_two_codebooks_make_two_models() -> None:
    """The models don't share their closed sets."""
    other = reply_model(["luck"], [])
    assert "luck" not in json.dumps(MODEL.model_json_schema())
    assert (
        get_args(other.one.model_fields["quotes"].annotation)[0]
        is not get_args(MODEL.one.model_fields["quotes"].annotation)[0]
    )
