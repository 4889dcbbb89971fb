"""Curves from confidence to chance: beside scikit-learn, cross-fitted, or a reason why not."""

import numpy as np
import pytest
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression

from secondcoder.agreement.curves import MANY, cross_fitted, fit_curve, folds_of
from secondcoder.schema.calibration import IsotonicCurve, PlattCurve
from secondcoder.schema.statistics import Undefined

GRID = np.linspace(-0.1, 1.1, 61)


def drawn(n: int, seed: int = 0, *, slope: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return confidences that overstate: right in half as many cases as they say."""
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(size=n)
    return confidence, rng.uniform(size=n) < confidence * slope


def chances(curve: PlattCurve | IsotonicCurve | Undefined) -> list[float]:
    """Return the curve at the points of the grid."""
    assert not isinstance(curve, Undefined)
    return [curve.chance(each) for each in GRID.tolist()]


@pytest.mark.parametrize("seed", range(3))
def test_platts_curve_is_that_of_scikit_learn(seed: int) -> None:
    """Its own class minimises the same loss with the same targets."""
    confidence, right = drawn(120, seed)
    oracle = _SigmoidCalibration().fit(confidence, right)
    assert chances(fit_curve(confidence, right)) == pytest.approx(
        list(oracle.predict(GRID)), abs=1e-3
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_isotonic_curve_is_that_of_scikit_learn(seed: int) -> None:
    """Between points, and flat beyond the first and the last."""
    confidence, right = drawn(200, seed)
    oracle = IsotonicRegression(out_of_bounds="clip").fit(confidence, right)
    found = fit_curve(confidence, right, "isotonic")
    assert chances(found) == pytest.approx(list(oracle.predict(GRID)))


def test_auto_is_platt_for_few_and_isotonic_for_many() -> None:
    """By the number of judgements."""
    assert isinstance(fit_curve(*drawn(MANY - 1)), PlattCurve)
    assert isinstance(fit_curve(*drawn(MANY)), IsotonicCurve)
    assert isinstance(fit_curve(*drawn(MANY), "platt"), PlattCurve)


def test_confidence_that_tells_all_has_a_finite_curve() -> None:
    """Right from wrong at 0.5, without exception."""
    confidence = np.linspace(0, 1, 40)
    curve = fit_curve(confidence, confidence > 0.5)
    assert isinstance(curve, PlattCurve)
    assert np.isfinite([curve.intercept, curve.slope]).all()
    assert curve.chance(0.0) < 0.1
    assert curve.chance(1.0) > 0.9


@pytest.mark.parametrize("n_wrong", [0, 9])
def test_too_few_of_either_outcome_give_no_curve(n_wrong: int) -> None:
    """Nine wrong judgements say too little of when it errs."""
    right = np.ones(60, np.bool_)
    right[:n_wrong] = False
    found = fit_curve(np.linspace(0, 1, 60), right)
    assert isinstance(found, Undefined)
    assert found.reason == (
        f"{60 - n_wrong} judgements are right and {n_wrong} wrong; at least 10 of each are needed"
    )


def test_no_judgement_is_judged_by_a_curve_it_took_part_in() -> None:
    """Turning one outcome around changes no chance in its own fold."""
    confidence, right = drawn(150)
    folds = folds_of(list(range(150)), seed=4)
    before = cross_fitted(confidence, right, folds)
    turned = right.copy()
    turned[7] = not turned[7]
    after = cross_fitted(confidence, turned, folds)
    assert not isinstance(before, Undefined)
    assert not isinstance(after, Undefined)
    own = folds == folds[7]
    assert after[own] == pytest.approx(before[own], abs=0)
    assert np.abs(after[~own] - before[~own]).max() > 1e-5


def test_cross_fitting_that_a_fold_makes_impossible_says_so() -> None:
    """All wrong judgements are of one post: without its fold there is nothing to learn from."""
    right = np.ones(100, np.bool_)
    right[:12] = False
    folds = folds_of(["bad"] * 12 + list(range(88)), seed=0)
    found = cross_fitted(np.linspace(0, 1, 100), right, folds)
    assert isinstance(found, Undefined)
    assert "without one of the 5 folds" in found.reason


def test_cross_fitting_many_is_isotonic() -> None:
    """As `fit_curve` would be on all of them, not on four fifths."""
    confidence, right = drawn(MANY)
    folds = folds_of(list(range(MANY)), seed=0)
    found = cross_fitted(confidence, right, folds)
    expected = cross_fitted(confidence, right, folds, "isotonic")
    assert not isinstance(found, Undefined)
    assert not isinstance(expected, Undefined)
    assert found.tolist() == expected.tolist()


def test_folds_hold_whole_posts_and_are_of_equal_size() -> None:
    """Eleven posts of two judgements each, five folds."""
    posts = [n // 2 for n in range(22)]
    folds = folds_of(posts, seed=1)
    assert all(folds[2 * n] == folds[2 * n + 1] for n in range(11))
    assert sorted(np.bincount(folds) // 2) == [2, 2, 2, 2, 3]
    assert folds_of(posts, seed=1).tolist() == folds.tolist()
