"""Bodies of requests: what a server is sent, made without sending it."""

import json

import pytest
from pydantic import JsonValue

from secondcoder.coding.bodies import ALL_MODES, Bodies
from secondcoder.coding.lines import Form, line_reply
from secondcoder.coding.messages import Message
from secondcoder.coding.replies import reply_model

MODEL = reply_model(["time"], ["Q1"])
MESSAGE = Message("rules", "rules and schema", "posts", MODEL)


def system_of(body: dict[str, JsonValue]) -> JsonValue:
    """Return the text of a body's first message."""
    messages = body["messages"]
    assert isinstance(messages, list)
    assert isinstance(messages[0], dict)
    return messages[0]["content"]


@pytest.mark.parametrize("mode", ALL_MODES)
def test_a_body_holds_the_model_the_two_messages_and_the_temperature(mode: str) -> None:
    """The schema stands in the system text in the mode that sends it in no other way."""
    body = Bodies("m").body(MESSAGE, mode, temperature=0.5)
    assert body["model"] == "m"
    assert body["temperature"] == 0.5
    assert system_of(body) == ("rules and schema" if mode == "json" else "rules")


def test_without_a_temperature_the_server_takes_its_own() -> None:
    """The field is not sent at all: reasoning models refuse to be given one."""
    assert "temperature" not in Bodies("m").body(MESSAGE, "tools", temperature=None)


def test_each_mode_asks_for_the_form_of_the_reply_in_its_own_field() -> None:
    """A tool that must be called, a response format, or neither."""
    bodies = {mode: Bodies("m").body(MESSAGE, mode, temperature=None) for mode in ALL_MODES}
    assert {mode: set(body) - {"model", "messages"} for mode, body in bodies.items()} == {
        "tools": {"tools", "tool_choice"},
        "json-schema": {"response_format"},
        "json": set(),
    }


@pytest.mark.parametrize("mode", ["tools", "json-schema"])
def test_a_form_is_narrowed_to_the_size_of_its_request_as_instructor_would_word_it(
    mode: str,
) -> None:
    """The short way, which changes one entry, gives what the long way gives."""
    whole = line_reply(Form({"T1": "time"}, {"time": ("Q1",)}, ("Q1",), 1, 1))
    sized = Message("rules", "rules and schema", "posts", whole, size=(2, 3))
    worded = Message("rules", "rules and schema", "posts", sized.sized_model)
    short = Bodies("m").body(sized, mode, temperature=None)
    assert short == Bodies("m").body(worded, mode, temperature=None)
    assert '"maxItems": 2' in json.dumps(short)
    assert '"maxItems"' not in json.dumps(
        Bodies("m").body(sized._replace(size=None), mode, temperature=None)
    )


@pytest.mark.parametrize("mode", ALL_MODES)
def test_a_body_is_written_as_its_json_whatever_was_written_before(mode: str) -> None:
    """Posts, sizes and slices differ; what requests share is not taken from another."""
    books = [
        line_reply(Form({"T1": name}, {name: ("Q1",)}, ("Q1",), 1, 1)) for name in ("time", "tea")
    ]
    bodies = Bodies("m")
    for model in (*books, MODEL):
        for size in ((1, 2), (2, 3)):
            for user in ("posts", 'more "posts" \u2615\n'):
                message = Message(f"rules {model}", "rules and schema", user, model, size=size)
                body = bodies.body(message, mode, temperature=0.5)
                written = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
                assert bodies.written(message, mode, temperature=0.5) == written


def test_forms_of_lines_are_worded_once_for_all_slices() -> None:
    """Wording one takes milliseconds, in which no request leaves."""
    forms = [Form({"T1": name}, {name: ("Q1",)}, ("Q1",), 1, 1) for name in ("time", "tea")]
    one, other = (Message("rules", "", "posts", line_reply(form), size=(1, 1)) for form in forms)
    assert one.worded_as is other.worded_as
