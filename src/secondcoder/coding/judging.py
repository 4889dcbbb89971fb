"""Judging: what becomes of the posts of a request, once its reply has come or has not.

The same for replies that are waited for and for those of a batch: each post is decided, asked about
again alone, with others or in halves, or given up.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from secondcoder.coding.faults import RefusalError, RejectedError
from secondcoder.coding.jobs import Job
from secondcoder.coding.outcomes import outcome_of
from secondcoder.coding.replies import Reading, read_reply
from secondcoder.coding.requests import Parameters
from secondcoder.errors import ResponseError, TransientProviderError
from secondcoder.schema.answers import Answer
from secondcoder.schema.codings import Abstention, Failure, LeftOut, Quoted

_MOST_ASKED_TOGETHER = 2
"""How often the same posts are asked about together before they are halved."""
_LONGEST_RAW = 2000
"""Characters of a reply that a failure quotes."""
_POST_NUMBER = re.compile(r"^post \d+(: )?")
"""How a complaint about one post of a request begins; the number is that request's own."""


class Origin(NamedTuple):
    """What every answer of a run has in common."""

    model: str
    prompt_sha256: str
    codebook_sha256: str
    parameters: Parameters


class Decided(NamedTuple):
    """A post decided by a reply."""

    job: Job
    outcome: Quoted | LeftOut | Abstention
    raw: str
    """The whole reply."""

    def answer(self, origin: Origin, parameters: Parameters) -> Answer:
        """Return the answer to keep.

        Args:
            origin: What the run's answers have in common.
            parameters: How the reply was asked for in the end, beside what was wished for.
        """
        job = self.job
        return Answer(
            key=job.ask.key,
            post_id=job.ask.task.post.id,
            outcome=self.outcome,
            raw=self.raw,
            model=origin.model,
            prompt_sha256=origin.prompt_sha256,
            codebook_sha256=origin.codebook_sha256,
            parameters={**origin.parameters, **parameters},
            prompt_tokens=job.prompt_tokens,
            completion_tokens=job.completion_tokens,
            duration_s=job.duration_s,
            answered_at=datetime.now(UTC),
        )


class GivenUp(NamedTuple):
    """A post that is not asked about again."""

    job: Job
    failure: Failure
    why: str
    raw: str | None
    """The last reply; None: there was none."""


class Again(NamedTuple):
    """Posts to ask about once more, in one request."""

    jobs: Sequence[Job]
    correction: str | None
    """What was wrong with the last reply about the same posts."""


class Verdict(NamedTuple):
    """What becomes of the posts of one request; each stands in one place."""

    decided: Sequence[Decided] = ()
    given_up: Sequence[GivenUp] = ()
    again: Sequence[Again] = ()


def count(jobs: Sequence[Job], n_requests: int = 1) -> None:
    """Count requests that have carried the posts."""
    for job in jobs:
        job.n_asked += n_requests
        job.was_alone = len(jobs) == 1


def is_divided(jobs: Sequence[Job]) -> bool:
    """Return whether posts have failed so often that they are halved next, or given up."""
    if len(jobs) == 1:
        return not jobs[0].n_left
    most = min(_MOST_ASKED_TOGETHER, jobs[0].most // 2)
    return max(job.n_counted for job in jobs) >= most


def judge_reply(jobs: Sequence[Job], raw: str) -> Verdict:
    """Return what a reply makes of the posts it was asked about, in their order."""
    try:
        reading = read_reply(raw, jobs[0].ask.slice.reply_model, len(jobs))
    except ResponseError as error:
        return judge_fault(jobs, error)
    decided: list[Decided] = []
    given_up: list[GivenUp] = []
    again: list[Again] = []
    for number, job in enumerate(jobs, 1):
        try:
            outcome = _outcome(reading, number, job, raw)
        except ResponseError as error:
            alone = judge_fault([job], error)
            given_up += alone.given_up
            again += alone.again
        else:
            decided.append(Decided(job, outcome, raw))
    return Verdict(decided, given_up, again)


def judge_fault(
    jobs: Sequence[Job],
    error: TransientProviderError | ResponseError,
    correction: str | None = None,
) -> Verdict:
    """Return what becomes of posts whose request came to nothing, or whose reply did.

    Args:
        jobs: The posts of the request.
        error: What came of it.
        correction: What was wrong with an earlier reply about the same posts.
    """
    may_mend = not isinstance(error, RejectedError | RefusalError)
    if isinstance(error, ResponseError):
        correction = str(error)
        for job in jobs:
            job.n_unusable += not isinstance(error, RefusalError)
    first = jobs[0]
    if len(jobs) > 1:
        if may_mend and not is_divided(jobs):
            return Verdict(again=[Again(jobs, correction)])
        # Alone early enough that each is asked about alone as often as with others.
        is_late = max(job.n_counted for job in jobs) >= first.most // 2
        size = 1 if is_late else (len(jobs) + 1) // 2
        return Verdict(
            again=[Again(jobs[at : at + size], None) for at in range(0, len(jobs), size)]
        )
    if isinstance(error, RefusalError):
        outcome = Abstention(note=str(error)[:_LONGEST_RAW], answer_key=first.ask.key)
        return Verdict(decided=[Decided(first, outcome, error.raw)])
    if may_mend and not is_divided(jobs):
        # What was post 3 of a request is post 1 of its own.
        told = correction and _POST_NUMBER.sub(r"post 1\1", correction)
        return Verdict(again=[Again(jobs, told)])
    why = detail = _POST_NUMBER.sub(lambda found: "" if found[1] else "the post", str(error))
    raw = error.raw if isinstance(error, ResponseError) else None
    if raw is not None:
        detail += f"; the reply was: {raw[:_LONGEST_RAW] or 'empty'}"
    failure = Failure(error=type(error).__name__, detail=detail)
    return Verdict(given_up=[GivenUp(first, failure, why, raw)])


def _outcome(reading: Reading, number: int, job: Job, raw: str) -> Quoted | LeftOut | Abstention:
    """Return what a reply decides about one of its posts.

    Raises:
        ResponseError: If it decides nothing that can be used; `raw` is the whole reply.
    """
    if number in reading.bad:
        raise ResponseError(reading.bad[number], raw=raw)
    ask = job.ask
    return outcome_of(reading.good[number], ask.task, ask.slice.allowed, ask.key, raw)
