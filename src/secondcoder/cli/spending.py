"""Asking a person before much is spent."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from secondcoder.api.estimating import EstimateReport


def is_wanted(estimate: "Callable[[], EstimateReport]", *, ask_above: float) -> bool:
    """Return whether to go on; in a terminal a person decides where it costs more than this.

    Args:
        estimate: Tells what the run would cost; called in a terminal only.
        ask_above: In USD.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    found = estimate()
    if found.cost_usd is None or found.cost_usd <= ask_above:
        return True
    requests = "request" if found.n_requests == 1 else "requests"
    most = "about" if found.if_packed is None else "at most about"
    return typer.confirm(
        f"{most} {found.cost_usd:.4f} USD for {found.n_requests:,} {requests} "
        f"({found.price_source}, prices as of {found.price_as_of}; --dry-run tells more). Go on?",
        err=True,
    )
