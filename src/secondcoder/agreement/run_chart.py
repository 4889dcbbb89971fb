"""Run charts: the median of a series, and the rules that tell a change from chance."""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from statistics import median
from typing import NamedTuple

from secondcoder.schema.chats_over_time import RunChart, RunRule, RunRules, RunSignal
from secondcoder.schema.statistics import Statistic, Undefined

FEWEST_POINTS = 10
"""Fewer points off the median than this are not judged: the table of runs of Perla et al. begins
there, and what long runs and few crossings find was worked out from there on (Anhøj &
Wentzel-Larsen 2020, PLoS ONE 15(6):e0233920)."""
SHIFT, TREND = 6, 5
"""Points in a row. Source: Perla, Provost & Murray (2011), BMJ Qual Saf 20:46-51, rules 1 and 2."""
MOST_POINTS = 20
"""More points than this are judged by limits that grow with them, and no longer by shift and trend:
those are met by chance in most long series (`benchmarks/run_chart_alarms.py`)."""
# fmt: off
ALARMS = {
    10: 0.029, 11: 0.013, 12: 0.034, 13: 0.059, 14: 0.064, 15: 0.103, 16: 0.095, 17: 0.138,
    18: 0.145, 19: 0.166, 20: 0.164, 24: 0.030, 30: 0.034, 50: 0.066, 100: 0.098,
}
# fmt: on
"""Of series of so many points in which nothing changes, the share that gives a signal all the same,
as `benchmarks/run_chart_alarms.py` prints it."""
_RARE = 0.05
"""Chance of as few crossings or fewer, below which they are called few."""


def run_chart(values: Sequence[Fraction | None]) -> RunChart:
    """Return the median of a series and what the rules say of it.

    Shift and trend are of Perla, Provost & Murray (2011), The run chart: a simple analytical tool
    for learning from variation in healthcare processes, BMJ Qual Saf 20:46-51: a point on the
    median neither adds to a run nor ends it; of equal points in a row one counts for a trend. The
    limits of the longest run, log2(n) + 3 rounded, and of crossings, the 5 % quantile of a
    binomial of n - 1 tosses, are of Anhøj & Olesen (2014), Run charts revisited, PLoS ONE
    9(11):e113825, n being the points that are not on the median. Shift and trend are left out of a
    long series, where chance alone meets them.

    Args:
        values: One per chat in order of time; None is a gap, which is passed over. Exact
            fractions, so that a point is on the median or not.

    >>> run_chart([Fraction(1, 4), None, Fraction(3, 4)]).median.value
    0.5
    >>> rising = run_chart([Fraction(each, 20) for each in range(12)])
    >>> [signal.rule.value for signal in rising.rules.signals]
    ['shift', 'shift', 'trend', 'few-crossings']
    """
    if all(value is None for value in values):
        nothing = Undefined(name="median", reason="no chat has a share")
        return RunChart(
            n_points=0, median=nothing, rules=nothing.model_copy(update={"name": "rules"})
        )
    series = _read(values)
    n = len(series.points)
    centre = Statistic(name="median", value=float(series.centre), n_units=n)
    return RunChart(n_points=n, median=centre, rules=_rules(series))


def fewest_crossings(n_useful: int) -> int:
    """Return the least number of crossings that is not called few.

    >>> [fewest_crossings(n) for n in (10, 13, 24)]
    [2, 3, 8]
    """
    tosses = n_useful - 1
    chance, n = 0.5**tosses, 0
    while chance < _RARE:
        n += 1
        chance += math.comb(tosses, n) * 0.5**tosses
    return n


def alarms_by_chance(n_points: int) -> float:
    """Return how often chance alone gives a signal: as measured at so many points, or the next.

    >>> alarms_by_chance(20), alarms_by_chance(21), alarms_by_chance(500)
    (0.164, 0.03, 0.098)
    """
    return ALARMS[next((n for n in ALARMS if n >= n_points), max(ALARMS))]


def all_signals(values: Sequence[Fraction | None]) -> tuple[RunSignal, ...]:
    """Return what every rule says of a series, whatever its length; `run_chart` applies some.

    Args:
        values: As for `run_chart`; one that is not a gap at least.

    >>> len(all_signals([Fraction(1, 2), None]))
    0
    """
    series = _read(values)
    return _signals(series)


class _Series(NamedTuple):
    """A series by its median: each run holds the places of its points."""

    points: list[tuple[int, Fraction]]
    centre: Fraction
    n_useful: int
    runs: list[list[int]]
    """On one side of the median."""

    @property
    def limit(self) -> int:
        """Return the length beyond which a run is long."""
        return round(math.log2(self.n_useful) + 3) if self.n_useful else 0


def _read(values: Sequence[Fraction | None]) -> _Series:
    points = [(place, value) for place, value in enumerate(values, 1) if value is not None]
    centre = Fraction(median(value for _, value in points))
    useful = [(place, value > centre) for place, value in points if value != centre]
    runs = [[place for place, _ in run] for _, run in groupby(useful, key=lambda one: one[1])]
    return _Series(points, centre, len(useful), runs)


def _signals(series: _Series) -> tuple[RunSignal, ...]:
    found = [(RunRule.SHIFT, run) for run in series.runs if len(run) >= SHIFT]
    found += [(RunRule.TREND, each) for each in _stretches(series.points) if len(each) >= TREND]
    found += [(RunRule.LONG_RUN, run) for run in series.runs if len(run) > series.limit]
    if series.n_useful > 1 and len(series.runs) - 1 < fewest_crossings(series.n_useful):
        found.append((RunRule.FEW_CROSSINGS, [place for run in series.runs for place in run]))
    return tuple(RunSignal(rule=rule, chats=tuple(places)) for rule, places in found)


def _rules(series: _Series) -> RunRules | Undefined:
    n = series.n_useful
    if n < FEWEST_POINTS:
        return Undefined(
            name="rules",
            reason=f"{n} of {len(series.points)} points are off the median; the rules need "
            f"{FEWEST_POINTS} or more",
            n_units=len(series.points),
        )
    is_short = len(series.points) <= MOST_POINTS
    return RunRules(
        n_useful=n,
        longest_run=max(map(len, series.runs)),
        longest_run_limit=series.limit,
        n_crossings=len(series.runs) - 1,
        fewest_crossings=fewest_crossings(n),
        by_chance=alarms_by_chance(len(series.points)),
        signals=tuple(
            signal
            for signal in _signals(series)
            if is_short or signal.rule not in {RunRule.SHIFT, RunRule.TREND}
        ),
    )


def _stretches(points: list[tuple[int, Fraction]]) -> list[list[int]]:
    """Return stretches of points that rise, or fall, throughout; of equal ones the first."""
    distinct = [next(same) for _, same in groupby(points, key=lambda one: one[1])]
    stretches: list[list[int]] = [[distinct[0][0]]]
    rising: bool | None = None
    for (before, low), (place, high) in pairwise(distinct):
        if rising is not None and rising != (high > low):
            stretches.append([before])
        rising = high > low
        stretches[-1].append(place)
    return stretches
