"""Every score and difference of an evaluation as one row of a long table."""

from collections.abc import Mapping
from typing import NamedTuple

from secondcoder.schema.evaluation import EvaluationResult
from secondcoder.schema.statistics import Interval, Result, Undefined


class EvaluationRow(NamedTuple):
    """One figure."""

    what: str
    """`score` or `difference`."""
    condition: str
    coder: str
    against: str
    """What the score compares with, or what is taken away in a difference."""
    name: str
    value: float | None
    """None: there is no value, for the reason given."""
    low: float | None
    high: float | None
    n_units: int
    reason: str | None


COLUMNS: Mapping[str, type[str] | type[int] | type[float]] = {
    "what": str,
    "condition": str,
    "coder": str,
    "against": str,
    "name": str,
    "value": float,
    "low": float,
    "high": float,
    "n_units": int,
    "reason": str,
}
"""What each column of a data frame of these rows holds."""


def evaluation_rows(result: EvaluationResult) -> tuple[EvaluationRow, ...]:
    """Return every figure, scores first."""
    scores = (
        EvaluationRow("score", one.condition, one.coder, one.against, one.name, *_of(one.result))
        for one in result.scores
    )
    differences = (
        EvaluationRow("difference", one.condition, one.coder, one.minus, one.name, *_of(one.result))
        for one in result.differences
    )
    return (*scores, *differences)


def _of(result: Result) -> tuple[float | None, float | None, float | None, int, str | None]:
    if isinstance(result, Undefined):
        return None, None, None, result.n_units, result.reason
    low = high = None
    if isinstance(result.interval, Interval):
        low, high = result.interval.low, result.interval.high
    return result.value, low, high, result.n_units, None
