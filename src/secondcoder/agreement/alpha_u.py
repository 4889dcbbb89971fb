"""Krippendorff's alpha_U of 1995 and 2004: differences between units as squared lengths.

Another coefficient than u-alpha of 2016 (`unitized_alpha`), which its author proposes in its
place; kept under its own name for comparison with what was published.

Source: Krippendorff (1995), On the Reliability of Unitizing Continuous Data, Sociological
Methodology 25; Krippendorff (2004), Content Analysis, 2nd edition, section 11.6.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from itertools import permutations
from typing import NamedTuple

import numpy as np

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


def alpha_u(
    units: Iterable[UnitLike],
    lengths: Lengths[Name],
    *,
    coders: Sequence[Hashable] | None = None,
    missing: Collection[tuple[Hashable, Hashable]] = (),
    categories: Collection[Hashable] | None = None,
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
    parts = [
        disagreements(found, place)
        for place, category in enumerate(found.categories)
        if categories is None or category in categories
    ]
    observed, expected = (sum(part[side] for part in parts) for side in (0, 1))
    if not expected:
        reason = "no unit has any of the categories, or none could lie elsewhere"
        return Undefined(name=_NAME, reason=reason, n_units=n_units)
    return Statistic(name=_NAME, value=1 - observed / expected, n_units=n_units)


def disagreements(found: Continua, category: int) -> tuple[float, float]:
    """Return the observed and the expected disagreement of one category.

    Args:
        found: Units, those of one category and coder apart.
        category: Place in `found.categories`.
    """
    length = float(found.lengths.sum())
    sections = [_sections(found, coder, category) for coder in range(len(found.coders))]
    return _observed(sections) / length**2, _expected(sections, length)


class _Sections(NamedTuple):
    """One coder's continua end to end: units of one category, and the gaps between them."""

    start: Floats
    end: Floats
    gap_start: Floats
    gap_end: Floats


def _sections(found: Continua, coder: int, category: int) -> _Sections:
    theirs: Ints = np.flatnonzero((found.coder == coder) & (found.category == category))
    ends = np.cumsum(found.lengths)
    shift = (ends - found.lengths - found.lows)[found.continuum[theirs]]
    start, end = found.start[theirs] + shift, found.end[theirs] + shift
    # Posts' ends close gaps as units do; a gap of no length has room for no unit.
    gap_start = np.sort(np.concatenate([ends - found.lengths, end]))
    gap_end = np.sort(np.concatenate([start, ends]))
    return _Sections(start, end, gap_start, gap_end)


def _observed(sections: Sequence[_Sections]) -> float:
    """Return the mean over pairs of coders of the squared differences. Source: (2004), p. 253."""
    total = 0.0
    for one, other in permutations(sections, 2):
        start, end = one.start[:, None], one.end[:, None]
        meet = (start < other.end) & (other.start < end)
        apart = (start - other.start) ** 2 + (end - other.end) ** 2
        # Each pair of units comes up in both orders; a unit inside a gap in one only.
        inside = (other.gap_start <= start) & (end <= other.gap_end)
        total += float(apart[meet].sum()) + 2 * float(((end - start) ** 2 * inside).sum())
    return total / (len(sections) * (len(sections) - 1))


def _expected(sections: Sequence[_Sections], length: float) -> float:
    """Return the disagreement of all ways to place units and gaps. Source: (2004), p. 254."""
    n_coders = len(sections)
    units = np.concatenate([part.end - part.start for part in sections])
    gaps = np.concatenate([part.gap_end - part.gap_start for part in sections])
    among = (len(units) - 1) / 3 * (2 * units**3 - 3 * units**2 + units)
    room = np.maximum(gaps[None, :] - units[:, None] + 1, 0.0).sum(axis=1)
    ways = n_coders * length * (n_coders * length - 1) - float((units * (units - 1)).sum())
    # No ways where all coders together have one position: nothing to expect.
    return 2 / length * float((among + units**2 * room).sum()) / ways if ways else 0.0
