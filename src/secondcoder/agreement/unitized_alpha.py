"""The u-alpha family of 2016: agreement on where units are and what they are, by common length.

Posts are pooled by adding their coincidences, as if they lay end to end. Gaps count position by
position, units as wholes, so lengths are numbers of positions (characters): another unit of
measurement gives another value.

Source: Krippendorff, Mathet, Bouvry & Widlöcher (2016), On the reliability of unitizing textual
continua: Further developments, Quality & Quantity 50.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence

import numpy as np

from secondcoder.agreement.bootstrap import interval as make_interval
from secondcoder.agreement.unitized_coincidences import (
    Coincidences,
    marked_or_gap,
    with_gaps,
    without_gaps,
)
from secondcoder.agreement.unitizing import (
    Continua,
    Floats,
    Lengths,
    Name,
    UnitLike,
    comparable,
    read_units,
    refuse_overlaps,
    why_not_comparable,
)
from secondcoder.schema.statistics import IntervalMethod, IntervalOptions, Statistic, Undefined

How = IntervalOptions | IntervalMethod | None
"""How to make the interval; None: no interval."""


def u_alpha(
    units: Iterable[UnitLike],
    lengths: Lengths[Name],
    *,
    coders: Sequence[Hashable] | None = None,
    missing: Collection[tuple[Hashable, Hashable]] = (),
    interval: How = None,
) -> Statistic | Undefined:
    """Return u-alpha: agreement on units and their categories, gaps included.

    Args:
        units: Coder, start, end, category and, with several posts, the post.
        lengths: Length of the continuum, or of each.
        coders: All coders, where some marked nothing.
        missing: Pairs (coder, continuum) of coders who never saw a continuum.
        interval: How to make an interval, posts being the clusters.

    Returns:
        At most 1; 0 is chance.

    >>> units = [("ann", 2, 5, 1), ("bob", 2, 5, 1), ("bob", 10, 20, 2), ("eve", 2, 5, 2)]
    >>> found = u_alpha([*units, ("eve", 15, 20, 2)], 60)
    >>> round(found.value, 3)
    0.398
    """
    found = read_units(units, lengths, coders=coders, missing=missing)
    return _alpha(found, "u_alpha", with_gaps, interval)


def u_alpha_binary(
    units: Iterable[UnitLike],
    lengths: Lengths[Name],
    *,
    coders: Sequence[Hashable] | None = None,
    missing: Collection[tuple[Hashable, Hashable]] = (),
    interval: How = None,
) -> Statistic | Undefined:
    """Return |u-alpha: agreement on what is a unit and what a gap, whatever the categories.

    Args:
        units: Coder, start, end, category and, with several posts, the post.
        lengths: Length of the continuum, or of each.
        coders: All coders, where some marked nothing.
        missing: Pairs (coder, continuum) of coders who never saw a continuum.
        interval: How to make an interval, posts being the clusters.

    >>> round(u_alpha_binary([("ann", 0, 5, 1), ("bob", 0, 5, 2)], 20).value, 3)
    1.0
    """
    found = read_units(units, lengths, coders=coders, missing=missing)
    return _alpha(found, "u_alpha_binary", marked_or_gap, interval)


def u_alpha_coded(
    units: Iterable[UnitLike],
    lengths: Lengths[Name],
    *,
    coders: Sequence[Hashable] | None = None,
    missing: Collection[tuple[Hashable, Hashable]] = (),
    interval: How = None,
) -> Statistic | Undefined:
    """Return cu-alpha: agreement on categories where two coders marked a unit, gaps left aside.

    What expected coincidences leave out is, for each unit and each other coder, the square of the
    length on which that coder marked anything, over the number of other coders. (Implementations
    differ here; docs/decisions/0012-unitizing.md.)

    Args:
        units: Coder, start, end, category and, with several posts, the post.
        lengths: Length of the continuum, or of each.
        coders: All coders, where some marked nothing.
        missing: Pairs (coder, continuum) of coders who never saw a continuum.
        interval: How to make an interval, posts being the clusters.

    >>> units = [("ann", 2, 5, 1), ("bob", 2, 5, 1), ("bob", 10, 20, 2), ("eve", 2, 5, 2)]
    >>> round(u_alpha_coded([*units, ("eve", 15, 20, 2)], 60).value, 3)
    0.357
    """
    found = read_units(units, lengths, coders=coders, missing=missing)
    return _alpha(found, "u_alpha_coded", without_gaps, interval)


def _alpha(
    found: Continua, name: str, coincide: Callable[[Continua], Coincidences], how: How
) -> Statistic | Undefined:
    refuse_overlaps(found, statistic=name)
    n_units = found.n_pairable
    if reason := why_not_comparable(found):
        return Undefined(name=name, reason=reason, n_units=n_units)
    found = comparable(found)
    sums = coincide(found)
    if not sums.margins.any():
        reason = "no two coders marked a unit at the same place"
        return Undefined(name=name, reason=reason, n_units=n_units)

    def replicable(weights: Floats) -> Floats:
        return _ratio(*(weights @ part for part in sums))

    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(replicable(np.ones((1, len(found.ids))))[0])
    if np.isnan(value):
        reason = "only one value is to be expected anywhere, so no disagreement is possible"
        return Undefined(name=name, reason=reason, n_units=n_units)
    made = None
    if how is not None:
        made = make_interval(replicable, len(found.ids), how, bounds=(-np.inf, 1.0))
    return Statistic(name=name, value=value, n_units=n_units, interval=made)


def _ratio(same: Floats, margins: Floats, selves: Floats) -> Floats:
    """Return 1 - observed / expected disagreement for each row, NaN where none is expected."""
    total = margins.sum(axis=1)
    observed = total - same.sum(axis=1)
    pairs = total**2 - selves.sum(axis=1)
    different = total**2 - (margins**2).sum(axis=1)
    # Rounding leaves a trace where every pair is alike.
    different = np.where(different > 1e-12 * total**2, different, np.nan)
    return np.asarray(1 - observed * pairs / (total * different), np.float64)
