"""Bodies: what is sent to a server that speaks OpenAI's language, as JSON."""

import json
from functools import lru_cache

import instructor
from instructor.v2.core.response import handle_response_model
from pydantic import BaseModel, JsonValue

from secondcoder.coding.messages import Message

ALL_MODES = ("tools", "json-schema", "json")
"""How a reply's form can be asked for, in the order in which they are tried."""
_LIKELIHOODS: dict[str, JsonValue] = {"logprobs": True, "top_logprobs": 20}
"""As many alternatives to a token as OpenAI's interface gives at most."""
_POSTS = "\0posts\0"
"""Stands for the posts of a request where all but them is written."""
_FRAMES_KEPT = 64
"""More than the sizes of requests of the few slices that are asked about at a time."""
INSTRUCTOR_MODES = {"tools": instructor.Mode.TOOLS, "json-schema": instructor.Mode.JSON_SCHEMA}


class Bodies:
    """Makes the bodies of chat completions for one model."""

    def __init__(self, model: str) -> None:
        """Take the name that the server knows the model by."""
        self._model = model
        self._frames: dict[tuple[Message, str, float | None], tuple[str, str]] = {}

    def body(
        self, message: Message, mode: str, *, temperature: float | None
    ) -> dict[str, JsonValue]:
        """Return the body of the request for a chat completion.

        Args:
            message: What to ask.
            mode: `tools`, `json-schema` or `json`: how the reply's form is asked for.
            temperature: None: the server's own.
        """
        sampling: dict[str, JsonValue] = {} if temperature is None else {"temperature": temperature}
        form: dict[str, JsonValue] = {"max_tokens": message.weighs, **_LIKELIHOODS}
        if not message.weighs:
            form = _form(mode, message.worded_as)
        if message.posts is not None:
            form = _with_posts(form, message.posts)
        return {"model": self._model, "messages": message.chat(mode), **form, **sampling}

    def written(self, message: Message, mode: str, *, temperature: float | None) -> bytes:
        """Return `body` as JSON, written anew only where requests of one slice differ."""
        shared = (message._replace(user=_POSTS), mode, temperature)
        if shared not in self._frames:
            if len(self._frames) == _FRAMES_KEPT:
                self._frames.clear()
            text = _json(self.body(shared[0], mode, temperature=temperature))
            head, _, tail = text.partition(_json(_POSTS))
            self._frames[shared] = (head, tail)
        return _json(message.user).join(self._frames[shared]).encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@lru_cache(maxsize=128)
def _form(mode: str, model: type[BaseModel]) -> dict[str, JsonValue]:
    """Return how a server is told to answer in the reply's form, as instructor words it.

    Made once per form: instructor would make it anew for each request.
    """
    if mode == "json":
        return {}
    _, form = handle_response_model(model, mode=INSTRUCTOR_MODES[mode], messages=[])
    form.pop("messages", None)
    return form


def _with_posts(form: dict[str, JsonValue], posts: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a form with another schema of `posts`, wherever in it that stands.

    Made as a model of its own, the form of each size of request would take 5 ms to word.
    """
    made: dict[str, JsonValue] = {}
    for key, value in form.items():
        match key, value:
            case "posts", dict():
                made[key] = value | posts
            case _, dict():
                made[key] = _with_posts(value, posts)
            case _, [dict() as only]:
                made[key] = [_with_posts(only, posts)]
            case _:
                made[key] = value
    return made
