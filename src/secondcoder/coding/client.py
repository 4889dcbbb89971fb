"""The client: one message in, the raw reply out, whatever happens in between.

The SDKs' own retries are off; one policy tries again what can heal.
"""

import asyncio
import json
import logging
import time
from types import TracebackType
from typing import Any, Self

import httpx2
import openai
from instructor.core.exceptions import (
    IncompleteOutputException,
    InstructorRetryException,
)
from instructor.core.hooks import Hooks
from instructor.v2.core.response_model import prepare_response_model
from pydantic import BaseModel
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    stop_any,
    wait_random_exponential,
)

from secondcoder.coding.bodies import ALL_MODES, Bodies, Message
from secondcoder.coding.completions import cached_tokens_of, text_of, tokens_of
from secondcoder.coding.connection import connected
from secondcoder.coding.endpoints import Settings, foreign_endpoint
from secondcoder.coding.faults import (
    OverloadedError,
    RejectedError,
    ServerFaultError,
    TimedOutError,
    error_of,
    hanging,
    status_of,
)
from secondcoder.coding.jobs import Tally
from secondcoder.coding.pacing import Pacing
from secondcoder.coding.pricing import Budget, cost_usd, price_of
from secondcoder.errors import InputError, PermanentProviderError, TransientProviderError

# Any: what the SDKs hand over differs from provider to provider and is checked where it is read.

_LOG = logging.getLogger(__name__)
_CHARACTERS_PER_TOKEN = 4
"""Rough, and enough to keep to a budget per minute that servers count in their own tokens."""
_FIRST_COMPLETION = 300
"""Tokens of a reply, as money is set aside for it, until a longer one has come."""
_MAX_DELAY_S = 300.0
"""No request is tried again later than this after its first attempt."""
_MOST_SILENT_ATTEMPTS = 2
"""A server that has never answered may let so many requests time out."""

# instructor logs every failed call as an error, which would reach the terminal of whoever has not
# set up logging; the same failures are reported by us.
logging.getLogger("instructor").addHandler(logging.NullHandler())


class ModelClient:
    """A model behind one endpoint, for the length of a run; an asynchronous context manager."""

    def __init__(self, settings: Settings, budget: Budget | None = None) -> None:
        """Prepare; nothing is sent yet.

        Args:
            settings: How to reach the model. A missing key is a `PermanentProviderError`.
            budget: Shared with other clients; None: the options', for this client alone.

        Raises:
            InputError: If the provider is unknown, not installed, or can't do what is asked.
        """
        self._settings = settings
        options = settings.options
        self._pacing = Pacing(
            options.concurrency,
            requests_per_minute=options.requests_per_minute,
            tokens_per_minute=options.tokens_per_minute,
        )
        self._connection = connected(settings, self._pacing.heard)
        self.endpoint = self._connection.endpoint
        self._bodies = Bodies(self.endpoint.model)
        wanted = ALL_MODES if settings.options.mode == "auto" else (settings.options.mode,)
        self._price = price_of(settings.model, foreign_endpoint(settings))
        if options.budget_usd is not None and self._price is None:
            raise InputError(
                f"--budget: no price is known for {settings.model} at {self.endpoint.url}, so what "
                f"a run costs can't be limited; leave it out"
            )
        self._budget = budget or Budget(options.budget_usd)
        self._longest_completion = _FIRST_COMPLETION
        usable = ALL_MODES if self._connection.is_plain else self._connection.clients
        self._modes = [mode for mode in wanted if mode in usable]
        if not self._modes:
            raise InputError(
                f"{settings.model} can't be asked in mode '{settings.options.mode}'; use auto"
            )
        self._first = asyncio.Lock()
        self._reached = False
        self._ended: PermanentProviderError | None = None
        self._prepared: dict[type[BaseModel], type[BaseModel]] = {}
        self.mode: str | None = None
        self.temperature = settings.options.temperature

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        close = getattr(self._connection.sdk, "close", None)
        if close is not None:
            await close()

    async def send(self, message: Message, tally: Tally) -> str:
        """Return the raw reply; time-outs, 429 and 5xx are tried again, nothing else.

        Until a usable reply has come, messages go one by one and try the modes in turn: so an
        unreachable server or a wrong key ends the run after one request, and the mode that worked
        is kept for the rest of the run.

        Args:
            message: What to send.
            tally: Counts what it cost, whatever comes of it.

        What nothing can be sent after (a wrong key, no server) is raised as
        `PermanentProviderError`; `TransientProviderError` has been tried again; `ResponseError` is
        about this message alone.
        """
        if self.mode is None:
            async with self._first:
                if self._ended is not None:
                    raise self._ended
                if self.mode is None:
                    return await self._find_mode(message, tally)
        return await self._retried(self.mode, message, tally)

    async def _find_mode(self, message: Message, tally: Tally) -> str:
        raw = ""
        for mode in self._modes:
            try:
                raw = await self._retried(mode, message, tally)
            except PermanentProviderError as error:
                self._ended = error
                raise
            except (RejectedError, ServerFaultError) as error:
                if mode == self._modes[-1]:
                    raise
                _LOG.debug("mode %s does not work here: %s", mode, error)
                continue
            if message.is_reply(raw):
                self.mode = mode
                break
        return raw

    async def _retried(self, mode: str, message: Message, tally: Tally) -> str:
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(TransientProviderError),
            wait=self._wait_s,
            stop=self._stops,
            reraise=True,
        )
        try:
            return await retrying(self._once, mode, message, tally)
        except TimedOutError as error:
            if self._reached:
                raise
            raise hanging(self.endpoint, self._settings.options.timeout_s) from error

    def _stops(self, state: RetryCallState) -> bool:
        """Return whether enough attempts were made: fewer where a server has only ever hung."""
        most = self._settings.options.max_attempts
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TimedOutError) and not self._reached:
            most = min(most, _MOST_SILENT_ATTEMPTS)
        return stop_any(stop_after_attempt(most), stop_after_delay(_MAX_DELAY_S))(state)

    def _wait_s(self, state: RetryCallState) -> float:
        """Return the pause before the next attempt: what the server asked for, else a random one.

        Source: exponential back-off with full jitter, as tenacity does it.
        """
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_s if isinstance(error, TransientProviderError) else None
        random = wait_random_exponential(multiplier=self._settings.backoff_s, max=30)
        return random(state) if asked is None else asked

    async def _once(self, mode: str, message: Message, tally: Tally) -> str:
        # With the schema, which is part of the prompt in every mode.
        n_sent = len(message.system_with_schema) + len(message.user)
        n_tokens = n_sent // _CHARACTERS_PER_TOKEN
        async with self._pacing.turn(n_tokens) as since:
            held_usd = cost_usd(self._price, n_tokens, 0, self._longest_completion) or 0.0
            self._budget.hold(held_usd)
            started = time.monotonic()
            tally.n_requests += 1
            temperature = self.temperature
            try:
                response = await self._exchange(mode, message, temperature)
            except RejectedError as error:
                if "temperature" not in str(error) or temperature is None:
                    raise
                # Reasoning models refuse to be given one; what they do by default must do.
                self.temperature = None
                response = None
            except OverloadedError as error:
                self._pacing.overloaded(since, error.retry_after_s)
                raise
            finally:
                tally.duration_s += time.monotonic() - started
                self._budget.spend(0.0, held_usd=held_usd)
        if response is None:
            return await self._once(mode, message, tally)
        self._reached = True
        self._pacing.answered()
        prompt_tokens, completion_tokens = tokens_of(response)
        cached_tokens = cached_tokens_of(response)
        tally.prompt_tokens += prompt_tokens
        tally.completion_tokens += completion_tokens
        tally.cached_tokens += cached_tokens
        self._longest_completion = max(self._longest_completion, completion_tokens)
        cost = cost_usd(self._price, prompt_tokens, cached_tokens, completion_tokens)
        if cost is not None:
            tally.cost_usd = (tally.cost_usd or 0.0) + cost
            self._budget.spend(cost)
        return text_of(response)

    async def _exchange(self, mode: str, message: Message, temperature: float | None) -> object:
        """Return the provider's response object, whatever it says."""
        arrived: list[Any] = []
        try:
            if self._connection.is_plain:
                # `chat.completions.create` would walk through every message in search of what
                # needs renaming, which takes a fifth of a request's processor time.
                # Likewise an object made of the answer: three fields of its JSON are looked at.
                answer = await self._connection.sdk.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    body=self._bodies.body(message, mode, temperature=temperature),
                )
                return _decoded(answer)
            hooks = Hooks()
            hooks.on("completion:response", arrived.append)
            sampling = {} if temperature is None else {"temperature": temperature}
            return await self._connection.clients[mode].create(
                response_model=self._prepare(message.reply_model),
                messages=message.chat(mode),
                max_retries=0,
                hooks=hooks,
                **sampling,
            )
        except IncompleteOutputException:
            return arrived[0]
        except InstructorRetryException as error:
            if arrived:  # a reply came, only not as instructor reads it; we read it ourselves
                return arrived[0]
            raise self._fault(error.__cause__ or error) from error
        except (openai.OpenAIError, json.JSONDecodeError) as error:
            raise self._fault(error) from error

    def _prepare(self, model: type[BaseModel]) -> type[BaseModel]:
        """Return the model as instructor wants it; asked per request, it would be made anew."""
        if model not in self._prepared:
            self._prepared[model] = prepare_response_model(model) or model
        return self._prepared[model]

    def _fault(self, error: BaseException) -> BaseException:
        """Return our error for a provider's; what has nothing to do with it is a bug, and kept."""
        answered = status_of(error) is not None or isinstance(error, json.JSONDecodeError)
        self._reached = self._reached or answered
        ours = error_of(error, self.endpoint, reached=self._reached)
        if ours is None and isinstance(error, openai.OpenAIError):
            return PermanentProviderError(f"{self.endpoint.url}: {error}")
        return ours or error


def _decoded(answer: httpx2.Response) -> object:
    """Return the JSON of an answer, or the text of one that does not say that it is JSON.

    Raises:
        JSONDecodeError: If it says so and is not.
    """
    text = answer.content.decode("utf-8-sig", "replace")
    kind = answer.headers.get("content-type", "json").partition(";")[0]
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        if kind.endswith("json"):
            raise
        return text
