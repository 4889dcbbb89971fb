"""Units in rows, coders in columns, sets of themes in the cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from secondcoder.agreement.ratings import MISSING, Ratings

OTHER_IDEAS = "(other ideas)"
"""The theme of a quote without one, where it counts as a category; no theme's id has a space."""

Rating = frozenset[str] | None
"""The themes a coder gave; the empty set is a rating, None is missing."""


@dataclass(frozen=True, eq=False)
class UnitTable:
    """Units and the set of themes each coder gave each. A dataclass: nothing of it is stored."""

    names: tuple[str, ...]
    """Of the coders."""
    rows: tuple[tuple[Rating, ...], ...]
    """One row per unit that at least two coders rated, one rating per coder."""
    post_ids: tuple[str, ...]
    """The post each unit is from; units of one post are one cluster."""
    n_unmatched: tuple[int, ...] = ()
    """Quotes of each coder that no other coder marked."""

    @cached_property
    def ratings(self) -> Ratings:
        """Return the table as ratings whose categories are sets of themes, coders in rows."""
        codes: dict[Rating, int] = {}
        cells = [
            MISSING if rating is None else codes.setdefault(rating, len(codes))
            for row in self.rows
            for rating in row
        ]
        table = np.array(cells, np.int64).reshape(len(self.rows), len(self.names)).T
        posts: dict[str, int] = {}
        clusters = [posts.setdefault(post_id, len(posts)) for post_id in self.post_ids]
        alone = len(posts) == len(clusters)
        return Ratings(
            np.ascontiguousarray(table),
            tuple(rating for rating in codes if rating is not None),
            None if alone else np.array(clusters, np.int64),
        )

    @property
    def n_posts(self) -> int:
        """Return how many posts the units are from."""
        return len(set(self.post_ids))

    def of(self, coders: Sequence[int]) -> "UnitTable":
        """Return the table of some of the coders, with the units at least two of them rated."""
        rows = [tuple(row[coder] for coder in coders) for row in self.rows]
        kept = [place for place, row in enumerate(rows) if n_rated(row) > 1]
        return UnitTable(
            tuple(self.names[coder] for coder in coders),
            tuple(rows[place] for place in kept),
            tuple(self.post_ids[place] for place in kept),
        )


def n_rated(row: Sequence[Rating]) -> int:
    """Return how many coders rated a unit.

    >>> n_rated([frozenset(), None])
    1
    """
    return sum(rating is not None for rating in row)
