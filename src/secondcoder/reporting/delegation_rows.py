"""What is found of each theme, by a model and people, as one row of a table."""

from collections.abc import Mapping
from typing import NamedTuple

from secondcoder.schema.beside_people import BesidePeople
from secondcoder.schema.model_beside_people import ThemePlan
from secondcoder.schema.statistics import Interval, Result, Undefined


class DelegationRow(NamedTuple):
    """One theme. None: not known, as the decision is where only one person coded."""

    theme_id: str
    theme: str
    decision: str | None
    reason: str | None
    is_settled: str | None
    """`yes` or `no`."""
    people: float | None
    model: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    recall: float | None
    precision: float | None
    n_posts: int | None
    n_positives: int | None
    n_more: int | None
    share: float | None
    """Of posts, the model's errors corrected."""
    share_low: float | None
    share_high: float | None
    share_by_model: float | None


_COUNTS = ("n_posts", "n_positives", "n_more")
_WORDS = ("theme_id", "theme", "decision", "reason", "is_settled")
COLUMNS: Mapping[str, type[str] | type[int] | type[float]] = {
    name: str if name in _WORDS else int if name in _COUNTS else float
    for name in DelegationRow._fields
}
"""What each column of a data frame of these rows holds."""


def delegation_rows(found: BesidePeople) -> tuple[DelegationRow, ...]:
    """Return one row per theme, in the codebook's order."""
    plan = found.delegation
    plans = {} if isinstance(plan, Undefined) else {each.theme: each for each in plan.themes}
    return tuple(
        DelegationRow(
            share.theme,
            found.theme_names[share.theme],
            *_of_plan(plans.get(share.theme)),
            share.value,
            *_ends(share.estimate),
            share.model_alone.value,
        )
        for share in found.prevalences
    )


_Plan = tuple[
    str | None,
    str | None,
    str | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    int | None,
    int | None,
    int | None,
]


def _of_plan(plan: ThemePlan | None) -> _Plan:
    if plan is None:
        return (None, None, None, None, None, None, None, None, None, None, None, None, None)
    return (
        plan.decision.value,
        plan.reason,
        "yes" if plan.is_settled else "no",
        plan.people.value,
        plan.model.value,
        plan.difference.value,
        *_ends(plan.difference),
        plan.recall.value,
        plan.precision.value,
        plan.n_posts,
        plan.n_positives,
        plan.n_more,
    )


def _ends(result: Result) -> tuple[float | None, float | None]:
    interval = result.interval
    return (interval.low, interval.high) if isinstance(interval, Interval) else (None, None)
