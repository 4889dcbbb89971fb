"""The u-alpha family of 2016: agreement on where units are and what they are, by common length.

Posts are pooled by adding their coincidences, as if they lay end to end. Gaps count position by
position, units as wholes, so lengths are numbers of positions (characters): another unit of
measurement gives another value.

Source: Krippendorff, Mathet, Bouvry & Widlöcher (2016), On the reliability of unitizing textual
continua: Further developments, Quality & Quantity 50.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from secondcoder.agreement.estimates import Estimate, Formula, IntervalChoice, distinct_rows
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
from secondcoder.schema.statistics import Statistic, Undefined

_ROUNDING = 1e-12
"""What rounding may leave of nothing, as a share."""


def u_alpha(
    units: Iterable[UnitLike],
    lengths: Lengths[Name],
    *,
    coders: Sequence[Hashable] | None = None,
    missing: Collection[tuple[Hashable, Hashable]] = (),
    interval: IntervalChoice = None,
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
    interval: IntervalChoice = None,
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
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return cu-alpha: agreement on categories where two coders marked a unit, gaps left aside.

    What expected coincidences leave out is, for each unit and each other coder, the square of the
    length on which that coder marked anything, over the number of other coders. (Implementations
    differ here; docs/decisions/0012-unitizing.md.) Where three coders or more overlap in part so
    little that more pairs are left out than there are, it has no value.

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
    interval: IntervalChoice = None,
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


class UAlphas(NamedTuple):
    """Three coefficients on the same units."""

    u_alpha: Statistic | Undefined
    u_alpha_binary: Statistic | Undefined
    u_alpha_coded: Statistic | Undefined


def u_alphas(found: Continua, interval: IntervalChoice) -> UAlphas:
    """Return u-alpha, |u-alpha and cu-alpha of units that are read."""
    return UAlphas(
        _alpha(found, "u_alpha", with_gaps, interval),
        _alpha(found, "u_alpha_binary", marked_or_gap, interval),
        _alpha(found, "u_alpha_coded", without_gaps, interval),
    )


def _of_category(
    found: Continua, sums: Coincidences, place: int, how: IntervalChoice
) -> Statistic | Undefined:
    name = f"u_alpha of {found.categories[place]}"
    n_units = int((found.category == place).sum())
    column = place + GAP + 1

    _, margins, selves = (part[:, column].sum() for part in sums)
    if not margins:
        reason = "no other coder marked a unit where the category was given"
        return Undefined(name=name, reason=reason, n_units=n_units)
    if margins**2 < selves * (1 - _ROUNDING):
        reason = "too little of it met other coders' units to tell what chance would give"
        return Undefined(name=name, reason=reason, n_units=n_units)
    ours = [part[:, column] for part in sums]
    rows = np.column_stack([sums.margins.sum(axis=1), *ours])
    return _estimate(name, _category_ratio, rows, n_units).result(how)


def _alpha(
    found: Continua, name: str, coincide: Callable[[Continua], Coincidences], how: IntervalChoice
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
    if (sums.margins.sum(axis=0) ** 2).sum() < sums.selves.sum() * (1 - _ROUNDING):
        reason = "too little of the units met other coders' to tell what chance would give"
        return Undefined(name=name, reason=reason, n_units=n_units)
    rows = np.column_stack([sums.same.sum(axis=1), sums.selves.sum(axis=1), sums.margins])
    return _estimate(name, _ratio, rows, n_units).result(how)


def _estimate(name: str, formula: Formula, rows: Floats, n_units: int) -> Estimate:
    distinct, kinds = distinct_rows(rows)
    return Estimate(
        name=name,
        formula=formula,
        rows=distinct,
        kinds=kinds,
        n_units=n_units,
        why_undefined="only one value is to be expected anywhere, so no disagreement is possible",
        bounds=(-np.inf, 1.0),
    )


def _ratio(sums: Floats) -> Floats:
    """Return 1 - observed / expected disagreement for each row, NaN where none is expected.

    Args:
        sums: Length given the same value, pairs of units with themselves, and each value's length.
    """
    same, selves, margins = sums[:, 0], sums[:, 1], sums[:, 2:]
    total = margins.sum(axis=1)
    observed = total - same
    pairs = total**2 - selves
    alike = (margins**2).sum(axis=1)
    different = total**2 - alike
    # Rounding leaves a trace where every pair is alike. Where units leave out more pairs than
    # there are, agreement would be expected below 0.
    has_pairs = alike >= selves * (1 - _ROUNDING)
    different = np.where(has_pairs & (different > _ROUNDING * total**2), different, np.nan)
    return np.asarray(1 - observed * pairs / (total * different), np.float64)


def _category_ratio(sums: Floats) -> Floats:
    """Return (k)u-alpha for each row, NaN where nothing else is to be expected.

    Args:
        sums: Length of all values, then of the category: given the same value, all, and its pairs
            of units with themselves.
    """
    total, same, length, selves = sums.T
    # Expected coincidences with all values, and with the others, but for their common divisor.
    all_pairs = length * total - selves
    others = length * (total - length)
    # Where units leave out more pairs than there are, the expected coincidence is below 0.
    has_pairs = length**2 >= selves * (1 - _ROUNDING)
    others = np.where(has_pairs & (others > _ROUNDING * total**2), others, np.nan)
    observed = (length - same) / length
    return np.asarray(1 - observed * all_pairs / others, np.float64)
