"""Clusters of units, on similarities small enough to see the answer."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from secondcoder.induction.clusters import clusters, n_themes
from secondcoder.induction.units import Group


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


def pair(places: Sequence[int]) -> bool:
    """Return whether there are two units or more."""
    return len(places) > 1


def places(groups: Sequence[Group]) -> list[tuple[int, ...]]:
    """Return where the units of each group stand."""
    return [group.places for group in groups]


def test_units_that_are_alike_are_one_group() -> None:
    """Two pairs; equally supported groups stand in the order of their first units."""
    found = clusters(PAIRS, 2, carry=pair, weigh=len)
    assert places(found.themes) == [(0, 1), (2, 3)]


def test_a_group_that_can_be_no_theme_is_kept_apart() -> None:
    """The first pair can't be quoted enough."""
    found = clusters(PAIRS, 2, carry=lambda at: 3 in at, weigh=len)
    assert places(found.themes) == [(2, 3)]
    assert places(found.too_few) == [(0, 1)]


def test_a_unit_no_more_alike_than_usual_is_left_over() -> None:
    """Asked for one group, the fourth has nothing in common with the others: it is residue."""
    three = alike([0.8, 0.8, 0.0], [0.8, 0.0], [0.0])
    found = clusters(three, 1, carry=pair, weigh=len)
    assert places(found.themes) == [(0, 1, 2)]
    assert found.too_few == []


def test_a_single_unit_makes_no_theme() -> None:
    """There is nothing to share."""
    assert clusters(np.eye(1), 1, carry=pair, weigh=len) == ([], [])


def test_of_codes_none_is_left_over() -> None:
    """What a model coded is in a group of its own, if in no other: a theme, or of too few."""
    three = alike([0.8, 0.8, 0.0], [0.8, 0.0], [0.0])
    for n, groups in ((1, [(0, 1, 2, 3)]), (2, [(0, 1, 2), (3,)])):
        found = clusters(three, n, carry=lambda _: True, weigh=len, keeps_loners=True)
        assert places(found.themes) == groups
    found = clusters(three, 2, carry=pair, weigh=len, keeps_loners=True)
    assert (places(found.themes), places(found.too_few)) == ([(0, 1, 2)], [(3,)])


def test_more_groups_than_members_are_as_many_as_there_are() -> None:
    """Codes are fewer than the units they cite, by which the number of themes is told."""
    found = clusters(PAIRS, 9, carry=lambda _: True, weigh=len, keeps_loners=True)
    assert places(found.themes) == [(0,), (1,), (2,), (3,)]


def test_exactly_so_many_themes_are_looked_for_in_more_groups_and_in_fewer() -> None:
    """Two pairs and a loner make two themes in three groups; of five groups, none is a theme."""
    five = alike([0.8, 0.3, 0.3, 0.0], [0.3, 0.3, 0.0], [0.7, 0.0], [0.0])
    assert places(clusters(five, 2, carry=pair, weigh=len).themes) != [(0, 1), (2, 3)]
    for n in (2, 5):
        found = clusters(five, n, carry=pair, weigh=len, is_exact=True)
        assert places(found.themes) == [(0, 1), (2, 3)]


def test_the_grain_is_a_share_of_the_root_or_a_number() -> None:
    """Of 100 units: 4 or 5, 9, 18, or as many as are asked for and can be."""
    assert [n_themes(100, grain) for grain in ("few", "medium", "many", 7, 200)] == [
        4,
        9,
        18,
        7,
        100,
    ]


def test_a_finer_grain_finds_no_fewer_themes() -> None:
    """A third group would part a pair, and leave one theme of two."""
    two_pairs = alike([0.6, 0.1, 0.1], [0.1, 0.1], [0.7])
    for n in (2, 3, 4):
        found = clusters(two_pairs, n, carry=pair, weigh=len)
        assert places(found.themes) == [(0, 1), (2, 3)]
