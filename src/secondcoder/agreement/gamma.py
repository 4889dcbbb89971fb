"""Gamma: agreement on where units are and what they are, by the best alignment of all of them.

Source: Mathet, Widlöcher & Métivier (2015), The Unified and Holistic Method Gamma for
Inter-Annotator Agreement Measure and Alignment, Computational Linguistics 41(3); Mathet (2017), The
Agreement Measure Gamma-cat, Computational Linguistics 43(3).
"""

import math
from collections.abc import Collection, Hashable, Iterable, Sequence
from functools import reduce
from typing import NamedTuple, Unpack

import numpy as np
from scipy.special import stdtrit

from secondcoder.agreement.estimates import Estimate, ratio
from secondcoder.agreement.gamma_sampling import Arena
from secondcoder.agreement.gamma_settings import MAX_SAMPLES, Options, Settings
from secondcoder.agreement.gamma_tally import Tally, tally
from secondcoder.agreement.unitizing import (
    Continua,
    Floats,
    Lengths,
    Name,
    UnitLike,
    comparable,
    read_units,
    why_not_comparable,
)
from secondcoder.schema.statistics import (
    Interval,
    Statistic,
    Undefined,
)
from secondcoder.schema.unitizing import GammaReport


def gamma(
    units: Iterable[UnitLike],
    lengths: Lengths[Name] | None = None,
    *,
    coders: Sequence[Hashable] | None = None,
    missing: Collection[tuple[Hashable, Hashable]] = (),
    **settings: Unpack[Settings],
) -> Statistic | Undefined:
    """Return gamma: one less observed over expected disorder. Exact, units may overlap.

    Several continua are aligned apart and pooled: their costs and their mean numbers of units are
    added up before one is divided by the other, in the observed as in every random continuum.

    Args:
        units: Coder, start, end, category and, with several posts, the post.
        lengths: Length of the continuum, or of each. Needed with several; one may reach from the
            first unit's start to the last one's end.
        coders: All coders, where some marked nothing.
        missing: Pairs (coder, continuum) of coders who never saw a continuum.
        **settings: See `Settings`.

    Returns:
        At most 1; 0 is chance. `interval` is for the continua's being a sample, if asked for;
        `gamma_report` tells how well the expected disorder is known.

    >>> ann = [("ann", 1, 5, "a"), ("ann", 6, 10, "b"), ("ann", 20, 24, "a")]
    >>> gamma([*ann, ("bob", 1, 5, "a"), ("bob", 6, 10, "b"), ("bob", 20, 24, "a")], 30).value
    1.0
    """
    return gamma_report(units, lengths, coders=coders, missing=missing, **settings).gamma


def gamma_cat(
    units: Iterable[UnitLike],
    lengths: Lengths[Name] | None = None,
    *,
    coders: Sequence[Hashable] | None = None,
    missing: Collection[tuple[Hashable, Hashable]] = (),
    **settings: Unpack[Settings],
) -> Statistic | Undefined:
    """Return gamma-cat: agreement on the categories of units that the best alignment pairs.

    Args:
        units: Coder, start, end, category and, with several posts, the post.
        lengths: Length of the continuum, or of each; as for `gamma`.
        coders: All coders, where some marked nothing.
        missing: Pairs (coder, continuum) of coders who never saw a continuum.
        **settings: See `Settings`.

    >>> ann = [("ann", 1, 5, "a"), ("ann", 6, 10, "b"), ("ann", 20, 24, "a")]
    >>> gamma_cat([*ann, ("bob", 1, 5, "a"), ("bob", 7, 10, "b")], 30).value
    1.0
    """
    return gamma_report(units, lengths, coders=coders, missing=missing, **settings).gamma_cat


def gamma_report(
    units: Iterable[UnitLike],
    lengths: Lengths[Name] | None = None,
    *,
    coders: Sequence[Hashable] | None = None,
    missing: Collection[tuple[Hashable, Hashable]] = (),
    **settings: Unpack[Settings],
) -> GammaReport:
    """Return gamma and gamma-cat with the disorders they come from.

    Args:
        units: Coder, start, end, category and, with several posts, the post.
        lengths: Length of the continuum, or of each; as for `gamma`.
        coders: All coders, where some marked nothing.
        missing: Pairs (coder, continuum) of coders who never saw a continuum.
        **settings: See `Settings`.

    >>> units = [("ann", 1, 5, "a"), ("ann", 6, 10, "b"), ("bob", 2, 6, "a"), ("bob", 7, 11, "b")]
    >>> gamma_report(units, 12).observed_disorder.value
    0.0625
    """
    found = read_units(units, lengths, coders=coders, missing=missing)
    return gamma_of(found, Options(**settings))


def gamma_of(found: Continua, options: Options) -> GammaReport:
    """Return gamma and gamma-cat of units that are read."""
    if reason := why_not_comparable(found):
        none = {
            name: Undefined(name=name, reason=reason)
            for name in ("gamma", "gamma_cat", "observed_disorder", "expected_disorder")
        }
        return GammaReport(**none, n_samples=0, n_alignments=0)
    found = comparable(found)
    arenas = [Arena(found, number) for number in sorted(set(found.n_present.tolist()))]
    n = len(found.ids)
    observed = _sum(tally(arena.observed(), options.costs, arena.continua, n) for arena in arenas)
    samples = _samples(arenas, n, options)
    return _report(found, observed, samples, options)


class _Parts(NamedTuple):
    """What gamma, or gamma-cat, is the ratio of, in each continuum and in each random one."""

    cost: Floats
    """Shape: (n_continua,)."""
    over: Floats
    """What it is divided by. Shape: (n_continua,)."""
    random_cost: Floats
    """Shape: (n_samples, n_continua)."""
    random_over: Floats
    """Shape: (n_samples, n_continua)."""


class _Samples(NamedTuple):
    """The random continua's sums. Shape of each: (n_samples, n_continua)."""

    cost: Floats
    units: Floats
    differing: Floats
    aligned: Floats


def _sum(tallies: Iterable[Tally]) -> Tally:
    return reduce(
        lambda one, two: Tally(*(np.add(*pair) for pair in zip(one, two, strict=True))), tallies
    )


def _samples(arenas: Sequence[Arena], n_continua: int, options: Options) -> _Samples:
    rng = np.random.default_rng(options.seed)
    tallies: list[Tally] = []
    wanted = options.n_samples
    while len(tallies) < wanted:
        drawn = _sum(
            tally(arena.random(rng), options.costs, arena.continua, n_continua) for arena in arenas
        )
        # Coders who marked nothing may be drawn for all; such a continuum has no disorder.
        if drawn.units.any():
            tallies.append(drawn)
        if len(tallies) == options.n_samples and options.precision is not None:
            wanted = _n_needed([one.disorder for one in tallies], options.precision)
    columns = list(zip(*tallies, strict=True))[:4]
    return _Samples(*(np.stack(column) for column in columns))


def _n_needed(disorders: Sequence[float], precision: float) -> int:
    """Return how many samples the precision takes.

    Source: the rule of Mathet, Widlöcher & Métivier (2015), with Student's quantile, which is 1.96
    for many samples and more for few.
    """
    mean = float(np.mean(disorders))
    if not mean:
        return len(disorders)
    variation = float(np.std(disorders, ddof=1)) / mean
    quantile = float(stdtrit(len(disorders) - 1, 0.975))
    needed = math.ceil((variation * quantile / precision) ** 2)
    return min(MAX_SAMPLES, max(len(disorders), needed))


def _report(found: Continua, observed: Tally, samples: _Samples, options: Options) -> GammaReport:
    n_units = len(found.start)
    disorders = samples.cost.sum(axis=1) / samples.units.sum(axis=1)
    known = _mean_interval(disorders)
    expected = Statistic(
        name="expected_disorder", value=float(disorders.mean()), n_units=n_units, interval=known
    )
    value = _estimate(
        "gamma",
        _Parts(observed.cost, observed.units, samples.cost, samples.units),
        found,
        "random continua have no disorder, so agreement can't be told from chance",
    ).result(options.interval)
    categories = _estimate(
        "gamma_cat",
        _Parts(observed.differing, observed.aligned, samples.differing, samples.aligned),
        found,
        "no units are aligned, or chance would give all of them the same category",
    ).result(options.interval)
    ends = []
    if isinstance(value, Statistic):
        ends = [1 - observed.disorder / end for end in (known.low, known.high) if end > 0]
    return GammaReport(
        gamma=value,
        gamma_cat=categories,
        observed_disorder=Statistic(
            name="observed_disorder", value=observed.disorder, n_units=n_units
        ),
        expected_disorder=expected,
        sampling_range=known.model_copy(update={"low": ends[0], "high": ends[1]})
        if len(ends) > 1
        else None,
        n_samples=len(disorders),
        n_alignments=int(observed.n_alignments.sum()),
    )


def _mean_interval(disorders: Floats) -> Interval:
    """Return where the mean disorder of endless random continua lies, by Student's t."""
    n = len(disorders)
    half = float(stdtrit(n - 1, 0.975) * disorders.std(ddof=1) / math.sqrt(n))
    mean = float(disorders.mean())
    method = "t over random continua"
    return Interval(low=mean - half, high=mean + half, method=method, n_replicates=n)


def _estimate(name: str, parts: _Parts, found: Continua, reason: str) -> Estimate:
    """Return gamma or gamma-cat as a function of sums over continua; the random continua stay."""
    n_samples = len(parts.random_cost)

    def formula(sums: Floats) -> Floats:
        cost, over = sums[:, 2 : 2 + n_samples], sums[:, 2 + n_samples :]
        # Random continua without units, or in which nothing is aligned, say nothing.
        chance = np.where(over > 0, ratio(cost, over), 0.0).sum(axis=1)
        expected = ratio(chance, (over > 0).sum(axis=1).astype(float))
        return 1 - ratio(ratio(sums[:, 0], sums[:, 1]), expected)

    return Estimate(
        name=name,
        formula=formula,
        rows=np.column_stack([*parts[:2], *parts.random_cost, *parts.random_over]),
        kinds=np.arange(len(found.ids)),
        n_units=len(found.start),
        why_undefined=reason,
        bounds=(-math.inf, 1.0),
    )
