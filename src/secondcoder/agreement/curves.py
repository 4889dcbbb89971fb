"""Curves from confidence to the chance of being right, and their cross-fitting."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from secondcoder.schema.calibration import CurveMethod, IsotonicCurve, PlattCurve
from secondcoder.schema.statistics import Undefined

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]

MANY = 1000
"""Judgements from which `auto` is isotonic: below, it overfits (scikit-learn's user guide, on
probability calibration)."""
FEWEST_OF_EACH = 10
"""Right and wrong judgements without which a curve would be made up. Our choice: in five folds
each then trains on eight or so."""
N_FOLDS = 5


def fit_curve(
    confidence: Floats, is_right: Bools, method: CurveMethod = "auto"
) -> PlattCurve | IsotonicCurve | Undefined:
    """Return the curve that people's judgements make of confidence.

    Args:
        confidence: Shape: (n_judgements,).
        is_right: Shape: (n_judgements,).
        method: `platt` (a logistic curve over the confidence itself, with Platt's targets, so that
            it is finite whatever the outcomes), `isotonic`, or `auto` by the number of judgements.

    Source: Platt (1999), Probabilistic Outputs for Support Vector Machines; Zadrozny & Elkan
    (2002), Transforming Classifier Scores into Accurate Multiclass Probability Estimates
    (isotonic).
    """
    n_right, n_wrong = int(is_right.sum()), int((~is_right).sum())
    if min(n_right, n_wrong) < FEWEST_OF_EACH:
        return Undefined(
            name="calibration curve",
            reason=f"{n_right} judgements are right and {n_wrong} wrong; at least "
            f"{FEWEST_OF_EACH} of each are needed",
            n_units=n_right + n_wrong,
        )
    if method == "isotonic" or (method == "auto" and len(confidence) >= MANY):
        return _isotonic(confidence, is_right)
    return _platt(confidence, is_right)


def cross_fitted(
    confidence: Floats, is_right: Bools, folds: Places, method: CurveMethod = "auto"
) -> Floats | Undefined:
    """Return each judgement's chance by a curve that no judgement of its fold took part in.

    Args:
        confidence: Shape: (n_judgements,).
        is_right: Shape: (n_judgements,).
        folds: Fold of each judgement; those of one post share it. Shape: (n_judgements,).
        method: As for `fit_curve`; `auto` looks at all judgements.
    """
    if method == "auto":
        method = "isotonic" if len(confidence) >= MANY else "platt"
    found = np.zeros(len(confidence))
    for fold in np.unique(folds):
        here = folds == fold
        curve = fit_curve(confidence[~here], is_right[~here], method)
        if isinstance(curve, Undefined):
            why = f"without one of the {N_FOLDS} folds, {curve.reason}"
            return curve.model_copy(update={"name": "cross-fitted chances", "reason": why})
        found[here] = [curve.chance(each) for each in confidence[here].tolist()]
    return found


def folds_of(clusters: Sequence[object], seed: int, n_folds: int = N_FOLDS) -> Places:
    """Return the fold of each item: whole clusters, dealt out at random.

    >>> folds_of(["a", "b", "a"], seed=0, n_folds=2).tolist()[::2] in ([0, 0], [1, 1])
    True
    """
    names = list(dict.fromkeys(clusters))
    order = np.random.default_rng(seed).permutation(len(names))
    fold = {names[place]: turn % n_folds for turn, place in enumerate(order.tolist())}
    return np.array([fold[each] for each in clusters], np.int64)


def _platt(confidence: Floats, is_right: Bools) -> PlattCurve:
    n_right = int(is_right.sum())
    n_wrong = len(is_right) - n_right
    # Platt's targets: a right judgement is one with chance high, and wrong with the rest.
    high, low = (n_right + 1) / (n_right + 2), 1 / (n_wrong + 2)
    chance = np.where(is_right, high, low)
    both = np.concatenate([confidence, confidence])[:, None]
    outcome = np.concatenate([np.ones(len(confidence)), np.zeros(len(confidence))])
    weight = np.concatenate([chance, 1 - chance])
    # C this large is no penalty; scikit-learn has renamed the way to say so.
    model = LogisticRegression(C=1e12, tol=1e-10, max_iter=10_000)
    model.fit(both, outcome, sample_weight=weight)
    return PlattCurve(intercept=float(model.intercept_[0]), slope=float(model.coef_[0, 0]))


def _isotonic(confidence: Floats, is_right: Bools) -> IsotonicCurve:
    model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    model.fit(confidence, is_right.astype(np.float64))
    return IsotonicCurve(
        confidences=tuple(model.X_thresholds_.tolist()),
        chances=tuple(model.y_thresholds_.tolist()),
    )
