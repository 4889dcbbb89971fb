"""Curves on paper, targets in words, and whether a calibration brings a gain."""

import pytest

from secondcoder.schema.calibration import (
    Calibration,
    IsotonicCurve,
    PlattCurve,
    Reliability,
    Target,
)
from secondcoder.schema.statistics import Statistic, Undefined

NONE = Undefined(name="x", reason="too few")


def test_a_logistic_curve_is_one_half_where_its_sum_is_nothing() -> None:
    """Intercept -2 and slope 4 meet at 0.5."""
    curve = PlattCurve(intercept=-2, slope=4)
    assert curve.chance(0.5) == 0.5
    assert curve.chance(0) + curve.chance(1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("confidence", "chance"), [(0.0, 0.1), (0.2, 0.1), (0.3, 0.3), (0.4, 0.5), (0.9, 0.5)]
)
def test_an_isotonic_curve_is_straight_between_points_and_flat_beyond(
    confidence: float, chance: float
) -> None:
    """Two points."""
    curve = IsotonicCurve(confidences=(0.2, 0.4), chances=(0.1, 0.5))
    assert curve.chance(confidence) == pytest.approx(chance)


def test_a_curve_of_one_point_is_flat() -> None:
    """As of one confidence alone."""
    curve = IsotonicCurve(confidences=(0.5,), chances=(0.7,))
    assert [curve.chance(each) for each in (0.1, 0.5, 0.9)] == [0.7, 0.7, 0.7]


def test_a_target_is_said_as_it_is_written() -> None:
    """Without zeros that nobody wrote."""
    assert Target(value=0.8).words == "alpha=0.8"
    assert Target(name="exact", value=1).words == "exact=1"


def scored(brier: float | None) -> Reliability:
    """Return a reliability with this Brier score."""
    result = NONE if brier is None else Statistic(name="Brier score", value=brier, n_units=9)
    return Reliability(bins=(), brier=result, ece=NONE)


@pytest.mark.parametrize(
    ("before", "after", "better"),
    [
        (scored(0.2), scored(0.1), True),
        (scored(0.1), scored(0.1), False),
        (scored(0.1), NONE, None),
        (scored(None), scored(0.1), None),
        (scored(0.1), scored(None), None),
    ],
)
def test_a_calibration_is_better_where_its_brier_score_is_lower(
    before: Reliability, after: Reliability | Undefined, *, better: bool | None
) -> None:
    """None where one of the two is not known."""
    found = Calibration(
        title="t", coder="m", people=("ann",), codebook_sha256="", secondcoder_version="0", seed=0,
        level=0.95, n_posts=1, n_kept=1, n_left_out=0, n_left_out_quoted=0, n_judgements=1,
        n_right=1, n_folds=5, curve=NONE, as_given=before, calibrated=after, coverage=(),
    )  # fmt: skip
    assert found.is_better is better
