"""The ceiling: how far people agree with each other, and a model with them, on the same posts."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from secondcoder.agreement.pairs import (
    Coefficient,
    IntervalChoice,
    Pair,
    PairTable,
    coefficient_name,
    read_rows,
)
from secondcoder.agreement.people import Column, People, named
from secondcoder.agreement.ratings import MISSING, Ratings
from secondcoder.schema.model_beside_people import Ceiling, CoderBeside

_MODEL = 0
"""Place of the model, before the people."""


def human_ceiling(
    model: Column,
    people: People,
    *,
    coefficient: Coefficient = "krippendorff_alpha",
    clusters: Column | None = None,
    interval: IntervalChoice | None = "auto",
) -> Ceiling:
    """Return people's agreement, the model's with people, and the paired difference.

    Like is compared with like: people's agreement is the mean over pairs of people, the model's
    the mean over pairs of it and a person, and both are over the units that the model rated. A
    difference is taken with the same weights of posts on both sides, so what they share cancels.
    Each person is also left out in turn, and compared with the model against those who remain.

    Args:
        model: The model's ratings, single values or sets; None or NaN where missing.
            Shape: (n_units,).
        people: People's ratings, by name or in order. Shape: (n_people, n_units).
        coefficient: The name of a function of this package that gives one coefficient, such as
            `set_alpha`, or a function of two coders' ratings.
        clusters: What each unit comes from, such as a post's id. Shape: (n_units,).
        interval: How to make intervals; None: without.

    Fewer than two people, lengths that differ or an unknown coefficient are an `InputError`.

    >>> ana, ben = [1, 0, 1, 0, 1, 0], [1, 0, 1, 0, 0, 1]
    >>> found = human_ceiling(ana, [ana, ben], interval=None)
    >>> found.people.value == found.left_out[0].model_with_rest.value
    True
    """
    coders = named(people, len(model))
    table = _on_units_of_the_model(read_rows([model, *coders.values()], clusters))
    pairs = PairTable(table, ("model", *coders), coefficient)
    everyone = range(1, len(coders) + 1)
    among, beside = list(combinations(everyone, 2)), [(_MODEL, place) for place in everyone]
    n_rated = int(np.count_nonzero(table.codes[_MODEL] != MISSING))
    return Ceiling(
        coefficient=coefficient_name(coefficient),
        people=pairs.mean("people with people", among, interval),
        model=pairs.mean("model with people", beside, interval),
        difference=pairs.difference("model minus people", beside, among, interval),
        left_out=tuple(_left_out(pairs, place, everyone, interval) for place in everyone),
        n_units=n_rated,
        n_without_model=len(model) - n_rated,
    )


def _on_units_of_the_model(ratings: Ratings) -> Ratings:
    unseen = ratings.codes[_MODEL] == MISSING
    return replace(ratings, codes=np.where(unseen, MISSING, ratings.codes))


def _left_out(
    pairs: PairTable, place: int, everyone: Sequence[int], interval: IntervalChoice | None
) -> CoderBeside:
    rest = [other for other in everyone if other != place]
    own: list[Pair] = [(place, other) for other in rest]
    model = [(_MODEL, other) for other in rest]
    return CoderBeside(
        person=pairs.names[place],
        person_with_rest=pairs.mean("person with the rest", own, interval),
        model_with_rest=pairs.mean("model with the rest", model, interval),
        difference=pairs.difference("model minus person", model, own, interval),
    )
