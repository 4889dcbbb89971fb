"""The one file that talks to a provider: openai, instructor and tenacity meet here.

Their own retries are off; one policy tries again what can heal. Traffic goes to one endpoint: the
one named, else the provider's own. `OPENAI_BASE_URL` is ignored and redirects are not followed, so
nothing in the environment sends words elsewhere; a proxy set by the usual variables is used, except
for servers on this machine.
"""

import asyncio
import json
import logging
import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self
from urllib.parse import urlsplit

import instructor
import openai
from instructor.core.exceptions import (
    ConfigurationError,
    IncompleteOutputException,
    InstructorRetryException,
)
from instructor.core.hooks import Hooks
from instructor.v2.auto_client import supported_providers
from instructor.v2.core.response import handle_response_model
from instructor.v2.core.response_model import prepare_response_model
from openai.types.chat import ChatCompletion
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    stop_any,
    wait_random_exponential,
)

from secondcoder.coding.completions import cached_tokens_of, text_of, tokens_of
from secondcoder.coding.faults import (
    Endpoint,
    OverloadedError,
    RejectedError,
    ServerFaultError,
    TimedOutError,
    error_of,
    hanging,
    no_key,
    status_of,
)
from secondcoder.coding.pacing import Pacing
from secondcoder.coding.pricing import Budget, cost_usd, price_of
from secondcoder.coding.replies import Reply, find_json
from secondcoder.errors import InputError, PermanentProviderError, TransientProviderError
from secondcoder.schema.options import ModelOptions

# Any: what the SDKs hand over differs from provider to provider and is checked where it is read.

_OPENAI_URL = "https://api.openai.com/v1"
_LOG = logging.getLogger(__name__)
_ALL_MODES = ("tools", "json-schema", "json")
_MODES = {"tools": instructor.Mode.TOOLS, "json-schema": instructor.Mode.JSON_SCHEMA}
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


class Settings(NamedTuple):
    """Which model, how to reach it, and how long to pause between attempts."""

    model: str
    """`openai/gpt-5-mini`, another provider's name, or a server's own with a base URL."""
    options: ModelOptions
    backoff_s: float = 0.5
    """Longest first pause between attempts; it doubles."""

    @property
    def base_url(self) -> str | None:
        """Return the endpoint that was named."""
        return self.options.base_url

    @property
    def api_key(self) -> str | None:
        """Return the key that was given, or None for the environment's."""
        key = self.options.api_key
        return key.get_secret_value() if key is not None else None


class Message(NamedTuple):
    """What to send; the schema stands in the text where the server takes no other form."""

    system: str
    system_with_schema: str
    user: str
    reply_model: type[Reply]


class _Answered(Protocol):
    """What the HTTP library beneath an SDK hands over, as far as it is looked at."""

    @property
    def headers(self) -> Mapping[str, str]: ...


@dataclass
class Tally:
    """What a message cost, counted as it happens, so that failures count too."""

    n_requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: float | None = None
    duration_s: float = 0.0


class ModelClient:
    """A model behind one endpoint, for the length of a run; an asynchronous context manager."""

    def __init__(self, settings: Settings) -> None:
        """Prepare; nothing is sent yet.

        Args:
            settings: How to reach the model. A missing key is a `PermanentProviderError`.

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
        self._sdk, self._clients, self.endpoint = _connected(settings, self._pacing)
        wanted = _ALL_MODES if settings.options.mode == "auto" else (settings.options.mode,)
        self._price = price_of(settings.model, foreign_endpoint(settings))
        if options.budget_usd is not None and self._price is None:
            raise InputError(
                f"--budget: no price is known for {settings.model} at {self.endpoint.url}, so what "
                f"a run costs can't be limited; leave it out"
            )
        self._budget = Budget(math.inf if options.budget_usd is None else options.budget_usd)
        self._longest_completion = _FIRST_COMPLETION
        self._is_plain = isinstance(self._sdk, openai.AsyncOpenAI)
        self._modes = [mode for mode in wanted if mode in self._clients or self._is_plain]
        if not self._modes:
            raise InputError(
                f"{settings.model} can't be asked in mode '{settings.options.mode}'; use auto"
            )
        self._first = asyncio.Lock()
        self._reached = False
        self._ended: PermanentProviderError | None = None
        self._prepared: dict[type[Reply], type[Reply]] = {}
        self._forms: dict[tuple[str, type[Reply]], dict[str, object]] = {}
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
        close = getattr(self._sdk, "close", None)
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
            if find_json(raw) is not None:
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
            sampling = {} if self.temperature is None else {"temperature": self.temperature}
            try:
                response = await self._exchange(mode, message, sampling)
            except RejectedError as error:
                if "temperature" not in str(error) or not sampling:
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

    async def _exchange(self, mode: str, message: Message, sampling: dict[str, float]) -> object:
        """Return the provider's response object, whatever it says."""
        system = message.system_with_schema if mode == "json" else message.system
        messages: Any = [
            {"role": "system", "content": system},
            {"role": "user", "content": message.user},
        ]
        arrived: list[Any] = []
        try:
            if self._is_plain:
                # `chat.completions.create` would walk through every message in search of what
                # needs renaming, which takes a fifth of a request's processor time.
                form = self._form(mode, message.reply_model)
                return await self._sdk.post(
                    "/chat/completions",
                    cast_to=ChatCompletion,
                    body={
                        "model": self.endpoint.model,
                        "messages": messages,
                        **form,
                        **sampling,
                    },
                )
            hooks = Hooks()
            hooks.on("completion:response", arrived.append)
            return await self._clients[mode].create(
                response_model=self._prepare(message.reply_model),
                messages=messages,
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

    def _form(self, mode: str, model: type[Reply]) -> dict[str, object]:
        """Return how a server is told to answer in the reply's form, as instructor words it.

        Made once per form: instructor would make it anew for each request.
        """
        form = self._forms.get((mode, model))
        if form is None:
            form = {}
            if mode != "json":
                _, form = handle_response_model(model, mode=_MODES[mode], messages=[])
                form.pop("messages", None)
            self._forms[mode, model] = form
        return form

    def _prepare(self, model: type[Reply]) -> type[Reply]:
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


def endpoint_url(settings: Settings) -> str | None:
    """Return the endpoint, or None where only the provider's own SDK knows it.

    >>> endpoint_url(Settings("openai/gpt-5-mini", ModelOptions()))
    'https://api.openai.com/v1'
    """
    default = _OPENAI_URL if settings.model.startswith("openai/") else None
    return settings.base_url or default


def foreign_endpoint(settings: Settings) -> str | None:
    """Return the endpoint if it is not the provider's own: what a name means there, it decides.

    >>> foreign_endpoint(Settings("openai/m", ModelOptions(base_url="http://LOCALHOST:1/v1/")))
    'http://localhost:1/v1'
    """
    if settings.base_url is None:
        return None
    parts = urlsplit(settings.base_url.rstrip("/"))
    url = parts._replace(netloc=parts.netloc.lower()).geturl()
    is_own = settings.model.startswith("openai/") and url == _OPENAI_URL
    return None if is_own else url


def _connected(settings: Settings, pacing: Pacing) -> tuple[Any, dict[str, Any], Endpoint]:
    """Return the SDK's client, an instructor client per mode, and the endpoint.

    Raises:
        InputError: If the model's name names no provider, or its package is not installed.
    """
    provider, _, name = settings.model.partition("/")
    if settings.base_url is not None and (not name or provider not in supported_providers):
        provider, name = "openai", settings.model
    if provider not in supported_providers or not name:
        raise InputError(
            f"'{settings.model}' names no provider: write openai/{settings.model}, or another of "
            f"{', '.join(supported_providers)}; or give --base-url for a server of your own"
        )
    if provider == "openai":
        return _openai(name, settings, pacing)
    variable = f"{provider.upper()}_BASE_URL"
    if settings.base_url is None and variable in os.environ and provider != "databricks":
        raise InputError(
            f"{variable} is set and would send posts elsewhere than to {provider}: unset it, or "
            f"give its address as --base-url"
        )
    options: dict[str, Any] = {} if settings.api_key is None else {"api_key": settings.api_key}
    try:
        clients = {
            mode: instructor.from_provider(
                settings.model, async_client=True, cache=None, mode=wanted, **options
            )
            for mode, wanted in _MODES.items()
        }
    except (ConfigurationError, ImportError) as error:
        kind = PermanentProviderError if "is not set" in str(error) else InputError
        raise kind(f"the provider {provider} can't be used: {error}") from error
    sdk: Any = clients["tools"].client
    for client in clients.values():
        _set(client.client, "max_retries", 0)
        _set(client.client, "timeout", settings.options.timeout_s)
        if settings.base_url is not None and not _set(client.client, "base_url", settings.base_url):
            raise InputError(f"the provider {provider} takes no --base-url; leave it out")
    url = str(getattr(sdk, "base_url", provider))
    return sdk, clients, Endpoint(url, name, f"{provider.upper()}_API_KEY")


def _openai(name: str, settings: Settings, pacing: Pacing) -> tuple[Any, dict[str, Any], Endpoint]:
    """Return what `_connected` does for OpenAI and every server that speaks its language.

    Raises:
        PermanentProviderError: If OpenAI's own endpoint is asked without a key.
    """
    url = settings.base_url or _OPENAI_URL
    endpoint = Endpoint(url, name, "OPENAI_API_KEY")
    key = settings.api_key or os.environ.get("OPENAI_API_KEY")
    if not key and settings.base_url is None:
        raise PermanentProviderError(no_key(endpoint))
    is_local = urlsplit(url).hostname in {"localhost", "127.0.0.1", "::1"}

    async def heard(response: _Answered) -> None:
        pacing.heard(response.headers)

    sdk = openai.AsyncOpenAI(
        api_key=key or "none-needed",
        base_url=url,
        max_retries=0,
        timeout=settings.options.timeout_s,
        http_client=openai.DefaultAsyncHttpxClient(
            follow_redirects=False,
            trust_env=not is_local,
            timeout=settings.options.timeout_s,
            event_hooks={"response": [heard]},
        ),
    )
    return sdk, {}, endpoint


def _set(sdk: object, name: str, value: object) -> bool:
    """Set an option of an SDK's client, if it has it; return whether it had."""
    if not hasattr(sdk, name):
        return False
    setattr(sdk, name, value)
    return True
