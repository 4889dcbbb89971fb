"""Units that coders marked on continua (posts), as arrays that every unitizing statistic reads."""

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from secondcoder.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Unit(NamedTuple):
    """What one coder marked: the half-open stretch `[start, end)` of a continuum, and its value."""

    coder: Hashable
    start: float
    end: float
    category: Hashable = None
    continuum: Hashable = None
    """Which post; None where there is only one."""


UnitLike = (
    Unit
    | tuple[Hashable, float, float, Hashable]
    | tuple[Hashable, float, float, Hashable, Hashable]
)
"""A `Unit`, or its fields in order: coder, start, end, category and, with many posts, continuum."""

_FIELDS = (
    "a unit is coder, start, end, category and, with several posts, the post; of a data frame with "
    "these columns in order give frame.itertuples(index=False)"
)

Name = TypeVar("Name", bound=Hashable)
"""What continua, or coders, are called: any one type."""

Lengths = float | Mapping[Name, float]
"""The length of the one continuum, or of each."""


@dataclass(frozen=True)
class Continua:
    """Units in arrays, sorted by continuum, coder and start. A continuum is a cluster.

    A coder without units in a continuum found nothing there, unless `present` says that this coder
    never saw it.
    """

    ids: tuple[Hashable, ...]
    """Continua, in order of first appearance."""
    coders: tuple[Hashable, ...]
    categories: tuple[Hashable, ...]
    lows: Floats
    """Where each continuum begins. Shape: (n_continua,)."""
    lengths: Floats
    """Shape: (n_continua,)."""
    present: NDArray[np.bool_]
    """Which coder saw which continuum. Shape: (n_continua, n_coders)."""
    continuum: Ints
    """Place in `ids` of each unit's continuum. Shape: (n_units,), like all that follow."""
    coder: Ints
    start: Floats
    end: Floats
    category: Ints

    @property
    def n_present(self) -> Ints:
        """Return how many coders saw each continuum. Shape: (n_continua,)."""
        return np.asarray(self.present.sum(axis=1), np.int64)

    @property
    def n_pairable(self) -> int:
        """Return how many units lie where at least two coders looked."""
        return int((self.n_present[self.continuum] > 1).sum())


def read_units(
    units: Iterable[UnitLike],
    lengths: Lengths[Name] | None = None,
    *,
    coders: Sequence[Hashable] | None = None,
    missing: Collection[tuple[Hashable, Hashable]] = (),
) -> Continua:
    """Return the units as arrays, checked.

    Args:
        units: Coder, start, end, category and, where there are several continua, which one.
        lengths: Length of the continuum, which begins at 0, or of each by id; continua without any
            unit are known by it alone. None: the one continuum reaches from the first unit's start
            to the last one's end.
        coders: All coders, where some marked nothing; those with units by default.
        missing: Pairs (coder, continuum) of coders who never saw a continuum. Others who marked
            nothing there found nothing.

    Raises:
        InputError: A unit is empty, lies outside its continuum or is by a coder who never saw it;
            lengths are missing.

    >>> found = read_units([("ann", 0, 4, "tea"), ("bob", 1, 4, "tea")], 10)
    >>> found.coders, found.end.tolist()
    (('ann', 'bob'), [4.0, 4.0])
    """
    rows = [as_unit(unit) for unit in units]
    known = _lengths(rows, lengths)
    names = _all_coders(rows, coders, missing)
    at = {name: place for place, name in enumerate(names)}
    continuum_at = {name: place for place, name in enumerate(known)}
    present = np.ones((len(known), len(names)), np.bool_)
    for coder, continuum in missing:
        if continuum not in continuum_at:
            raise InputError(f"missing names continuum {continuum!r}, whose length is not given")
        present[continuum_at[continuum], at[coder]] = False
    categories = tuple(dict.fromkeys(row.category for row in rows))
    category_at = {name: place for place, name in enumerate(categories)}
    for row in rows:
        check_unit(row, known[row.continuum])
        if not present[continuum_at[row.continuum], at[row.coder]]:
            raise InputError(
                f"coder {row.coder!r} is missing from continuum {row.continuum!r} and has a unit "
                f"there; remove one of the two"
            )
    rows.sort(key=lambda row: (continuum_at[row.continuum], at[row.coder], row.start, row.end))
    extents = list(known.values())
    return Continua(
        ids=tuple(known),
        coders=names,
        categories=categories,
        lows=np.array([low for low, _ in extents], float),
        lengths=np.array([high - low for low, high in extents], float),
        present=present,
        continuum=np.array([continuum_at[row.continuum] for row in rows], np.int64),
        coder=np.array([at[row.coder] for row in rows], np.int64),
        start=np.array([row.start for row in rows], float),
        end=np.array([row.end for row in rows], float),
        category=np.array([category_at[row.category] for row in rows], np.int64),
    )


def as_unit(unit: UnitLike) -> Unit:
    """Return the unit with its names.

    Raises:
        InputError: If it is no row of coder, start, end, category and perhaps continuum, or starts
            or ends at what is no number.
    """
    try:
        found = Unit(*unit)
    except TypeError as error:
        raise InputError(f"{unit!r} is no unit; {_FIELDS}") from error
    for place in (found.start, found.end):
        if not isinstance(place, int | float | np.integer | np.floating):
            raise InputError(f"{unit!r}: {place!r} is no number to start or end at; {_FIELDS}")
    return found


def check_unit(unit: Unit, extent: tuple[float, float]) -> None:
    """Refuse a unit without length, or outside its continuum.

    Raises:
        InputError: Naming coder, continuum and unit.
    """
    where = f"coder {unit.coder!r}, continuum {unit.continuum!r}"
    if not (math.isfinite(unit.start) and math.isfinite(unit.end)) or unit.start >= unit.end:
        raise InputError(
            f"{where}: unit [{unit.start}, {unit.end}) has no length; a unit ends after its start"
        )
    if unit.start < extent[0] or unit.end > extent[1]:
        raise InputError(
            f"{where}: unit [{unit.start:g}, {unit.end:g}) reaches outside the continuum "
            f"[{extent[0]:g}, {extent[1]:g}); mend the unit or the length"
        )


def comparable(found: Continua) -> Continua:
    """Return the continua with room that two coders saw; the others tell nothing of agreement."""
    kept = (found.n_present > 1) & (found.lengths > 0)
    mine = kept[found.continuum]
    return replace(
        found,
        ids=tuple(name for name, keep in zip(found.ids, kept, strict=True) if keep),
        lows=found.lows[kept],
        lengths=found.lengths[kept],
        present=found.present[kept],
        continuum=(np.cumsum(kept) - 1)[found.continuum[mine]],
        coder=found.coder[mine],
        start=found.start[mine],
        end=found.end[mine],
        category=found.category[mine],
    )


def why_not_comparable(found: Continua) -> str | None:
    """Return why coders can't be compared on these continua, or None where they can."""
    if not (found.n_present > 1).any():
        return "no continuum was seen by two coders"
    if not found.n_pairable:
        return "no coder marked a unit where two looked, so nothing tells agreement from chance"
    return None


def refuse_overlaps(found: Continua, *, statistic: str, within_category: bool = False) -> None:
    """Raise where units of one coder overlap, which the statistic can't take.

    Args:
        found: The units.
        statistic: Its name, for the message.
        within_category: Only units of one category may not overlap.

    Raises:
        InputError: Naming coder, continuum and both units.
    """
    keys = [found.start, found.coder, found.continuum]
    if within_category:
        keys.insert(1, found.category)
    order = np.lexsort(keys)
    before, after = order[:-1], order[1:]
    same = np.ones(len(before), np.bool_)
    for key in keys[1:]:
        same &= key[before] == key[after]
    # Sorted by start: the first overlap of all is one between neighbours.
    places = np.flatnonzero(same & (found.start[after] < found.end[before]))
    if len(places):
        one, two = int(before[places[0]]), int(after[places[0]])
        raise InputError(
            f"coder {found.coders[found.coder[one]]!r}, continuum "
            f"{found.ids[found.continuum[one]]!r}: [{found.start[one]:g}, {found.end[one]:g}) and "
            f"[{found.start[two]:g}, {found.end[two]:g}) overlap, which {statistic} has no place "
            f"for; join them, compute it theme by theme, or use gamma"
        )


def _lengths(
    rows: Sequence[Unit], lengths: Lengths[Name] | None
) -> dict[Hashable, tuple[float, float]]:
    """Return where each continuum begins and ends.

    Raises:
        InputError: A length is missing or is no length.
    """
    named = list(dict.fromkeys(row.continuum for row in rows))
    extents: dict[Hashable, tuple[float, float]] = {}
    if isinstance(lengths, Mapping):
        for name in named:
            if name not in lengths:
                raise InputError(f"continuum {name!r} has units and no length; add it to lengths")
        extents = {name: (0.0, float(length)) for name, length in lengths.items()}
    elif len(named) > 1:
        raise InputError(
            f"units lie on {len(named)} continua; give lengths as a mapping from continuum to "
            f"length"
        )
    elif lengths is not None:
        extents = {named[0] if named else None: (0.0, float(lengths))}
    elif rows:
        low, high = min(row.start for row in rows), max(row.end for row in rows)
        extents = {named[0]: (float(low), float(high))}
    else:
        extents = {}
    for name, (_, high) in extents.items():
        if not (math.isfinite(high) and high >= 0):
            raise InputError(f"continuum {name!r} has length {high}; it must be a number from 0 on")
    return extents


def _all_coders(
    rows: Sequence[Unit],
    coders: Sequence[Hashable] | None,
    missing: Collection[tuple[Hashable, Hashable]],
) -> tuple[Hashable, ...]:
    seen = dict.fromkeys(row.coder for row in rows)
    if coders is None:
        return tuple(seen | dict.fromkeys(coder for coder, _ in missing))
    names = tuple(dict.fromkeys(coders))
    for coder in [*seen, *(coder for coder, _ in missing)]:
        if coder not in names:
            raise InputError(f"coder {coder!r} is not among coders; add the name there")
    return names
