"""Clusters of units, on similarities small enough to see the answer."""

import numpy as np
from numpy.typing import NDArray

from secondcoder.induction.clusters import clusters, n_themes
from secondcoder.induction.units import Unit
from secondcoder.schema.quotes import Quote, Span


def units(*authors: str | None) -> list[Unit]:
    """Return one unit per author, each of a post of its own."""
    return [
        Unit(Quote(post_id=f"p{n}", spans=(Span(start=0, end=1),), text="x"), "Q1", author)
        for n, author in enumerate(authors)
    ]


def alike(*rows: list[float]) -> NDArray[np.float64]:
    """Return similarities from the rows of the upper triangle, the diagonal left out."""
    n = len(rows) + 1
    full = np.eye(n)
    for at, row in enumerate(rows):
        full[at, at + 1 :] = row
        full[at + 1 :, at] = row
    return full


PAIRS = alike([0.8, 0.1, 0.1], [0.1, 0.1], [0.7])
"""Units 0 and 1 belong together, and 2 and 3."""


def test_units_that_are_alike_are_one_group() -> None:
    """Two pairs; equally supported groups stand in the order of their first units."""
    found = clusters(units("a", "b", "c", "d"), PAIRS, 2)
    assert [group.places for group in found] == [(0, 1), (2, 3)]


def test_a_group_of_one_person_is_no_theme() -> None:
    """Ann said both of the first pair."""
    found = clusters(units("ann", "ann", "c", "d"), PAIRS, 2)
    assert [group.places for group in found] == [(2, 3)]


def test_where_people_are_not_known_posts_are_counted() -> None:
    """The second pair is unsigned, of two posts; unsigned and of one post, it would be no theme."""
    found = clusters(units("ann", "ann", None, None), PAIRS, 2)
    assert [group.places for group in found] == [(2, 3)]
    same = units("ann", "bo", None, None)
    same[3] = same[3]._replace(quote=same[2].quote)
    assert [group.places for group in clusters(same, PAIRS, 2)] == [(0, 1)]


def test_a_unit_no_more_alike_than_usual_is_left_over() -> None:
    """Asked for one group, the fourth has nothing in common with the others: it is residue."""
    found = clusters(units("a", "b", "c", "d"), alike([0.8, 0.8, 0.0], [0.8, 0.0], [0.0]), 1)
    assert [group.places for group in found] == [(0, 1, 2)]


def test_a_single_unit_makes_no_theme() -> None:
    """There is nothing to share."""
    assert clusters(units("a"), np.eye(1), 1) == []


def test_the_grain_is_a_share_of_the_root_or_a_number() -> None:
    """Of 100 units: 4 or 5, 9, 18, or as many as are asked for and can be."""
    assert [n_themes(100, grain) for grain in ("few", "medium", "many", 7, 200)] == [
        4,
        9,
        18,
        7,
        100,
    ]
