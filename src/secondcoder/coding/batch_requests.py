"""Requests of a batch: kept in the ledger with their posts, and written as lines of a file."""

import json
from collections.abc import Iterable, Sequence

from secondcoder.coding.batch_client import ENDPOINT
from secondcoder.coding.bill import Bill
from secondcoder.coding.bodies import Bodies
from secondcoder.coding.connection import provider_and_name
from secondcoder.coding.endpoints import Settings, foreign_endpoint
from secondcoder.coding.jobs import Job
from secondcoder.coding.model import ModelCoder
from secondcoder.coding.pricing import price_of
from secondcoder.coding.requests import Ask
from secondcoder.coding.tasks import Task
from secondcoder.schema.batches import BatchOrder, PendingPost, PendingRequest
from secondcoder.schema.options import ModelOptions, ReplyMode


def mode_without_trial(options: ModelOptions) -> ReplyMode:
    """Return how the form of replies is asked for where nothing can be tried first.

    >>> mode_without_trial(ModelOptions())
    'tools'
    """
    # What an ordinary run tries first, so that both ask the same.
    return "tools" if options.mode == "auto" else options.mode


class BatchRequests:
    """Makes the requests of a run with batches, and turns kept ones back into posts."""

    def __init__(self, order: BatchOrder, model: ModelCoder, settings: Settings) -> None:
        """Prepare.

        Args:
            order: What the run was asked for.
            model: Words the requests.
            settings: How the model is reached.
        """
        self._order = order
        self._model = model
        self._bodies = Bodies(provider_and_name(settings)[1])
        self.price = price_of(order.coder, foreign_endpoint(settings), is_batch=True)
        self._bill = Bill(self.price)

    def request(
        self,
        name: str,
        jobs: Sequence[Job],
        correction: str | None = None,
        *,
        temperature: float | None,
    ) -> PendingRequest:
        """Return a request to be kept until its batch is sent.

        Args:
            name: Its `custom_id`.
            jobs: The posts.
            correction: What was wrong with the last reply about them.
            temperature: None: the model's own.
        """
        request = PendingRequest(
            id=name,
            posts=tuple(_kept(job) for job in jobs),
            correction=correction,
            temperature=temperature,
            n_bytes=0,
            cost_usd=self._bill.add(self._model.planned(jobs, correction)),
        )
        return request.model_copy(update={"n_bytes": len(self._line(request, jobs))})

    def file(self, requests: Iterable[PendingRequest]) -> bytes:
        """Return the file of a batch: one request per line."""
        return b"".join(self._line(request, self.jobs(request)) for request in requests)

    def jobs(self, request: PendingRequest) -> list[Job]:
        """Return a kept request's posts, with what each has cost so far."""
        return [self._job(post) for post in request.posts]

    def is_as_kept(self, request: PendingRequest) -> bool:
        """Return whether the same would be asked today: another version may word it differently."""
        return all(
            self._model.requests.ask(job.ask.task).key == job.ask.key for job in self.jobs(request)
        )

    def _job(self, post: PendingPost) -> Job:
        task = Task(post.post, post.attribution, post.segments, post.context, post.named)
        part = self._model.requests.ask(task).slice
        return Job(
            Ask(task, part, post.key),  # the key of what was sent
            most=self._order.options.max_attempts,
            n_asked=post.n_asked,
            was_alone=post.was_alone,
            prompt_tokens=post.prompt_tokens,
            completion_tokens=post.completion_tokens,
            duration_s=post.duration_s,
        )

    def _line(self, request: PendingRequest, jobs: Sequence[Job]) -> bytes:
        message = self._model.requests.message([job.ask for job in jobs], request.correction)
        body = self._bodies.body(message, self._order.mode, temperature=request.temperature)
        line = {"custom_id": request.id, "method": "POST", "url": ENDPOINT, "body": body}
        return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _kept(job: Job) -> PendingPost:
    task = job.ask.task
    return PendingPost(
        key=job.ask.key,
        post=task.post,
        attribution=task.attribution,
        segments=task.segments,
        context=task.context,
        named=task.named,
        n_asked=job.n_asked,
        was_alone=job.was_alone,
        prompt_tokens=job.prompt_tokens,
        completion_tokens=job.completion_tokens,
        duration_s=job.duration_s,
    )
