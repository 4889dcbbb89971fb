"""How much of a continuum two coders give the same value: the sums behind the u-alpha family.

All continua must have been seen by two coders (`unitizing.comparable`).

Source: Krippendorff, Mathet, Bouvry & Widlöcher (2016), On the reliability of unitizing textual
continua: Further developments, Quality & Quantity 50.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from secondcoder.agreement.unitizing import Continua, Floats, Ints

GAP = 0
"""Column of the gaps; categories follow."""


class Coincidences(NamedTuple):
    """Sums per continuum, one column per value. Shape of each: (n_continua, n_values)."""

    same: Floats
    """Diagonal of the observed coincidences."""
    margins: Floats
    """Row sums of the observed coincidences."""
    selves: Floats
    """What expected coincidences leave out: units paired with themselves."""


def with_gaps(found: Continua) -> Coincidences:
    """Return the coincidences of u-alpha: gaps count position by position, units as wholes."""
    same, margins = _observed(found, lowest=GAP)
    selves = np.zeros_like(margins)
    squares = (found.end - found.start) ** 2
    np.add.at(selves, (found.continuum, found.category + 1), squares)
    selves[:, GAP] = margins[:, GAP]
    return Coincidences(same, margins, selves)


def marked_or_gap(found: Continua) -> Coincidences:
    """Return the coincidences of |u-alpha: all categories made one."""
    full = with_gaps(found)
    margins, selves = (
        np.column_stack([part[:, GAP], part[:, GAP + 1 :].sum(axis=1)])
        for part in (full.margins, full.selves)
    )
    # What was marked met either a gap or something marked.
    apart = full.margins[:, GAP] - full.same[:, GAP]
    same = np.column_stack([full.same[:, GAP], margins[:, 1] - apart])
    return Coincidences(same, margins, selves)


def without_gaps(found: Continua) -> Coincidences:
    """Return the coincidences of cu-alpha: only what lies on units of two coders."""
    same, margins = _observed(found, lowest=GAP + 1)
    selves = np.zeros_like(margins)
    start, end = _end_to_end(found)
    for other in range(len(found.coders)):
        theirs = found.coder == other
        common = _covered(start[theirs], end[theirs], end)
        common -= _covered(start[theirs], end[theirs], start)
        common[theirs] = 0.0
        np.add.at(selves, (found.continuum, found.category + 1), common**2)
    return Coincidences(same, margins, selves * _share(found)[:, None])


def _end_to_end(found: Continua) -> tuple[Floats, Floats]:
    """Return the units' starts and ends with the continua laid end to end."""
    offsets = np.cumsum(found.lengths) - found.lengths - found.lows
    shift = offsets[found.continuum]
    return found.start + shift, found.end + shift


def _share(found: Continua) -> Floats:
    """Return what one pair of coders counts: one over the number of other coders."""
    return np.asarray(1 / (found.n_present - 1.0), np.float64)


def _covered(starts: Floats, ends: Floats, places: Floats) -> Floats:
    """Return the length that the stretches, apart and in order, cover before each place."""
    lengths = np.append(0.0, np.cumsum(ends - starts))
    last = np.searchsorted(starts, places, side="right")
    beyond = np.append(0.0, ends)[last] - places
    return lengths[last] - np.where(last > 0, np.maximum(beyond, 0.0), 0.0)


def _observed(found: Continua, *, lowest: int) -> tuple[Floats, Floats]:
    """Return diagonal and row sums of the observed coincidences of values from `lowest` on."""
    n_continua, n_values = len(found.ids), 1 + len(found.categories)
    continuum, length, values = _atoms(found)
    share = (_share(found)[continuum]) * length
    same = np.zeros(n_continua * n_values)
    margins = np.zeros(n_continua * n_values)
    for one, two in combinations(values, 2):
        both = (one >= lowest) & (two >= lowest)
        weight = share[both]
        cells = [continuum[both] * n_values + value[both] for value in (one, two)]
        for cell in cells:
            margins += np.bincount(cell, weight, minlength=len(margins))
        alike = cells[0] == cells[1]
        same += np.bincount(cells[0][alike], 2 * weight[alike], minlength=len(same))
    return same.reshape(n_continua, n_values), margins.reshape(n_continua, n_values)


def _atoms(found: Continua) -> tuple[Ints, Floats, Ints]:
    """Return the continua cut wherever a unit starts or ends.

    Returns:
        Continuum and length of each piece, and the value each coder gave it: 0 a gap, -1 never
        seen, else the category's place plus one. Shapes: (n_pieces,), (n_pieces,),
        (n_coders, n_pieces).
    """
    ends = np.cumsum(found.lengths)
    start, end = _end_to_end(found)
    cuts = np.unique(np.concatenate([[0.0], ends, start, end]))
    middle = (cuts[1:] + cuts[:-1]) / 2
    continuum = np.searchsorted(ends, middle)
    values = np.zeros((len(found.coders), len(middle)), np.int64)
    for coder, row in enumerate(values):
        theirs = np.flatnonzero(found.coder == coder)
        last = np.searchsorted(start[theirs], middle, side="right") - 1
        unit = np.append(theirs, -1)[last]
        inside = (last >= 0) & (middle < np.append(end, -np.inf)[unit])
        row[inside] = found.category[unit[inside]] + 1
        row[~found.present[continuum, coder]] = -1
    return continuum, np.diff(cuts), values
