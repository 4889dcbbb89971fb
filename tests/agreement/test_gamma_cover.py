"""The cheapest cover of a few elements, against all covers tried."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from secondcoder.agreement import gamma_cover
from secondcoder.agreement.gamma_cover import cheapest_covers


def all_tried(costs: list[float]) -> float:
    """Return what the cheapest cover costs, each set that holds the first element left tried."""

    @cache
    def least(left: int) -> float:
        if not left:
            return 0.0
        first = left & -left
        holding = (one for one in range(1, left + 1) if one & left == one and one & first)
        return min(costs[one] + least(left ^ one) for one in holding)

    return least(len(costs) - 1)


def problems(n_elements: int, n_problems: int, seed: int) -> NDArray[np.float64]:
    """Return costs of which half the sets of several elements are not to be had."""
    rng = np.random.default_rng(seed)
    costs = rng.random((n_problems, 1 << n_elements))
    alone = np.isin(np.arange(1 << n_elements), 1 << np.arange(n_elements))
    costs[(rng.random(costs.shape) < 0.5) & ~alone] = np.inf
    return costs


@given(st.integers(1, 7), st.integers(0, 5), st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_no_cover_is_cheaper(n_elements: int, n_problems: int, seed: int) -> None:
    """Every element once, in sets that exist."""
    costs = problems(n_elements, n_problems, seed)
    where, sets = cheapest_covers(costs)
    for problem in range(n_problems):
        mine = sets[where == problem]
        assert np.bitwise_or.reduce(mine) == mine.sum() == (1 << n_elements) - 1
        assert costs[problem, mine].sum() == pytest.approx(all_tried(costs[problem].tolist()))


def test_many_problems_are_solved_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """One by one or together: the same sets."""
    costs = problems(4, 9, 0)
    together = cheapest_covers(costs)
    monkeypatch.setattr(gamma_cover, "_CELLS", 1)
    one_by_one = cheapest_covers(costs)
    for first, second in zip(together, one_by_one, strict=True):
        order = np.lexsort((together[1], together[0]))
        again = np.lexsort((one_by_one[1], one_by_one[0]))
        assert first[order].tolist() == second[again].tolist()
