"""What is reached at each coverage, as one row of a table."""

from collections.abc import Mapping
from typing import NamedTuple

from secondcoder.schema.calibration import Calibration
from secondcoder.schema.statistics import Interval, Result


class CoverageRow(NamedTuple):
    """What is reached when posts below a confidence go to people. None: there is no number."""

    abstain_below: float
    coverage: float
    n_posts: int
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    exact: float | None
    exact_low: float | None
    exact_high: float | None


COLUMNS: Mapping[str, type[str] | type[int] | type[float]] = {
    name: int if name == "n_posts" else float for name in CoverageRow._fields
}
"""What each column of a data frame of these rows holds."""


def coverage_rows(found: Calibration) -> tuple[CoverageRow, ...]:
    """Return one row per coverage, from few posts to all."""
    return tuple(
        CoverageRow(
            each.abstain_below,
            each.coverage,
            each.n_posts,
            *_figures(each.alpha),
            *_figures(each.exact),
        )
        for each in found.coverage
    )


def _figures(result: Result) -> tuple[float | None, float | None, float | None]:
    interval = result.interval
    if isinstance(interval, Interval):
        return result.value, interval.low, interval.high
    return result.value, None, None
