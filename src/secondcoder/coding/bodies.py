"""Bodies: what is sent to a server that speaks OpenAI's language, as JSON."""

from collections.abc import Callable
from typing import NamedTuple

import instructor
from instructor.v2.core.response import handle_response_model
from pydantic import BaseModel, JsonValue

from secondcoder.coding.replies import holds_posts

ALL_MODES = ("tools", "json-schema", "json")
"""How a reply's form can be asked for, in the order in which they are tried."""
INSTRUCTOR_MODES = {"tools": instructor.Mode.TOOLS, "json-schema": instructor.Mode.JSON_SCHEMA}


class Message(NamedTuple):
    """What to send; the schema stands in the text where the server takes no other form."""

    system: str
    system_with_schema: str
    user: str
    reply_model: type[BaseModel]
    is_reply: Callable[[str], bool] = holds_posts
    """Whether a server that said this can be asked in the mode in which it was asked."""

    def chat(self, mode: str) -> list[JsonValue]:
        """Return the two messages of a chat that ask for it in a mode."""
        system = self.system_with_schema if mode == "json" else self.system
        return [{"role": "system", "content": system}, {"role": "user", "content": self.user}]


class Bodies:
    """Makes the bodies of chat completions for one model."""

    def __init__(self, model: str) -> None:
        """Take the name that the server knows the model by."""
        self._model = model
        self._forms: dict[tuple[str, type[BaseModel]], dict[str, JsonValue]] = {}

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
        form = self._form(mode, message.reply_model)
        return {"model": self._model, "messages": message.chat(mode), **form, **sampling}

    def _form(self, mode: str, model: type[BaseModel]) -> dict[str, JsonValue]:
        """Return how a server is told to answer in the reply's form, as instructor words it.

        Made once per form: instructor would make it anew for each request.
        """
        form = self._forms.get((mode, model))
        if form is None:
            form = {}
            if mode != "json":
                _, form = handle_response_model(model, mode=INSTRUCTOR_MODES[mode], messages=[])
                form.pop("messages", None)
            self._forms[mode, model] = form
        return form
