"""How uncertain a statistic is, found by drawing its clusters (posts) again or leaving them out.

A statistic takes part as a `Replicable`: a function of how often each cluster counts. Whatever is
a ratio of sums over clusters computes a thousand replicates with one matrix product.
"""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from secondcoder.agreement.jackknife import Spread, leave_one_out, linearised
from secondcoder.agreement.kept_draws import kept_draws
from secondcoder.agreement.resampling import Replicable, evaluate
from secondcoder.schema.statistics import (
    Interval,
    IntervalMethod,
    IntervalOptions,
    Statistic,
    Undefined,
)

__all__ = ["DEFAULT", "Replicable", "interval", "paired_difference"]

DEFAULT = IntervalOptions()
"""95 %, 1,000 replicates, seed 0, the method by the number of clusters."""

FEW_CLUSTERS = 50
"""Below this many clusters `auto` means jackknife-t, from it on the percentile bootstrap."""

MAX_UNDEFINED = 0.5
"""Share of replicates without a value beyond which there is no interval."""

_NAMES = {
    "bootstrap": "cluster bootstrap, percentile",
    "bca": "cluster bootstrap, BCa",
    "jackknife-t": "cluster jackknife, t",
    "linear-t": "linearisation by clusters, t",
}
_UNBOUNDED = (-math.inf, math.inf)


def interval(
    replicable: Replicable,
    n_clusters: int,
    options: IntervalOptions | IntervalMethod = DEFAULT,
    *,
    counts: NDArray[np.int64] | None = None,
    bounds: tuple[float, float] = _UNBOUNDED,
) -> Interval | Undefined:
    """Return a confidence interval for a statistic, its clusters being a sample of many.

    Replicates without a value are left out and counted; where they are more than half, and where
    all replicates are equal (perfect agreement tells nothing of its spread), there is no interval.
    The cuts of a bootstrap are widened for few clusters as a t interval is.

    Args:
        replicable: The statistic as a function of weights, shape (n_replicates, n_kinds).
        n_clusters: Columns of the weights: clusters, or kinds of clusters where `counts` is given.
        options: Method, level, replicates and seed, or the method alone.
        counts: How many clusters there are of each kind, where equal ones share a column.
            Shape: (n_clusters,).
        bounds: The statistic's range; t intervals are cut to it.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapters 13 (percentile)
    and 14 (BCa); Davison & Hinkley (1997), Bootstrap Methods, on hierarchical data.

    >>> posts = np.array([1.0, 2.0, 4.0, 5.0])
    >>> found = interval(lambda weights: weights @ posts / weights.sum(axis=1), 4, "jackknife-t")
    >>> round(found.low, 3), round(found.high, 3)
    (0.095, 5.905)
    """
    options = IntervalOptions.of(options)
    if counts is None:
        counts = np.ones(n_clusters, np.int64)
    n_all = int(counts.sum())
    if n_all <= 1:
        return _none(f"{n_all} cluster can't show how clusters differ; two are the least")
    value = float(evaluate(replicable, [counts.astype(float)[None, :]])[0])
    if math.isnan(value):
        return _none("the statistic has no value on the whole sample")
    method = _resolved(options.method, n_all)
    if method in {"jackknife-t", "linear-t"}:
        return _t_interval(replicable, counts, (value, method), options, bounds)
    return _bootstrap(replicable, counts, (value, method), options)


def paired_difference(
    first: Replicable,
    second: Replicable,
    n_clusters: int,
    options: IntervalOptions | IntervalMethod = DEFAULT,
    *,
    counts: NDArray[np.int64] | None = None,
) -> Statistic | Undefined:
    """Return `first` minus `second` on the same clusters, with the interval of the difference.

    Both see the same weights in every replicate, so what they share cancels.

    Args:
        first: A statistic as a function of cluster weights.
        second: Another, whose clusters are the same in the same order.
        n_clusters: Clusters, or kinds of clusters where `counts` is given.
        options: Method, level, replicates and seed, or the method alone.
        counts: How many clusters there are of each kind. Shape: (n_clusters,).

    >>> posts = np.array([[1.0, 3.0], [2.0, 3.0], [4.0, 7.0]])
    >>> def mean(column):
    ...     return lambda weights: weights @ posts[:, column] / weights.sum(axis=1)
    >>> round(paired_difference(mean(1), mean(0), 3).value, 3)
    2.0
    """

    def difference(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return first(weights) - second(weights)

    weights = np.ones(n_clusters) if counts is None else counts.astype(float)
    n_all = int(weights.sum())
    value = float(evaluate(difference, [weights[None, :]])[0])
    if math.isnan(value):
        reason = "one of the two statistics has no value"
        return Undefined(name="difference", reason=reason, n_units=n_all)
    found = interval(difference, n_clusters, options, counts=counts)
    return Statistic(name="difference", value=value, n_units=n_all, interval=found)


def _resolved(method: IntervalMethod, n_clusters: int) -> IntervalMethod:
    if method != "auto":
        return method
    return "jackknife-t" if n_clusters < FEW_CLUSTERS else "bootstrap"


def _none(reason: str) -> Undefined:
    return Undefined(name="interval", reason=reason)


def _t_interval(
    replicable: Replicable,
    counts: NDArray[np.int64],
    at: tuple[float, IntervalMethod],
    options: IntervalOptions,
    bounds: tuple[float, float],
) -> Interval | Undefined:
    value, method = at
    rng = np.random.default_rng(options.seed)
    moved = leave_one_out if method == "jackknife-t" else linearised
    spread = moved(replicable, counts, rng)
    if flaw := _flaw(spread.n_groups, spread.n_undefined, spread.standard_error):
        return _none(flaw)
    t = float(stdtrit(spread.n_groups - 1, (1 + options.level) / 2))
    return Interval(
        low=max(bounds[0], value - t * spread.standard_error),
        high=min(bounds[1], value + t * spread.standard_error),
        level=options.level,
        method=_NAMES[method],
        n_replicates=spread.n_groups,
        n_undefined=spread.n_undefined,
    )


def _bootstrap(
    replicable: Replicable,
    counts: NDArray[np.int64],
    at: tuple[float, IntervalMethod],
    options: IntervalOptions,
) -> Interval | Undefined:
    value, method = at
    rng = np.random.default_rng(options.seed)
    values = evaluate(replicable, kept_draws(counts, options.n_replicates, options.seed))
    defined = values[~np.isnan(values)]
    n_undefined = len(values) - len(defined)
    if flaw := _flaw(len(defined), n_undefined, float(np.ptp(defined)) if len(defined) else 0):
        return _none(flaw)
    tails = _expanded_tails(options.level, int(counts.sum()))
    if method == "bca":
        below = float(np.mean(defined < value) + np.mean(defined == value) / 2)
        if below in {0.0, 1.0}:
            return _none("every replicate lies on one side of the value; BCa can't correct that")
        tails = _bca_tails(tails, below, leave_one_out(replicable, counts, rng))
    low, high = np.quantile(defined, tails)
    return Interval(
        low=float(low),
        high=float(high),
        level=options.level,
        method=_NAMES[method],
        n_replicates=len(defined),
        n_undefined=n_undefined,
    )


def _flaw(n_defined: int, n_undefined: int, spread: float) -> str | None:
    """Return why the replicates give no interval, or None where they do."""
    if n_undefined > MAX_UNDEFINED * (n_defined + n_undefined):
        return f"{n_undefined} of {n_defined + n_undefined} replicates have no value"
    # Below rounding, equal values differ by chance.
    if spread < 1e-12:  # noqa: PLR2004 # far below any statistic's printed digits
        return "every replicate has the same value, so the spread can't be told from this sample"
    return None


def _expanded_tails(level: float, n_clusters: int) -> tuple[float, float]:
    """Return the shares to cut at, widened as a t interval is where clusters are few.

    A bootstrap's spread is that of a variance divided by n, not n - 1, and its quantiles are of the
    normal kind. Source: Hesterberg (2015), What Teachers Should Know About the Bootstrap
    (expanded percentile interval).
    """
    t = float(stdtrit(n_clusters - 1, (1 + level) / 2))
    tail = NormalDist().cdf(-t * math.sqrt(n_clusters / (n_clusters - 1)))
    return tail, 1 - tail


def _bca_tails(tails: tuple[float, float], below: float, spread: Spread) -> tuple[float, float]:
    """Return the two shares to cut at. Source: Efron & Tibshirani (1993), chapter 14."""
    normal = NormalDist()
    z0, a = normal.inv_cdf(below), spread.acceleration
    low, high = (z0 + normal.inv_cdf(tail) for tail in tails)
    return normal.cdf(z0 + low / (1 - a * low)), normal.cdf(z0 + high / (1 - a * high))
