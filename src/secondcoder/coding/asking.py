"""Asking a model for drafts: the same client, endpoint and store as coding, one prompt each."""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Generic, NamedTuple, Protocol, Self

from pydantic import BaseModel, ValidationError

from secondcoder.coding.bill import Bill
from secondcoder.coding.circuit import Silence
from secondcoder.coding.client import ModelClient
from secondcoder.coding.endpoints import Settings, foreign_endpoint
from secondcoder.coding.fence import neutralised
from secondcoder.coding.jobs import Tally
from secondcoder.coding.messages import Message
from secondcoder.coding.monitor import Monitor
from secondcoder.coding.pacing import pause_s
from secondcoder.coding.pricing import Budget
from secondcoder.coding.prompts import Template, load_template
from secondcoder.coding.pseudonyms import Pseudonyms
from secondcoder.coding.replies import first_complaint, json_values
from secondcoder.errors import ResponseError, TransientProviderError
from secondcoder.schema.codings import Failure
from secondcoder.schema.drafting import Draft, DraftStore, Prompt, ReplyT
from secondcoder.schema.identity import sha256
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.runs import PromptUsed, Run, Usage

_MOST_ASKED = 3
"""How many unusable replies to one prompt make a failure."""
_LONGEST_CORRECTION = 300
"""Characters of a complaint that the model is told."""
_LONGEST_RAW = 2000
"""Characters of a reply that a failure quotes."""
_DEFAULT = ModelOptions()


class Rendered(NamedTuple):
    """A prompt as it would be sent."""

    message: Message
    template: Template
    user: Mapping[str, object]
    """Values of the template's last part, harmless."""
    schema: str
    """The form of the reply as JSON Schema."""
    key: str
    """Of the draft that answers it."""


class Asked(NamedTuple, Generic[ReplyT]):
    """What came of a prompt, and what it took."""

    reply: ReplyT | Failure
    usage: Usage


class Counted(Protocol):
    """An `Asker` that tells of each prompt what it took."""

    async def asked(self, prompt: Prompt[ReplyT]) -> Asked[ReplyT]:
        """Return the reply or the failure, and what it took."""
        ...


class Renderer:
    """Makes what is sent out of prompts, the same for those who send it and those who count it."""

    def __init__(self, settings: Settings, handles: Collection[str]) -> None:
        """Prepare to make prompts for a model behind an endpoint.

        Args:
            settings: How it is reached and asked.
            handles: Those of the chat, which are hidden without a sign, too; in small letters.
        """
        self._handles = handles
        options = settings.options
        self.model = settings.model
        self.asked = {"mode": options.mode, "temperature": options.temperature}
        self._pseudonyms = options.pseudonyms
        self._place = foreign_endpoint(settings)
        self._templates: dict[tuple[str, int], Template] = {}

    def render(self, prompt: Prompt[ReplyT]) -> Rendered:
        """Return the prompt as it is sent.

        Every text among its values stands on one line, without handles, addresses and links, and
        can't look like a fence or a turn of the model.
        """
        template = self._template(prompt.task, prompt.version)
        names = Pseudonyms(everyone="@someone", hides=self._pseudonyms, known=self._handles)
        system = _harmless(prompt.system, names)
        user = _harmless(prompt.user, names)
        schema = ""
        if prompt.weighs:
            plain = with_schema = template.render("system", **system)
        else:
            schema = json.dumps(prompt.reply.model_json_schema(), ensure_ascii=False)
            plain = template.render("system", reply_schema=None, **system)
            with_schema = template.render("system", reply_schema=schema, **system)
        message = Message(
            system=plain,
            system_with_schema=with_schema,
            user=template.render("user", **_uncorrected(prompt), **user),
            reply_model=prompt.reply,
            is_reply=_holds_json,
            weighs=prompt.weighs,
        )
        key = sha256({
            "prompt": template.sha256,
            "system": message.system,
            "user": message.user,
            "schema": schema,
            "parameters": {"model": self.model, "endpoint": self._place, **self.asked},
        })
        return Rendered(message, template, user, schema, key)

    def find(
        self, prompt: Prompt[ReplyT], sent: Rendered, drafts: DraftStore | None
    ) -> ReplyT | None:
        """Return the reply of the draft that answers a prompt, if there is one that can be used.

        An earlier version of the program may have kept one that is refused now.

        Args:
            prompt: What to ask.
            sent: The same, as it is sent.
            drafts: Where to look.
        """
        if drafts is None:
            return None
        for key in (sent.key, *(self.render(before).key for before in prompt.as_before)):
            kept = drafts.find_draft(key)
            if kept is None:
                continue
            try:
                return _read(kept.raw, prompt)
            except ResponseError:
                continue
        return None

    @property
    def prompts(self) -> tuple[PromptUsed, ...]:
        """Return what was rendered so far, each version of a prompt once."""
        return tuple(
            PromptUsed(name=one.name, sha256=one.sha256) for one in self._templates.values()
        )

    def _template(self, task: str, version: int) -> Template:
        if (task, version) not in self._templates:
            self._templates[task, version] = load_template(task, version=version)
        return self._templates[task, version]


class ModelAsker:
    """An `Asker`: a language model behind one endpoint. An asynchronous context manager."""

    def __init__(  # noqa: PLR0913  # all but the model by keyword
        self,
        model: str,
        *,
        options: ModelOptions = _DEFAULT,
        drafts: DraftStore | None = None,
        backoff_s: float = 0.5,
        budget: Budget | None = None,
        monitor: Monitor | None = None,
        handles: Collection[str] = (),
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            model: `openai/gpt-5-mini`, another provider's name, or a server's own with a base URL.
            options: How the model is reached and asked.
            drafts: Where drafts are looked up first, and kept the moment they arrive.
            backoff_s: Longest first pause between attempts, in seconds; it doubles.
            budget: Shared with others who ask; None: the options', for this one alone.
            monitor: Shared likewise: told what is used.
            handles: Those of the chat, which are hidden without a sign, too; in small letters.
        """
        settings = Settings(model, options, backoff_s)
        self.model = model
        self._most = options.max_attempts
        self._client = ModelClient(settings, budget, monitor)
        self._drafts = drafts
        self._renderer = Renderer(settings, handles)
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

    def describe(self, run: Run) -> Run:
        """Return the run with the settings and the prompts that were asked with so far."""
        prompts = tuple(dict.fromkeys((*run.prompts, *self._renderer.prompts)))
        parameters = {**run.parameters, **self._renderer.asked}
        return run.model_copy(update={"prompts": prompts, "parameters": parameters})

    async def ask(self, prompt: Prompt[ReplyT]) -> ReplyT | Failure:
        """Return the reply, from the store where it is known; a failure when none can be used."""
        return (await self.asked(prompt)).reply

    async def asked(self, prompt: Prompt[ReplyT]) -> Asked[ReplyT]:
        """Return what `ask` does, and what it took."""
        sent = self._renderer.render(prompt)
        message, template, user = sent.message, sent.template, sent.user
        kept = self._renderer.find(prompt, sent, self._drafts)
        if kept is not None:
            self.usage = self.usage.plus(Usage(n_reused=1))
            return Asked(kept, Usage(n_reused=1))
        used = Usage()
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
                    failure = _failure(error, f"{error}; the reply was: {said}")
                    return Asked(failure, used.plus(tally.usage()))
                if not prompt.weighs:
                    told = neutralised(str(error)[:_LONGEST_CORRECTION])
                    user_text = template.render("user", correction=told, **user)
                    message = message._replace(user=user_text)
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
                    return Asked(_failure(error, str(error)), used.plus(tally.usage()))
            else:
                self._keep(sent.key, template, raw, tally)
                return Asked(reply, used.plus(tally.usage()))
            finally:
                self.usage = self.usage.plus(tally.usage())
            used = used.plus(tally.usage())

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
                parameters={**self._renderer.asked, **sent},
                prompt_tokens=tally.prompt_tokens,
                completion_tokens=tally.completion_tokens,
                answered_at=datetime.now(UTC),
            ),
            # Nothing usable was found, so one that is there is of no use.
            instead=self._drafts.find_draft(key) is not None,
        )


class PlanningAsker:
    """An `Asker` that sends nothing: it counts what would be sent, and expects ordinary replies."""

    def __init__(
        self,
        settings: Settings,
        bill: Bill,
        drafts: DraftStore | None,
        handles: Collection[str] = (),
    ) -> None:
        """Start with nothing counted.

        Args:
            settings: How the model would be reached and asked.
            bill: Takes what would be sent.
            drafts: What is in it would not be asked again.
            handles: Those of the chat, as a `ModelAsker` is told them.
        """
        self._renderer = Renderer(settings, handles)
        self._bill = bill
        self._drafts = drafts
        self._planned = set[str]()
        self.usage = Usage()

    async def ask(self, prompt: Prompt[ReplyT]) -> ReplyT | Failure:
        """Return the reply if it is known, else one as is to be expected."""
        return (await self.asked(prompt)).reply

    async def asked(self, prompt: Prompt[ReplyT]) -> Asked[ReplyT]:
        """Return what `ask` does, and what it would take."""
        sent = self._renderer.render(prompt)
        kept = self._renderer.find(prompt, sent, self._drafts)
        if kept is not None:
            self._bill.reuse()
            return Asked(kept, Usage(n_reused=1))
        reply = prompt.expected() if prompt.expected is not None else None
        if sent.key in self._planned and reply is not None:
            self._bill.reuse()  # its answer would be kept by then
            return Asked(reply, Usage(n_reused=1))
        self._planned.add(sent.key)
        message = sent.message
        said = reply.model_dump_json() if reply is not None else ""
        said = " A" * prompt.weighs or said  # so many tokens come, whatever is told of others
        self._bill.add_text((message.system, sent.schema), message.user, said)
        if reply is None:
            failure = Failure(error="NotSent", detail="nothing was sent, and no reply is expected")
            return Asked(failure, Usage(n_requests=1))
        return Asked(reply, Usage(n_requests=1))


def _uncorrected(prompt: Prompt[ReplyT]) -> dict[str, None]:
    """Return the correction of a first request; what is weighed is told of none."""
    return {} if prompt.weighs else {"correction": None}


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
