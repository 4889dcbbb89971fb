"""Stability: one coder's agreement with itself, asked twice or otherwise."""

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
from secondcoder.agreement.ratings import MISSING
from secondcoder.errors import InputError
from secondcoder.schema.model_beside_people import RepeatPair, Stability


def stability(
    repeats: People,
    *,
    coefficient: Coefficient = "krippendorff_alpha",
    clusters: Column | None = None,
    interval: IntervalChoice | None = "auto",
) -> Stability:
    """Return how far a coder agrees with itself: twice, in other wording, in another order.

    This is a ceiling of its own kind: a coder can't be expected to agree with others more than with
    itself (Krippendorff 2018, Content Analysis, chapter 12, calls it stability, the weakest form of
    reliability). Units must stand in one order in every repeat, whatever order they were coded in.

    Args:
        repeats: Ratings of each repeat, by name or in order; single values or sets, None or NaN
            where missing. Shape: (n_repeats, n_units).
        coefficient: The name of a function of this package that gives one coefficient, such as
            `set_alpha`, or a function of two coders' ratings.
        clusters: What each unit comes from, such as a post's id. Shape: (n_units,).
        interval: How to make intervals; None: without.

    Raises:
        InputError: If fewer than two repeats are given, lengths differ, or the coefficient is
            unknown.

    >>> found = stability({"once": [1, 0, 1, 0], "again": [1, 0, 0, 0]}, interval=None)
    >>> round(found.agreement.value, 3), found.changed_units
    (0.533, (2,))
    """
    rows = list(repeats.values()) if hasattr(repeats, "values") else list(repeats)
    if len(rows) <= 1:
        raise InputError(f"stability needs two codings by one coder, not {len(rows)}")
    by_name = named(repeats, len(rows[0]))
    ratings = read_rows(list(by_name.values()), clusters)
    names = tuple(name.replace("person", "repeat") for name in by_name)
    tables = (
        PairTable(ratings, names, coefficient),
        PairTable(ratings, names, "percent_agreement"),
    )
    pairs = list(combinations(range(len(names)), 2))
    codes = ratings.codes
    # A missing rating changes nothing: the least of those given against the greatest.
    least = np.where(codes == MISSING, len(ratings.categories), codes).min(axis=0)
    return Stability(
        coefficient=coefficient_name(coefficient),
        agreement=tables[0].mean("agreement with itself", pairs, interval),
        pairs=tuple(_pair(tables, pair, interval) for pair in pairs),
        n_units=ratings.n_pairable,
        changed_units=tuple(np.flatnonzero(codes.max(axis=0) > least).tolist()),
    )


def _pair(
    tables: tuple[PairTable, PairTable], pair: Pair, interval: IntervalChoice | None
) -> RepeatPair:
    agreement, equality = tables
    one, two = agreement.ratings.codes[list(pair)]
    both = (one != MISSING) & (two != MISSING)
    return RepeatPair(
        first=agreement.names[pair[0]],
        second=agreement.names[pair[1]],
        agreement=agreement.mean("agreement with itself", [pair], interval),
        exact_match=equality.mean("exact match", [pair], interval),
        n_changed=int(np.count_nonzero(both & (one != two))),
    )
