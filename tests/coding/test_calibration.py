"""The curve of the confidence, and the joining of segments."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from secondcoder.coding.calibration import SHIPPED, fit_calibration
from secondcoder.coding.joining import joined


def test_a_greater_lead_is_a_greater_confidence() -> None:
    """And both ends stay inside (0, 1)."""
    chances = SHIPPED.confidence(np.array([-9.0, 0.0, 0.1, 0.5, 99.0]))
    assert (np.diff(chances) > 0).all()
    assert chances[0] > 0
    assert chances[-1] < 1


def test_the_fit_is_logistic_regression() -> None:
    """Scikit-learn's, without a penalty, on the same outcomes and the two made-up ones."""
    rng = np.random.default_rng(0)
    lead = rng.random(200)
    right = rng.random(200) < lead
    fitted = fit_calibration(lead, right)
    oracle = LogisticRegression(C=1e9, tol=1e-10).fit(
        np.append(lead, [lead.mean()] * 2)[:, None], np.append(right, [False, True])
    )
    assert fitted.slope == pytest.approx(float(oracle.coef_[0, 0]), rel=1e-3)
    assert fitted.intercept == pytest.approx(float(oracle.intercept_[0]), rel=1e-3)


def test_outcomes_all_alike_still_give_a_finite_curve() -> None:
    """The made-up outcomes see to it."""
    curve = fit_calibration(np.array([0.1, 0.2, 0.3]), np.array([True, True, True]))
    assert np.isfinite(curve).all()


def test_a_change_of_theme_must_be_worth_its_cost() -> None:
    """The same shares are cut at a low cost and kept whole at a high one."""
    shares = np.array([[0.6, 0.4], [0.4, 0.6]])
    assert list(joined(shares, cost=0.1)) == [(0, 1), (1, 2)]
    assert list(joined(shares, cost=0.3)) == [(0, 2)]


def test_runs_cover_all_segments_once() -> None:
    """Whatever the shares say."""
    shares = np.random.default_rng(3).random((50, 4))
    runs = list(joined(shares))
    assert [position for start, end in runs for position in range(start, end)] == list(range(50))
