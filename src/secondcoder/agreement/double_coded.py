"""One theme in the posts that a model and two people or more coded, as counts and agreement."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.pairs import Pair, PairTable
from secondcoder.agreement.people import Column, read_binary
from secondcoder.agreement.ratings import MISSING, Ratings
from secondcoder.agreement.resampling import evaluate

Vector = NDArray[np.float64]

N_UNSEEN = 3
"""Misses that may have stayed unseen where none occurred: the rule of three.

Source: Hanley & Lippman-Hand (1983), If nothing goes wrong, is everything all right?, JAMA 249:
of n trials without an event, 3/n is the upper 95 % bound of its probability.
"""


@dataclass(frozen=True, eq=False)
class DoubleCoded:
    """Whether a theme is present, by the model and by people. Rows: the model, then people."""

    theme: str
    names: tuple[str, ...]
    present: Vector
    """0, 1, NaN where missing; every post by the model and two people. Shape:
    (1 + n_people, n_posts)."""

    @property
    def n_posts(self) -> int:
        """Return how many posts the model and at least two people coded."""
        return int(self.present.shape[1])

    @cached_property
    def table(self) -> PairTable:
        """Return the agreement of pairs over these posts."""
        codes = np.where(np.isnan(self.present), MISSING, self.present).astype(np.int64)
        return PairTable(Ratings(codes, (False, True)), self.names, "krippendorff_alpha")

    @property
    def with_unseen(self) -> "DoubleCoded":
        """Return the posts and `N_UNSEEN` more that all people gave the theme, the model not."""
        missed = np.ones((len(self.present), N_UNSEEN))
        missed[0] = 0
        return DoubleCoded(self.theme, self.names, np.hstack([self.present, missed]))

    @property
    def among(self) -> list[Pair]:
        """Return the pairs of people who share posts."""
        return self.table.sharing(list(combinations(range(1, len(self.names)), 2)))

    @property
    def beside(self) -> list[Pair]:
        """Return the pairs of the model and a person who share posts."""
        return self.table.sharing([(0, place) for place in range(1, len(self.names))])

    @property
    def shares(self) -> Vector:
        """Return the share of a post's people who gave it the theme. Shape: (n_posts,)."""
        people = self.present[1:]
        n_rated: Vector = (~np.isnan(people)).sum(axis=0).astype(float)
        shares: Vector = np.nansum(people, axis=0) / n_rated
        return shares

    @cached_property
    def tallies(self) -> Vector:
        """Return what each post counts for. Shape: (n_posts, 5).

        Columns: given by a person, by most people, by most people and the model, by the model, by
        the model and most people. Half of the people are not most.
        """
        given, positive, model = self.shares > 0, self.shares > 1 / 2, self.present[0] == 1
        columns = [given, positive, positive & model, model, positive & model]
        return np.stack(columns, axis=1).astype(float)

    def agreement(self, weights: Vector) -> tuple[Vector, Vector, Vector]:
        """Return people's agreement, the model's, and the difference, for weights of kinds.

        Args:
            weights: Shape: (n_replicates, n_kinds of `table`).
        """
        sides = (self.among, ()), (self.beside, ()), (self.beside, self.among)
        people, model, difference = (
            evaluate(self.table.replicable(first, second), [weights]) for first, second in sides
        )
        return people, model, difference


def read_double_coded(theme: str, model: Column, people: Mapping[str, Column]) -> DoubleCoded:
    """Return the theme in the posts that the model and at least two people coded.

    >>> people = {"ana": [1, 0, None], "ben": [1, 1, 1]}
    >>> read_double_coded("tea", [1, 0, 1], people).tallies[:, 0].tolist()
    [1.0, 1.0]
    """
    present = np.stack([
        read_binary(model, f"{theme}, model"),
        *(read_binary(row, f"{theme}, {name}") for name, row in people.items()),
    ])
    rated = ~np.isnan(present)
    kept = rated[0] & (rated[1:].sum(axis=0) > 1)
    return DoubleCoded(theme, ("model", *people), present[:, kept])
