"""The table of which theme was taken for which."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.agreement import confusion
from secondcoder.schema.comparisons import Confusion

SETS = st.frozensets(st.sampled_from("ABCD"))


def cell(table: Confusion, row: str | None, column: str | None) -> float:
    """Return how often two themes met."""
    return table.counts[table.themes.index(row)][table.themes.index(column)]


def test_single_themes_make_the_usual_table() -> None:
    """Cohen (1960), page 45: 88 14 18, 10 40 10, 2 6 12."""
    counts = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    pairs = [(a, b) for a in range(3) for b in range(3) for _ in range(counts[a][b])]
    table = confusion([{a} for a, _ in pairs], [{b} for _, b in pairs])
    assert table.themes == (0, 1, 2, None)
    assert [list(row[:3]) for row in table.counts[:3]] == counts
    assert table.n_units == 200


def test_what_is_shared_meets_itself_and_the_rest_is_matched() -> None:
    """The cases of the docstring, one by one."""
    table = confusion([{"a", "b"}], [{"a", "c"}])
    assert (cell(table, "a", "a"), cell(table, "b", "c")) == (1, 1)
    table = confusion([{"a"}], [{"b", "c"}])
    for met in (("a", "b"), ("a", "c"), (None, "b"), (None, "c")):
        assert cell(table, *met) == 0.5
    table = confusion([{"a"}, set()], [set(), set()])
    assert (cell(table, "a", None), cell(table, None, None)) == (1, 1)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.none() | SETS, SETS), min_size=1, max_size=12))
def test_rows_and_columns_add_up_to_the_use_of_each_theme(
    units: list[tuple[frozenset[str] | None, frozenset[str]]],
) -> None:
    """And exchanging the coders exchanges rows and columns."""
    first, second = ([unit[place] for unit in units] for place in (0, 1))
    table = confusion(first, second)
    both = [unit for unit in units if unit[0] is not None]
    assert table.n_units == len(both)
    counts = np.array(table.counts)
    of_first = Counter(theme for themes, _ in both for theme in themes or ())
    of_second = Counter(theme for _, themes in both for theme in themes)
    for place, theme in enumerate(table.themes[:-1]):
        assert counts[place].sum() == pytest.approx(of_first[str(theme)])
        assert counts[:, place].sum() == pytest.approx(of_second[str(theme)])
    turned = confusion(second, first)
    assert np.array(turned.counts) == pytest.approx(counts.T)


def test_a_table_of_nothing() -> None:
    """No unit in common: one cell, None meeting None, empty."""
    assert confusion([None], [None]) == Confusion(themes=(None,), counts=((0.0,),), n_units=0)
