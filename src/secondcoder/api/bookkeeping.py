"""Bookkeeping: what a run has used is in the ledger while it goes on, however it ends."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from secondcoder.coding.monitor import Monitor
from secondcoder.errors import BudgetError, ProviderError, StoreError
from secondcoder.schema.runs import Run, StopReason, Usage
from secondcoder.store.ledger import Ledger

_EVERY_S = 2.0
"""So often it is written down: what a run that is killed used since then is not in it."""


class Bookkeeper:
    """Counts what decisions cost as they are reached; a context manager."""

    def __init__(self, ledger: Ledger | None, run: Run, monitor: Monitor) -> None:
        """Record that the run has begun.

        Args:
            ledger: Where; None: nowhere.
            run: With what it has used before.
            monitor: Knows what was used without a decision so far.
        """
        self._ledger = ledger
        self._monitor = monitor
        self._run = run
        self._usage = run.usage
        self._due_at = 0.0
        self._keep()

    def count(self, usage: Usage) -> None:
        """Add what a decision cost."""
        self._usage = self._usage.plus(usage)
        if time.monotonic() >= self._due_at:
            self._keep()
            self._due_at = time.monotonic() + _EVERY_S

    def end(self, run: Run) -> Run:
        """Record the run as it ended; return it with all that it used."""
        self._run, self._usage = run, run.usage
        return self._keep()

    def _keep(self) -> Run:
        usage = self._monitor.complete(self._usage)
        run = self._run.model_copy(update={"usage": usage})
        if self._ledger is not None:
            self._ledger.keep_run(run)
        return run

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Record what a run used that is stopped: by its budget, its provider, or a person."""
        if error is not None:
            ended = {"finished_at": datetime.now(UTC), "stopped": stop_reason(error)}
            self._run = self._run.model_copy(update=ended)
            with suppress(StoreError):  # what stopped it is the better thing to say
                self._keep()


def stop_reason(error: BaseException) -> StopReason:
    """Return in a word what ended a run before its end."""
    match error:
        case BudgetError():
            return "budget"
        case ProviderError():
            return "provider"
        case KeyboardInterrupt() | asyncio.CancelledError() | GeneratorExit():
            return "interrupted"
        case _:
            return "error"
