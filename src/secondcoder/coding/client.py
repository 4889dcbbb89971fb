"""The client: one message in, the raw reply out, or what went wrong.

The SDKs' own retries are off, and nothing is tried again here: the runner does, which knows how
often each post has been asked about.
"""

import asyncio
import json
import logging
import time
from collections import Counter
from contextlib import suppress
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
from pydantic import BaseModel, SecretStr

from secondcoder.coding.acquaintance import Acquaintance, first_at_once
from secondcoder.coding.bodies import ALL_MODES, Bodies
from secondcoder.coding.circuit import Circuit
from secondcoder.coding.completions import cached_tokens_of, text_of, tokens_of, weights_of
from secondcoder.coding.connection import connected
from secondcoder.coding.endpoints import NO_KEY, Settings, foreign_endpoint
from secondcoder.coding.faults import (
    CutOffError,
    OverloadedError,
    RejectedError,
    ServerFaultError,
    TimedOutError,
    error_of,
    hanging,
    status_of,
)
from secondcoder.coding.jobs import Tally
from secondcoder.coding.messages import Message
from secondcoder.coding.monitor import Monitor
from secondcoder.coding.pacing import Pacing
from secondcoder.coding.pricing import Budget, cost_usd, price_of
from secondcoder.coding.replies import Reply
from secondcoder.coding.transport import Answered
from secondcoder.errors import (
    InputError,
    PermanentProviderError,
    ResponseError,
    TransientProviderError,
)

# Any: what the SDKs hand over differs from provider to provider and is checked where it is read.

_LOG = logging.getLogger(__name__)
_TURNS_TO_LEAVE = 2
"""Turns of the event loop that a request takes to leave when it has its place in flight."""
_CHARACTERS_PER_TOKEN = 4
"""Rough, and enough to keep to a budget per minute that servers count in their own tokens."""
_FIRST_COMPLETION = 300
"""Tokens of a reply, as money is set aside for it, until a longer one has come."""
_MOST_SILENT_ATTEMPTS = 2
"""A server that has never answered may let so many requests time out."""
_MOST_BROKEN = 2
"""A server that breaks down so often over the first form of a request is asked in the next."""
_PING = Message("This is a test.", "This is a test.", "Say OK.", Reply)

# instructor logs every failed call as an error, which would reach the terminal of whoever has not
# set up logging; the same failures are reported by us.
logging.getLogger("instructor").addHandler(logging.NullHandler())


class ModelClient:
    """A model behind one endpoint, for the length of a run; an asynchronous context manager."""

    def __init__(
        self,
        settings: Settings,
        budget: Budget | None = None,
        monitor: Monitor | None = None,
        known: Acquaintance | None = None,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            settings: How to reach the model. A missing key is a `PermanentProviderError`.
            budget: Shared with other clients; None: the options', for this client alone.
            monitor: Shared likewise: told what is used, and why nothing is asked.
            known: What earlier clients of the run have learnt of the model; added to.

        Raises:
            InputError: If the provider is unknown, not installed, or can't do what is asked.
        """
        self.settings = settings
        monitor = monitor or Monitor()
        self._monitor = monitor
        options = settings.options
        self._pacing = Pacing(
            options.concurrency,
            requests_per_minute=options.requests_per_minute,
            tokens_per_minute=options.tokens_per_minute,
        )
        self._connection = connected(settings, self._pacing.heard)
        self.endpoint = self._connection.endpoint
        self.circuit = Circuit(
            self._ping,
            self.endpoint,
            patience_s=options.patience_s,
            backoff_s=settings.backoff_s,
            told=monitor.tell,
        )
        if options.likelihoods and self._connection.posting is None:
            raise InputError(
                f"{settings.model} can't be asked for likelihoods: that is done in OpenAI's "
                f"language; leave --likelihoods out, or give --base-url for a server that speaks it"
            )
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
        usable = ALL_MODES if self._connection.posting is not None else self._connection.clients
        self._modes = [mode for mode in wanted if mode in usable]
        if not self._modes:
            raise InputError(
                f"{settings.model} can't be asked in mode '{settings.options.mode}'; use auto"
            )
        self._first = asyncio.Semaphore(first_at_once(options.concurrency))
        self._known = known or Acquaintance()
        self._n_hung = 0
        self._n_broken: Counter[str] = Counter()
        self._prepared: dict[type[BaseModel], type[BaseModel]] = {}

    @property
    def mode(self) -> str | None:
        """Return how a reply's form is asked for; None: no usable reply has come yet."""
        return self._known.mode

    @property
    def temperature(self) -> float | None:
        """Return what is asked for; None: the server's own."""
        return self.settings.options.temperature if self._known.takes_temperature else None

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

    async def send(self, message: Message, tally: Tally, *, most: int) -> str:
        """Return the raw reply to one request.

        Until a usable reply has come, messages go a few at a time and try the forms of a request in
        turn: so an unreachable server or a wrong key ends the run after few requests, and the form
        that worked is kept for the rest of the run.

        Args:
            message: What to send.
            tally: Counts what it cost, whatever comes of it.
            most: No more requests than this, whatever forms are left to try.

        What nothing can be sent after (a wrong key, no server) is raised as
        `PermanentProviderError`, or `OutageError` where it may be later; `TransientProviderError`
        may heal; `ResponseError` is about this message alone.
        """
        if self._known.mode is None:
            async with self._first:
                if self._known.mode is None:
                    return await self._first_reply(message, tally, most)
        return await self._once(self._known.mode, message, tally)

    async def _first_reply(self, message: Message, tally: Tally, most: int) -> str:
        """Return the reply to a message in the first form that works.

        Raises:
            RejectedError: If none does.
        """
        try:
            return await self._find_mode(message, tally, most)
        except RejectedError as error:
            if message.weighs:
                await self._see_that_it_weighs(error)
            raise

    async def _see_that_it_weighs(self, refused: RejectedError) -> None:
        """Tell a server that refuses to say how likely its tokens are from one that refuses a text.

        Args:
            refused: What it said of the text.

        The first is a `PermanentProviderError`.
        """
        mode = self._modes[-1]
        try:
            # Counted with the run: no post is to blame for it.
            await self._once(mode, _PING._replace(weighs=1), self._monitor.pings)
        except ResponseError as error:
            raise self._never_weighs(refused) from error
        except TransientProviderError as error:
            _LOG.debug("whether likelihoods can be had is asked again later: %s", error)
        else:
            self._known.mode = mode

    async def _find_mode(self, message: Message, tally: Tally, most: int) -> str:
        modes = [mode for mode in self._modes if self._n_broken[mode] < _MOST_BROKEN]
        modes = modes or self._modes[-1:]
        while True:
            mode = modes.pop(0)
            is_last = not modes or tally.n_requests + 1 >= most
            try:
                raw = await self._once(mode, message, tally)
            except RejectedError as error:
                if self.temperature is not None and "temperature" in str(error):
                    # Reasoning models refuse to be given one; what they do by default must do.
                    self._known.takes_temperature = False
                    modes.insert(0, mode)
                    is_last = tally.n_requests >= most
                if is_last:
                    raise
                _LOG.debug("mode %s does not work here: %s", mode, error)
            except ServerFaultError:
                self._n_broken[mode] += 1
                if is_last or self._n_broken[mode] < _MOST_BROKEN:
                    raise
            else:
                if message.is_reply(raw):
                    self._known.mode = mode
                if is_last or self._known.mode is not None:
                    return raw

    async def _once(self, mode: str, message: Message, tally: Tally) -> str:
        # With the schema, which is part of the prompt in every mode.
        n_sent = len(message.system_with_schema) + len(message.user)
        n_tokens = n_sent // _CHARACTERS_PER_TOKEN
        while True:
            await self.circuit.turn()
            async with self._pacing.turn(n_tokens) as since:
                if self.circuit.is_open:  # the provider went down as this one waited
                    continue
                number = self.circuit.leaves()
                try:
                    response = await self._metered(mode, message, n_tokens, tally)
                except OverloadedError as error:
                    self._pacing.overloaded(since, error.retry_after_s)
                    tally.silences.append(self.circuit.unanswered(number, error))
                    raise
                except TransientProviderError as error:
                    tally.silences.append(self.circuit.unanswered(number, error))
                    raise
                except ResponseError:
                    self.circuit.answered(number)
                    raise
                except PermanentProviderError as error:
                    self.circuit.end(error)
                    raise
            self.circuit.answered(number)
            self._pacing.answered()
            for _ in range(_TURNS_TO_LEAVE):  # the next one leaves before this one's reply is read
                await asyncio.sleep(0)
            return self.endpoint.without_key(self._read(message, response))

    def _read(self, message: Message, response: object) -> str:
        """Return the text of a reply, or how likely each token was.

        A server that is asked for that and has never said it is a `PermanentProviderError`.

        Raises:
            ResponseError: If it says nothing of this text.
        """
        if not message.weighs:
            return text_of(response)
        try:
            return weights_of(response, message.weighs)
        except ResponseError as error:
            with suppress(CutOffError):  # no more tokens were asked for
                text_of(response)
            if self._known.mode is not None:
                raise
            raise self._never_weighs(error) from error

    def _never_weighs(self, error: ResponseError) -> PermanentProviderError:
        ended = PermanentProviderError(
            f"{self.endpoint.url} does not say how likely its tokens are, which --likelihoods "
            f"needs; leave that out, or use a server that does (logprobs, top_logprobs). "
            f"Last: {error}"
        )
        self.circuit.end(ended)
        return ended

    async def _ping(self) -> None:
        """Ask for next to nothing, to see whether anything is answered.

        Raises:
            TransientProviderError: If it is not.
        """
        n_tokens = len(_PING.system + _PING.user) // _CHARACTERS_PER_TOKEN
        # Not in turn: requests that hang would hold it back.
        await self._pacing.allowed(n_tokens)
        mode = "json" if self._connection.posting is not None else self._modes[0]
        try:
            await self._metered(mode, _PING, n_tokens, self._monitor.pings)
        except ResponseError as error:
            _LOG.debug("what was sent to see whether anything is answered was refused: %s", error)
        except TransientProviderError:
            # What comes after an outage starts gently, and says nothing of what came before it.
            self._pacing.restart()
            self._n_broken.clear()
            raise

    async def _metered(self, mode: str, message: Message, n_tokens: int, tally: Tally) -> object:
        """Return the provider's response object, after counting what it took.

        Raises:
            PermanentProviderError: If the server has only ever hung.
            TimedOutError: If it hangs now.
        """
        longest = message.weighs or self._longest_completion
        held_usd = cost_usd(self._price, n_tokens, 0, longest) or 0.0
        self._budget.hold(held_usd)
        started = time.monotonic()
        for each in (tally, self._monitor.total):
            each.sent(has_price=self._price is not None)
        try:
            response = await self._exchange(mode, message)
        except TimedOutError as error:
            self._n_hung += 1
            if self._known.was_reached or self._n_hung < _MOST_SILENT_ATTEMPTS:
                raise
            never = hanging(self.endpoint, self.settings.options.timeout_s)
            raise PermanentProviderError(never) from error
        finally:
            tally.duration_s += time.monotonic() - started
            self._budget.spend(0.0, held_usd=held_usd)
        self._known.was_reached = True
        prompt, completion = tokens_of(response)
        cached = cached_tokens_of(response)
        self._longest_completion = max(self._longest_completion, completion)
        is_counted = bool(prompt or completion)
        cost = cost_usd(self._price, prompt, cached, completion) if is_counted else None
        # Where the server does not say what it took, the budget counts what was set aside.
        spent_usd = held_usd if cost is None else cost
        self._budget.spend(spent_usd)
        self._monitor.budgeted_usd += spent_usd
        for each in (tally, self._monitor.total):
            each.used(prompt, cached, completion, cost)
        return response

    async def _exchange(self, mode: str, message: Message) -> object:
        """Return the provider's response object, whatever it says."""
        temperature = self.temperature
        arrived: list[Any] = []
        try:
            if self._connection.posting is not None:
                body = self._bodies.written(message, mode, temperature=temperature)
                # No object is made of the answer: three fields of its JSON are looked at.
                return _decoded(await self._connection.posting.post(body))
            hooks = Hooks()
            hooks.on("completion:response", arrived.append)
            sampling = {} if temperature is None else {"temperature": temperature}
            return await self._connection.clients[mode].create(
                response_model=self._prepare(message.sized_model),
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
        self._known.was_reached |= answered
        ours = error_of(error, self.endpoint, reached=self._known.was_reached)
        if ours is None and isinstance(error, openai.OpenAIError):
            return PermanentProviderError(f"{self.endpoint.url}: {error}")
        return ours or error


def refuse_unaskable(settings: Settings) -> None:
    """Refuse what a client would refuse of the same settings, for those who send nothing.

    What the surroundings lack, such as a key, may be there by the time of the run.

    Args:
        settings: How the model would be reached. What can't be done is an `InputError`.
    """
    options = settings.options
    if options.api_key is None:
        options = options.model_copy(update={"api_key": SecretStr(NO_KEY)})
    with suppress(PermanentProviderError):
        ModelClient(settings._replace(options=options))


def _decoded(answer: httpx2.Response | Answered) -> object:
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
