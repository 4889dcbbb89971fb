"""The kept coder: codes posts by the answers that are there, and asks nothing."""

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence

from secondcoder.coding.jobs import Job
from secondcoder.coding.model import ModelCoder, Underway
from secondcoder.coding.tasks import Decision, Task
from secondcoder.errors import InputError
from secondcoder.schema.codings import Failure
from secondcoder.schema.runs import Coder, Run

Failures = Callable[[Sequence[str]], Mapping[str, Failure]]
"""Tells why posts could not be coded, by the keys of the answers they have not."""


class UnderwayError(InputError):
    """Answers are on their way, so that there is nothing yet to code with."""


class KeptCoder:
    """Codes with a model's answers in the ledger, in the name of the run that asked."""

    def __init__(
        self, model: ModelCoder, run: Run, *, failures: Failures, underway: Underway
    ) -> None:
        """Prepare.

        Args:
            model: Looks answers up.
            run: What the codings say they come from, with what it has used.
            failures: Tells why posts have no answer.
            underway: Tells whose answers are on their way.
        """
        self._model = model
        self._run = run
        self._failures = failures
        self._underway = underway

    @property
    def coder(self) -> Coder:
        """Return who this is, for the record."""
        return self._model.coder

    def describe(self, run: Run) -> Run:
        """Return the run in which the answers were asked, in place of a new one."""
        del run
        return self._run

    async def code(self, tasks: Iterable[Task]) -> AsyncGenerator[Decision, None]:
        """Yield a decision per task: its answer, or why there is none.

        Raises:
            UnderwayError: If an answer is on its way.
        """
        for found in self._model.jobs_for(tasks):
            if isinstance(found, Decision):
                # What it has used is counted with the run.
                yield Decision(found.task, found.outcome)
                continue
            keys = [job.ask.key for job in found]
            if self._underway(keys):
                raise UnderwayError("answers are on their way in a batch; collect them first")
            failures = self._failures(keys)
            for job in found:
                yield Decision(job.ask.task, failures.get(job.ask.key) or _not_asked(job))


def _not_asked(job: Job) -> Failure:
    return Failure(
        error="NotAsked",
        detail=f"post {job.ask.task.post.id} was in no batch that was collected: it is new, or was "
        f"changed or cancelled since; the same 'code' command asks about it",
    )
