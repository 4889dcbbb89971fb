"""Results of a batch: lines of its output and error files, and what becomes of their posts."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import JsonValue

from secondcoder.coding.completions import cached_tokens_of, text_of, tokens_of
from secondcoder.coding.faults import Endpoint, HttpFault, RejectedError, fault_of
from secondcoder.coding.jobs import Job, Tally, share
from secondcoder.coding.judging import Again, GivenUp, Verdict, count, judge_fault, judge_reply
from secondcoder.coding.pricing import Price, cost_usd
from secondcoder.errors import (
    ProviderError,
    ResponseError,
    TransientProviderError,
)
from secondcoder.schema.batches import PendingRequest
from secondcoder.schema.codings import Failure
from secondcoder.schema.runs import Usage

_OK = 200
_NOT_CARRIED_OUT = 0
"""In place of an HTTP status, where the provider has not so much as tried."""


class Result(NamedTuple):
    """What became of one request of a batch."""

    custom_id: str
    status: int
    body: JsonValue
    code: str = ""
    message: str = ""


class Judged(NamedTuple):
    """What a result makes of the posts of its request, and what it cost."""

    verdict: Verdict
    tally: Tally
    temperature: float | None
    """To be asked with again."""

    @property
    def usage(self) -> Usage:
        """Return what the result cost, as it is counted for a run."""
        return Usage(
            n_requests=self.tally.n_requests,
            prompt_tokens=self.tally.prompt_tokens,
            completion_tokens=self.tally.completion_tokens,
            cached_tokens=self.tally.cached_tokens,
            cost_usd=self.tally.cost_usd,
        )


def read_results(content: bytes) -> Iterator[Result | None]:
    """Yield the results of a file, in its order; None for a line that is none.

    >>> list(read_results(b'{"custom_id": "a", "error": {"code": "batch_expired"}}'))[0].code
    'batch_expired'
    """
    # Only line feeds end a line: replies may hold other characters that some take for that.
    for line in content.split(b"\n"):
        if line.strip():
            yield _result(line)


def _result(line: bytes) -> Result | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("custom_id"), str):
        return None
    response = _mapping(found.get("response"))
    status, body = response.get("status_code"), response.get("body")
    error = _mapping(found.get("error")) or _mapping(_mapping(body).get("error"))
    return Result(
        custom_id=found["custom_id"],
        status=status if isinstance(status, int) else _NOT_CARRIED_OUT,
        body=body,
        code=str(error.get("code") or ""),
        message=str(error.get("message") or ""),
    )


def is_carried_out(result: Result) -> bool:
    """Return whether the provider has tried a request at all."""
    return result.status != _NOT_CARRIED_OUT


def not_carried_out(request: PendingRequest, why: str) -> Result:
    """Return the result of a request that stands in neither file."""
    return Result(request.id, _NOT_CARRIED_OUT, None, message=why)


class Judge:
    """Judges results as replies of ordinary requests are judged."""

    def __init__(self, at: Endpoint, price: Price | None) -> None:
        """Prepare.

        Args:
            at: Where the batch was carried out, for messages.
            price: That of batches; None: not known.
        """
        self._at = at
        self._price = price

    def judge(self, request: PendingRequest, jobs: list[Job], result: Result) -> Judged:
        """Return what becomes of a request's posts, and what it cost.

        Args:
            request: As it was sent.
            jobs: Its posts; what the result cost is added to them.
            result: What the provider says of it.
        """
        tally = Tally()
        if result.status == _OK:
            return self._judged(request, self._reply(jobs, result, tally), tally)
        if result.status != _NOT_CARRIED_OUT:
            tally.sent(has_price=self._price is not None)
            share(tally, jobs)
        error = self._error(result)
        if not isinstance(error, TransientProviderError | ResponseError):
            # It says nothing about the posts, and the next would get the same.
            failure = Failure(error=type(error).__name__, detail=str(error))
            given_up = [GivenUp(job, failure, str(error), None) for job in jobs]
            return self._judged(request, Verdict(given_up=given_up), tally)
        if (
            isinstance(error, RejectedError)
            and request.temperature is not None
            and "temperature" in str(error)
        ):
            # Reasoning models refuse to be given one; what they do by default must do.
            again = Verdict(again=[Again(jobs, request.correction)])
            return self._judged(request, again, tally)._replace(temperature=None)
        count(jobs)
        return self._judged(request, judge_fault(jobs, error, request.correction), tally)

    def _reply(self, jobs: list[Job], result: Result, tally: Tally) -> Verdict:
        prompt_tokens, completion_tokens = tokens_of(result.body)
        cached_tokens = cached_tokens_of(result.body)
        cost = cost_usd(self._price, prompt_tokens, cached_tokens, completion_tokens)
        is_counted = bool(prompt_tokens or completion_tokens)
        tally.sent(has_price=self._price is not None)
        tally.used(prompt_tokens, cached_tokens, completion_tokens, cost if is_counted else None)
        share(tally, jobs)
        count(jobs)
        try:
            return judge_reply(jobs, text_of(result.body))
        except ResponseError as error:
            return judge_fault(jobs, error)

    def _error(self, result: Result) -> ProviderError | ResponseError:
        if result.status == _NOT_CARRIED_OUT:
            why = f"{result.code}: {result.message}".strip(": ") or "no reason given"
            return TransientProviderError(f"{self._at.url} did not carry it out ({why})")
        return fault_of(HttpFault(result.status, result.message, result.code), self._at)

    @staticmethod
    def _judged(request: PendingRequest, verdict: Verdict, tally: Tally) -> Judged:
        return Judged(verdict, tally, request.temperature)


def _mapping(value: JsonValue) -> Mapping[str, JsonValue]:
    return value if isinstance(value, dict) else {}
