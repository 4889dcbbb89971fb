"""Reliability, Brier score and ECE: by hand, by properties, and beside scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from secondcoder.agreement.reliability import bins_of, reliability
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Interval, Statistic, Undefined

JUDGED = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=120)


def drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return confidences and what came of them, right as often as said."""
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(size=n)
    return confidence, rng.uniform(size=n) < confidence


def test_a_table_by_hand() -> None:
    """Two judgements, 0.2 wrong and 0.8 right: squares 0.04, one bin of mean 0.5 and share 0.5."""
    found = reliability([0.2, 0.8], [False, True], interval=None)
    assert found.brier.value == pytest.approx(0.04)
    assert found.ece.value == pytest.approx(0.0)
    (one,) = found.bins
    assert (one.n, one.low, one.high, one.mean_confidence) == (2, 0.2, 0.8, 0.5)
    assert one.share_right.value == 0.5


@pytest.mark.parametrize("seed", range(5))
def test_bins_and_brier_are_those_of_scikit_learn(seed: int) -> None:
    """Quantile bins, share right and mean confidence in each, and the Brier score."""
    confidence, right = drawn(157, seed)
    found = reliability(confidence, right, interval=None)
    shares, means = calibration_curve(right, confidence, n_bins=10, strategy="quantile")
    assert [one.share_right.value for one in found.bins] == pytest.approx(list(shares))
    assert [one.mean_confidence for one in found.bins] == pytest.approx(list(means))
    assert found.brier.value == pytest.approx(brier_score_loss(right, confidence))


def test_ece_is_the_mean_distance_of_the_bins() -> None:
    """Weighted by their judgements; an honest confidence has little of it."""
    confidence, right = drawn(4000, 1)
    found = reliability(confidence, right, interval=None)
    distances = [
        abs((one.share_right.value or 0) - one.mean_confidence) * one.n for one in found.bins
    ]
    assert found.ece.value == pytest.approx(sum(distances) / 4000)
    assert found.ece.value is not None
    assert found.ece.value < 0.05
    assert reliability(1 - confidence, right, interval=None).ece.value == pytest.approx(
        0.5, abs=0.1
    )


@given(JUDGED)
def test_figures_are_shares_and_order_is_irrelevant(judged: list[tuple[float, bool]]) -> None:
    """Every judgement is in one bin; turning the list around changes nothing."""
    confidence, right = zip(*judged, strict=True)
    found = reliability(confidence, right, interval=None)
    assert sum(one.n for one in found.bins) == len(judged)
    assert len(found.bins) == 1 or min(one.n for one in found.bins) >= 1
    for result in (found.brier, found.ece):
        assert result.value is not None
        assert 0 <= result.value <= 1
    back = reliability(confidence[::-1], right[::-1], interval=None)
    assert back.brier.value == pytest.approx(found.brier.value)
    assert back.ece.value == pytest.approx(found.ece.value)


def test_intervals_resample_posts() -> None:
    """Every judgement twice, in the same post, tells no more than once."""
    confidence, right = drawn(80, 3)
    once = reliability(confidence, right).brier
    twice = reliability(
        np.tile(confidence, 2), np.tile(right, 2), clusters=[*range(80), *range(80)]
    ).brier
    assert isinstance(once, Statistic)
    assert isinstance(twice, Statistic)
    assert isinstance(once.interval, Interval)
    assert isinstance(twice.interval, Interval)
    assert (twice.interval.low, twice.interval.high) == pytest.approx((
        once.interval.low,
        once.interval.high,
    ))


def test_no_judgement_is_no_number() -> None:
    """Neither 0 nor NaN."""
    found = reliability([], [])
    assert isinstance(found.brier, Undefined)
    assert isinstance(found.ece, Undefined)
    assert (found.brier.name, found.ece.name, found.bins) == ("Brier score", "ECE", ())


def test_few_judgements_share_a_bin() -> None:
    """A share of fewer than ten says nothing; equal confidences are never parted."""
    assert bins_of(np.linspace(0, 1, 19)).max() == 0
    assert bins_of(np.linspace(0, 1, 2000)).max() == 9
    assert bins_of(np.full(50, 0.5)).max() == 0


@pytest.mark.parametrize(
    ("confidence", "right", "clusters", "message"),
    [
        ([0.5], [True, False], None, "1 confidences and 2 outcomes"),
        ([1.5], [True], None, "between 0 and 1"),
        ([float("nan")], [True], None, "between 0 and 1"),
        ([0.5], [True], ["a", "b"], "1 confidences and 2 clusters"),
    ],
)
def test_what_is_no_confidence_is_refused(
    confidence: list[float], right: list[bool], clusters: list[str] | None, message: str
) -> None:
    """With what to give instead."""
    with pytest.raises(InputError, match=message):
        reliability(confidence, right, clusters=clusters)
