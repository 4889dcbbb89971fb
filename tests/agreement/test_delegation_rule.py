"""The rule of delegation, bound by bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from secondcoder.agreement.delegation_rule import Bounds, decide, wilson
from secondcoder.schema.model_beside_people import Delegation, DelegationRule

GOOD = {
    "people_high": 0.9,
    "model_low": 0.7,
    "model_high": 0.9,
    "difference_low": -0.05,
    "difference_high": 0.05,
    "recall_low": 0.85,
    "recall_high": 0.99,
    "n_given": 40,
    "n_positives": 30,
}
RULE = DelegationRule()


def _bounds(**changes: float) -> Bounds:
    values = {name: np.array([float(value)]) for name, value in (GOOD | changes).items()}
    return Bounds(**values)


@pytest.mark.parametrize(
    ("changes", "decision", "is_settled"),
    [
        ({}, Delegation.MODEL, True),
        # Each threshold itself is enough.
        ({"model_low": 2 / 3, "difference_low": -0.1, "recall_low": 0.8}, Delegation.MODEL, True),
        ({"n_positives": 10}, Delegation.MODEL, True),
        ({"model_low": 0.66}, Delegation.CHECKED, False),
        ({"difference_low": -0.11}, Delegation.CHECKED, False),
        ({"difference_low": -0.3, "difference_high": -0.11}, Delegation.CHECKED, True),
        ({"model_low": 0.5, "model_high": 0.66}, Delegation.CHECKED, True),
        ({"recall_low": 0.79}, Delegation.UNDECIDED, False),
        ({"n_positives": 9}, Delegation.UNDECIDED, False),
        ({"recall_low": 0.5, "recall_high": 0.79}, Delegation.PEOPLE, True),
        ({"recall_low": 0.5, "recall_high": 0.79, "n_positives": 9}, Delegation.UNDECIDED, False),
        ({"people_high": 0.66}, Delegation.PEOPLE, True),
        ({"people_high": 0.66, "n_given": 9, "n_positives": 0}, Delegation.UNDECIDED, False),
        ({"model_low": np.nan}, Delegation.CHECKED, False),
        ({"recall_low": np.nan, "recall_high": np.nan}, Delegation.UNDECIDED, False),
    ],
)
def test_what_the_rule_says(
    changes: dict[str, float], decision: Delegation, *, is_settled: bool
) -> None:
    """One bound moved at a time, each just past or just on its threshold."""
    decisions = decide(_bounds(**changes), RULE)
    assert decisions.first() is decision
    assert bool(decisions.settled[0]) is is_settled


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-0.3, 1), min_size=9, max_size=9))
def test_a_sample_gets_one_decision_at_most(values: list[float]) -> None:
    """Whatever the bounds, as long as no lower one lies above its upper one."""
    changes = dict(zip(GOOD, values, strict=True)) | {"n_given": 20.0, "n_positives": 20.0}
    for name in ("model", "difference", "recall"):
        low, high = f"{name}_low", f"{name}_high"
        changes[low], changes[high] = sorted((changes[low], changes[high]))
    found = decide(_bounds(**changes), RULE)
    assert sum(map(bool, (found.no_standard, found.misses, found.alone, found.checked))) <= 1


def test_wilson_gives_what_scipy_gives() -> None:
    """An independent implementation, for every count up to 12."""
    n = np.arange(1, 13).repeat(13)
    found = np.minimum(np.tile(np.arange(13), 12), n)
    low, high = wilson(found.astype(float), n.astype(float), 0.9)
    for k, total, one, two in zip(found.tolist(), n.tolist(), low, high, strict=True):
        expected = stats.binomtest(k, total).proportion_ci(0.9, method="wilson")
        assert (one, two) == pytest.approx((expected.low, expected.high))


def test_wilson_of_nothing_is_no_number_inside() -> None:
    """It decides nothing, and no result holds it."""
    low, high = wilson(np.zeros(1), np.zeros(1), 0.95)
    assert np.isnan(low[0])
    assert np.isnan(high[0])
