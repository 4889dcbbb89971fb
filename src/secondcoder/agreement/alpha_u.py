"""Krippendorff's alpha_U of 1995 and 2004: differences between units as squared lengths.

Another coefficient than u-alpha of 2016 (`unitized_alpha`), which its author proposes in its
place; kept under its own name for comparison with what was published.

Source: Krippendorff (1995), On the Reliability of Unitizing Continuous Data, Sociological
Methodology 25; Krippendorff (2004), Content Analysis, 2nd edition, whose example (p. 254) the
tests reproduce.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from itertools import permutations
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_matrix, hstack

from secondcoder.agreement.estimates import Estimate, IntervalChoice
from secondcoder.agreement.unitizing import (
    Continua,
    Floats,
    Ints,
    Lengths,
    Name,
    UnitLike,
    read_units,
    refuse_overlaps,
    why_not_comparable,
)
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Statistic, Undefined

_NAME = "alpha_u"


def alpha_u(  # noqa: PLR0913  # all but the units by keyword
    units: Iterable[UnitLike],
    lengths: Lengths[Name],
    *,
    coders: Sequence[Hashable] | None = None,
    missing: Collection[tuple[Hashable, Hashable]] = (),
    categories: Collection[Hashable] | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return alpha_U of some categories together, or of all.

    Disagreement is computed category by category and added up, observed and expected apart; for
    one category's own value name it alone. Posts count as if they lay end to end, except that no
    gap reaches over the end of a post.

    Args:
        units: Coder, start, end, category and, with several posts, the post. Whole numbers. Units
            of one coder may overlap if their categories differ.
        lengths: Length of the continuum, or of each.
        coders: All coders, where some marked nothing.
        missing: Pairs (coder, continuum) of coders who never saw a continuum.
        categories: Which categories to count; all by default.
        interval: How to make an interval, posts being the clusters.

    Returns:
        At most 1; 0 is chance. Undefined where a coder misses a continuum: the definition knows
        one number of coders.

    Raises:
        InputError: Units are malformed, or are not at whole positions, or overlap.

    >>> ann = [("ann", 225, 295, "c"), ("ann", 370, 400, "c")]
    >>> bob = [("bob", 220, 300, "c"), ("bob", 355, 375, "c"), ("bob", 400, 420, "c")]
    >>> shifted = [(who, start - 150, end - 150, what) for who, start, end, what in ann + bob]
    >>> round(alpha_u(shifted, 300).value, 4)
    0.7286
    """
    found = read_units(units, lengths, coders=coders, missing=missing)
    refuse_overlaps(found, statistic=_NAME, within_category=True)
    for values in (found.start, found.end, found.lengths):
        if np.any(values != np.floor(values)):
            raise InputError(
                f"{_NAME} counts positions; starts, ends and lengths must be whole numbers"
            )
    n_units = found.n_pairable
    reason = why_not_comparable(found)
    if not reason and not found.present.all():
        reason = "some coder never saw some continuum; leave that continuum or that coder out"
    if reason:
        return Undefined(name=_NAME, reason=reason, n_units=n_units)
    chosen = [
        place
        for place, category in enumerate(found.categories)
        if categories is None or category in categories
    ]
    return alpha_u_estimate(found, chosen).result(interval)


def disagreements(found: Continua, category: int) -> tuple[float, float]:
    """Return the observed and the expected disagreement of one category.

    Args:
        found: Units, those of one category and coder apart.
        category: Place in `found.categories`.
    """
    sums = _sums(found, category)
    length = found.lengths.sum(keepdims=True)
    everything = np.asarray(sums.rows.sum(axis=0)).reshape(1, -1)
    expected = _expected(everything[:, 1:], sums, length, len(found.coders))
    return float(everything[0, 0] / length[0] ** 2), float(expected[0])


def alpha_u_estimate(found: Continua, categories: Sequence[int]) -> Estimate:
    """Return alpha_U as a function of sums over continua, of some categories by their places."""
    parts = [_sums(found, category) for category in categories]
    ends = 1 + np.cumsum([0, *(part.rows.shape[1] for part in parts)])
    n_coders = len(found.coders)

    def formula(sums: Floats) -> Floats:
        length = sums[:, 0]
        observed, expected = np.zeros((2, len(sums)))
        for part, first, last in zip(parts, ends[:-1], ends[1:], strict=True):
            observed += sums[:, first] / length**2
            expected += _expected(sums[:, first + 1 : last], part, length, n_coders)
        return 1 - observed / np.where(expected > 0, expected, np.nan)

    return Estimate(
        name=_NAME,
        formula=formula,
        rows=csr_matrix(hstack([csr_matrix(found.lengths[:, None]), *(p.rows for p in parts)])),
        kinds=np.arange(len(found.ids)),
        n_units=found.n_pairable,
        why_undefined="no unit has any of the categories, or none could lie elsewhere",
        bounds=(-np.inf, 1.0),
    )


class _Sums(NamedTuple):
    """What continua add to the disagreements of one category."""

    rows: csr_matrix
    """The observed disagreement, then how many units and how many gaps there are of each length.
    Shape: (n_continua, 1 + unit lengths + gap lengths)."""
    unit_lengths: Floats
    gap_lengths: Floats


def _sums(found: Continua, category: int) -> _Sums:
    sections = [_sections(found, coder, category) for coder in range(len(found.coders))]
    n_continua = len(found.ids)
    units, unit_lengths = _histogram(
        np.concatenate([part.end - part.start for part in sections]),
        np.concatenate([part.continuum for part in sections]),
        n_continua,
    )
    gaps, gap_lengths = _histogram(
        np.concatenate([part.gap_end - part.gap_start for part in sections]),
        np.concatenate([part.gap_continuum for part in sections]),
        n_continua,
    )
    observed = _observed(sections, n_continua)
    return _Sums(csr_matrix(hstack([observed[:, None], units, gaps])), unit_lengths, gap_lengths)


def _histogram(lengths: Floats, continuum: Ints, n_continua: int) -> tuple[coo_array, Floats]:
    """Return how many there are of each length in each continuum, and the lengths."""
    distinct, column = np.unique(lengths, return_inverse=True)
    shape = (n_continua, len(distinct))
    return coo_array((np.ones(len(lengths)), (continuum, column)), shape=shape), distinct


class _Sections(NamedTuple):
    """One coder's continua end to end: units of one category, and the gaps between them."""

    start: Floats
    end: Floats
    continuum: Ints
    gap_start: Floats
    gap_end: Floats
    gap_continuum: Ints


def _sections(found: Continua, coder: int, category: int) -> _Sections:
    theirs: Ints = np.flatnonzero((found.coder == coder) & (found.category == category))
    ends = np.cumsum(found.lengths)
    continuum = found.continuum[theirs]
    shift = (ends - found.lengths - found.lows)[continuum]
    start, end = found.start[theirs] + shift, found.end[theirs] + shift
    # Posts' ends close gaps as units do; a gap of no length has room for no unit.
    everywhere = np.arange(len(ends))
    order = np.argsort(np.concatenate([everywhere, continuum]), kind="stable")
    gap_continuum = np.concatenate([everywhere, continuum])[order]
    gap_start = np.sort(np.concatenate([ends - found.lengths, end]))
    gap_end = np.sort(np.concatenate([start, ends]))
    return _Sections(start, end, continuum, gap_start, gap_end, gap_continuum)


def _observed(sections: Sequence[_Sections], n_continua: int) -> Floats:
    """Return, for each continuum, the mean over pairs of coders of the squared differences.

    Source: Krippendorff (2004).
    """
    total = np.zeros(n_continua)
    for one, other in permutations(sections, 2):
        # Units of one coder are apart and in order: those that a unit meets follow each other.
        first = np.searchsorted(other.end, one.start, side="right")
        count = np.searchsorted(other.start, one.end, side="left") - first
        unit = np.repeat(np.arange(len(count)), count)
        met = np.arange(len(unit)) - np.repeat(np.cumsum(count) - count - first, count)
        apart = (one.start[unit] - other.start[met]) ** 2 + (one.end[unit] - other.end[met]) ** 2
        total += np.bincount(one.continuum[unit], apart, minlength=n_continua)
        # Each pair of units comes up in both orders; a unit inside a gap in one only.
        gap = np.searchsorted(other.gap_start, one.start, side="right") - 1
        inside = one.end <= other.gap_end[gap]
        squares = 2 * (one.end - one.start) ** 2 * inside
        total += np.bincount(one.continuum, squares, minlength=n_continua)
    return total / (len(sections) * (len(sections) - 1))


def _expected(counts: Floats, sums: _Sums, length: Floats, n_coders: int) -> Floats:
    """Return the disagreement of all ways to place units and gaps. Source: (2004).

    Args:
        counts: Units, then gaps, of each length. Shape: (n_replicates, n_lengths).
        sums: Which lengths these are.
        length: Of all continua together. Shape: (n_replicates,).
        n_coders: Coders.
    """
    size = sums.unit_lengths
    units, gaps = counts[:, : len(size)], counts[:, len(size) :]
    among = (units.sum(axis=1) - 1) / 3 * (units @ (2 * size**3 - 3 * size**2 + size))
    room = np.maximum(sums.gap_lengths[None, :] - size[:, None] + 1, 0.0)
    placed = among + (units * (gaps @ room.T) * size**2).sum(axis=1)
    ways = n_coders * length * (n_coders * length - 1) - units @ (size * (size - 1))
    # No ways where all coders together have one position: nothing to expect.
    return np.where(ways > 0, 2 / length * placed / np.where(ways > 0, ways, 1.0), 0.0)
