"""Asking a model for drafts: the same client, endpoint and store as coding, one prompt each."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from pydantic import BaseModel, ValidationError

from secondcoder.coding.bodies import Message
from secondcoder.coding.circuit import Silence
from secondcoder.coding.client import ModelClient
from secondcoder.coding.endpoints import Settings, foreign_endpoint
from secondcoder.coding.fence import neutralised
from secondcoder.coding.jobs import Tally
from secondcoder.coding.pacing import pause_s
from secondcoder.coding.prompts import Template, load_template
from secondcoder.coding.pseudonyms import Pseudonyms
from secondcoder.coding.replies import first_complaint, json_values
from secondcoder.errors import ResponseError, TransientProviderError
from secondcoder.schema.codings import Failure
from secondcoder.schema.drafting import Draft, DraftStore, Prompt, ReplyT
from secondcoder.schema.identity import sha256
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.runs import Usage

_MOST_ASKED = 3
"""How many unusable replies to one prompt make a failure."""
_LONGEST_CORRECTION = 300
"""Characters of a complaint that the model is told."""
_LONGEST_RAW = 2000
"""Characters of a reply that a failure quotes."""
_DEFAULT = ModelOptions()


class ModelAsker:
    """An `Asker`: a language model behind one endpoint. An asynchronous context manager."""

    def __init__(
        self,
        model: str,
        *,
        options: ModelOptions = _DEFAULT,
        drafts: DraftStore | None = None,
        backoff_s: float = 0.5,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            model: `openai/gpt-5-mini`, another provider's name, or a server's own with a base URL.
            options: How the model is reached and asked.
            drafts: Where drafts are looked up first, and kept the moment they arrive.
            backoff_s: Longest first pause between attempts, in seconds; it doubles.
        """
        settings = Settings(model, options, backoff_s)
        self.model = model
        self._most = options.max_attempts
        self._client = ModelClient(settings)
        self._drafts = drafts
        self._pseudonyms = options.pseudonyms
        self._asked = {"mode": options.mode, "temperature": options.temperature}
        self._place = foreign_endpoint(settings)
        self._templates: dict[tuple[str, int], Template] = {}
        self.usage = Usage()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.__aexit__(kind, error, traceback)

    async def ask(self, prompt: Prompt[ReplyT]) -> ReplyT | Failure:
        """Return the reply, from the store where it is known; a failure when none can be used.

        Args:
            prompt: Every text among its values is sent on one line, without handles, addresses and
                links, and can't look like a fence or a turn of the model.
        """
        template = self._template(prompt.task, prompt.version)
        names = Pseudonyms(everyone="@someone", hides=self._pseudonyms)
        system = _harmless(prompt.system, names)
        user = _harmless(prompt.user, names)
        schema = json.dumps(prompt.reply.model_json_schema(), ensure_ascii=False)
        message = Message(
            system=template.render("system", reply_schema=None, **system),
            system_with_schema=template.render("system", reply_schema=schema, **system),
            user=template.render("user", correction=None, **user),
            reply_model=prompt.reply,
            is_reply=_holds_json,
        )
        key = sha256({
            "prompt": template.sha256,
            "system": message.system,
            "user": message.user,
            "schema": schema,
            "parameters": {"model": self.model, "endpoint": self._place, **self._asked},
        })
        kept = self._drafts.find_draft(key) if self._drafts is not None else None
        if kept is not None:
            self.usage = self.usage.plus(Usage(n_reused=1))
            return _read(kept.raw, prompt)
        n_left, n_unusable = self._most, 0
        silences: list[Silence] = []
        while True:
            tally = Tally()
            try:
                raw = await self._client.send(message, tally, most=n_left)
                reply = _read(raw, prompt)
            except ResponseError as error:
                n_left -= tally.n_requests
                n_unusable += 1
                if n_unusable == _MOST_ASKED or n_left <= 0:
                    said = error.raw[:_LONGEST_RAW] or "empty"
                    return _failure(error, f"{error}; the reply was: {said}")
                told = neutralised(str(error)[:_LONGEST_CORRECTION])
                message = message._replace(user=template.render("user", correction=told, **user))
            except TransientProviderError as error:
                silences += tally.silences
                n_left -= tally.n_requests
                await asyncio.sleep(pause_s(error, len(silences), self._client.settings.backoff_s))
                if n_left <= 0:
                    # The prompt is to blame only if something else is answered.
                    await self._client.circuit.assure(silences[-1])
                    n_left += self._client.circuit.excused(silences)
                    silences.clear()
                if n_left <= 0:
                    return _failure(error, str(error))
            else:
                self._keep(key, template, raw, tally)
                return reply
            finally:
                self.usage = self.usage.plus(tally.usage())

    def _template(self, task: str, version: int) -> Template:
        if (task, version) not in self._templates:
            self._templates[task, version] = load_template(task, version=version)
        return self._templates[task, version]

    def _keep(self, key: str, template: Template, raw: str, tally: Tally) -> None:
        if self._drafts is None:
            return
        sent = {"mode_used": self._client.mode, "temperature_used": self._client.temperature}
        self._drafts.keep_draft(
            Draft(
                key=key,
                task=template.name,
                raw=raw,
                model=self.model,
                prompt_sha256=template.sha256,
                parameters={**self._asked, **sent},
                prompt_tokens=tally.prompt_tokens,
                completion_tokens=tally.completion_tokens,
                answered_at=datetime.now(UTC),
            )
        )


def _read(raw: str, prompt: Prompt[ReplyT]) -> ReplyT:
    """Return the last JSON object of a reply as what was asked for.

    Raises:
        ResponseError: Saying what is wrong with it.
    """
    found = [value for value in json_values(raw) if isinstance(value, dict)]
    if not found:
        raise ResponseError("it holds no complete JSON object", raw=raw)
    try:
        reply = prompt.reply.model_validate(found[-1])
    except ValidationError as error:
        raise ResponseError(first_complaint(error), raw=raw) from error
    complaint = prompt.check(reply)
    if complaint is not None:
        raise ResponseError(complaint, raw=raw)
    return reply


def _holds_json(raw: str) -> bool:
    return any(isinstance(value, dict) for value in json_values(raw))


def _harmless(values: Mapping[str, object], names: Pseudonyms) -> dict[str, object]:
    return {name: _hidden(value, names) for name, value in values.items()}


def _hidden(value: object, names: Pseudonyms) -> object:
    """Return the value with every text in it neutralised, and without what tells people apart."""
    match value:
        case str():
            return neutralised(names.hide(value))
        case Mapping():
            return {key: _hidden(item, names) for key, item in value.items()}
        case Sequence():
            return [_hidden(item, names) for item in value]
        case BaseModel():
            return _hidden(value.model_dump(), names)
        case _:
            return value


def _failure(error: Exception, detail: str) -> Failure:
    return Failure(error=type(error).__name__, detail=detail)
