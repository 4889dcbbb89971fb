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
from secondcoder.agreement.resampling import Replicable
from secondcoder.agreement.unitized_coincidences import (
    GAP,
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

_ROUNDING = 1e-12
"""What rounding may leave of nothing, as a share."""


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


def u_alpha_by_category(
    units: Iterable[UnitLike],
    lengths: Lengths[Name],
    *,
    coders: Sequence[Hashable] | None = None,
    missing: Collection[tuple[Hashable, Hashable]] = (),
    interval: How = None,
) -> dict[Hashable, Statistic | Undefined]:
    """Return (k)u-alpha: agreement on each category where two coders marked a unit.

    With the coincidences of cu-alpha, 1 - (share of the category's length that met another
    category) / (the share to be expected). So a category never met by itself has 0 or less,
    whatever the others do. Where three coders or more overlap in part, the pairs of a category that
    are left out can exceed those there are; it then has no value.

    Args:
        units: Coder, start, end, category and, with several posts, the post.
        lengths: Length of the continuum, or of each.
        coders: All coders, where some marked nothing.
        missing: Pairs (coder, continuum) of coders who never saw a continuum.
        interval: How to make an interval, posts being the clusters.

    Returns:
        By category, in order of appearance.

    Source: equation 13b of the paper, as cited by one implementation, and Krippendorff (2019),
    Content Analysis, 4th ed., equation 38, as cited by another; docs/decisions/0012-unitizing.md.

    >>> units = [("ann", 2, 5, 1), ("bob", 2, 5, 1), ("bob", 10, 20, 2), ("eve", 2, 5, 2)]
    >>> found = u_alpha_by_category([*units, ("eve", 15, 20, 2)], 60)
    >>> {category: round(each.value, 3) for category, each in found.items()}
    {1: 0.312, 2: 0.391}
    """
    found = read_units(units, lengths, coders=coders, missing=missing)
    refuse_overlaps(found, statistic="u_alpha_by_category")
    if reason := why_not_comparable(found):
        return {
            category: Undefined(name=f"u_alpha of {category}", reason=reason)
            for category in found.categories
        }
    found = comparable(found)
    sums = without_gaps(found)
    return {
        category: _of_category(found, sums, place, interval)
        for place, category in enumerate(found.categories)
    }


def _of_category(
    found: Continua, sums: Coincidences, place: int, how: How
) -> Statistic | Undefined:
    name = f"u_alpha of {found.categories[place]}"
    n_units = int((found.category == place).sum())
    column = place + GAP + 1

    def replicable(weights: Floats) -> Floats:
        same, margins, selves = (weights @ part for part in sums)
        return _category_ratio(same, margins, selves, column)

    _, margins, selves = (part[:, column].sum() for part in sums)
    if not margins:
        reason = "no other coder marked a unit where the category was given"
        return Undefined(name=name, reason=reason, n_units=n_units)
    if margins**2 < selves * (1 - _ROUNDING):
        reason = "too little of it met other coders' units to tell what chance would give"
        return Undefined(name=name, reason=reason, n_units=n_units)
    return _valued(replicable, name, n_units, len(found.ids), how)


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

    return _valued(replicable, name, n_units, len(found.ids), how)


def _valued(
    replicable: Replicable, name: str, n_units: int, n_continua: int, how: How
) -> Statistic | Undefined:
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(replicable(np.ones((1, n_continua)))[0])
    if np.isnan(value):
        reason = "only one value is to be expected anywhere, so no disagreement is possible"
        return Undefined(name=name, reason=reason, n_units=n_units)
    made = None
    if how is not None:
        made = make_interval(replicable, n_continua, how, bounds=(-np.inf, 1.0))
    return Statistic(name=name, value=value, n_units=n_units, interval=made)


def _ratio(same: Floats, margins: Floats, selves: Floats) -> Floats:
    """Return 1 - observed / expected disagreement for each row, NaN where none is expected."""
    total = margins.sum(axis=1)
    observed = total - same.sum(axis=1)
    pairs = total**2 - selves.sum(axis=1)
    different = total**2 - (margins**2).sum(axis=1)
    # Rounding leaves a trace where every pair is alike.
    different = np.where(different > _ROUNDING * total**2, different, np.nan)
    return np.asarray(1 - observed * pairs / (total * different), np.float64)


def _category_ratio(same: Floats, margins: Floats, selves: Floats, column: int) -> Floats:
    """Return (k)u-alpha for each row, NaN where nothing else is to be expected."""
    total, length = margins.sum(axis=1), margins[:, column]
    # Expected coincidences with all values, and with the others, but for their common divisor.
    all_pairs = length * total - selves[:, column]
    others = length * (total - length)
    # Where units leave out more pairs than there are, the expected coincidence is below 0.
    has_pairs = length**2 >= selves[:, column] * (1 - _ROUNDING)
    others = np.where(has_pairs & (others > _ROUNDING * total**2), others, np.nan)
    observed = (length - same[:, column]) / length
    return np.asarray(1 - observed * all_pairs / others, np.float64)
