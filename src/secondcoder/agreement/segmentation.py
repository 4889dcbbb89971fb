"""Boundary similarity B: how alike two ways are of cutting a text into segments.

Source: Fournier (2013), Evaluating Text Segmentation using Boundary Edit Distance, ACL 2013.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from secondcoder.agreement.unitizing import Continua
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Statistic, Undefined

SPANNING = 2
"""Potential boundaries that a transposition may span, its own included: `n_t` of the paper."""

Masses = Sequence[int]
"""Lengths of a text's segments: `(2, 3, 6)` cuts 11 positions after the 2nd and the 5th."""


class Edits(NamedTuple):
    """What turns one segmentation into the other."""

    n_matches: int
    """Boundaries that both have."""
    n_additions: int
    """Boundaries that one has and the other has none near."""
    n_transpositions: int
    """Boundaries that are near each other without being the same."""
    transposed: float
    """The transpositions' weight: each its distance over the span allowed."""

    @property
    def n_all(self) -> int:
        """Return how many boundaries there are to agree on."""
        return self.n_matches + self.n_additions + self.n_transpositions

    @property
    def alike(self) -> float:
        """Return how many of them agree; a near miss counts in part."""
        return self.n_matches + self.n_transpositions - self.transposed


def boundary_similarity(a: Masses, b: Masses, *, spanning: int = SPANNING) -> Statistic | Undefined:
    """Return B: the share of boundaries that agree, near misses counted in part.

    Args:
        a: One segmentation, as lengths of its segments.
        b: The other, of the same text.
        spanning: Potential boundaries that a transposition may span, its own included.

    Returns:
        Between 0 and 1. Undefined where neither has a boundary. `n_units` counts boundaries.

    Raises:
        InputError: The segmentations are not of one text, or a segment has no length.

    >>> boundary_similarity((2, 3, 6), (2, 2, 7)).value
    0.75
    """
    edits = boundary_edits(boundaries(a), boundaries(b), spanning=spanning)
    if sum(a) != sum(b):
        raise InputError(
            f"the segmentations have {sum(a)} and {sum(b)} positions; they must be of one text"
        )
    name = "boundary_similarity"
    if not edits.n_all:
        reason = "neither segmentation has a boundary"
        return Undefined(name=name, reason=reason)
    return Statistic(name=name, value=edits.alike / edits.n_all, n_units=edits.n_all)


def boundaries(masses: Masses) -> frozenset[int]:
    """Return after how many positions the boundaries inside the text lie.

    Raises:
        InputError: A segment has no length.

    >>> sorted(boundaries((2, 3, 6)))
    [2, 5]
    """
    if not len(masses) or min(masses) < 1:
        raise InputError(f"segments {tuple(masses)} are not all of length 1 or more")
    places, end = [], 0
    for mass in masses[:-1]:
        end += mass
        places.append(end)
    return frozenset(places)


def boundary_edits(a: Collection[int], b: Collection[int], *, spanning: int = SPANNING) -> Edits:
    """Return the edits between two sets of boundaries.

    Transpositions are found as in the paper: near ones first, from left to right, each boundary in
    one at most.

    Args:
        a: Boundaries of one segmentation.
        b: Boundaries of the other.
        spanning: Potential boundaries that a transposition may span, its own included; 1 allows
            none.

    Raises:
        InputError: `spanning` is below 1.

    >>> boundary_edits({2, 5}, {2, 4})
    Edits(n_matches=1, n_additions=0, n_transpositions=1, transposed=0.5)
    """
    if spanning < 1:
        raise InputError(f"spanning is {spanning}; it must be 1 or more")
    only_a, only_b = set(a) - set(b), set(b) - set(a)
    n_transpositions, transposed = 0, 0.0
    for distance in range(1, spanning):
        for place in sorted(only_a | only_b):
            near = place + distance
            for mine, theirs in ((only_a, only_b), (only_b, only_a)):
                if place in mine and near in theirs:
                    mine.discard(place)
                    theirs.discard(near)
                    n_transpositions += 1
                    transposed += distance / spanning
                    break
    n_matches = len(set(a) & set(b))
    return Edits(n_matches, len(only_a) + len(only_b), n_transpositions, transposed)


def masses_of(found: Continua, continuum: int, coder: int) -> tuple[int, ...]:
    """Return how one coder's units cut a continuum: at every start and end.

    Args:
        found: Units, at whole positions.
        continuum: Place in `found.ids`.
        coder: Place in `found.coders`.

    Raises:
        InputError: A unit does not lie at whole positions.

    >>> from secondcoder.agreement.unitizing import read_units
    >>> masses_of(read_units([("ann", 2, 5, "tea")], 11), 0, 0)
    (2, 3, 6)
    """
    theirs = (found.continuum == continuum) & (found.coder == coder)
    low = float(found.lows[continuum])
    cuts = {0.0, float(found.lengths[continuum])}
    cuts |= {float(place) - low for place in [*found.start[theirs], *found.end[theirs]]}
    if any(not cut.is_integer() for cut in cuts):
        raise InputError("boundaries lie between positions; starts and ends must be whole numbers")
    places = sorted(int(cut) for cut in cuts)
    return tuple(end - start for start, end in pairwise(places))
