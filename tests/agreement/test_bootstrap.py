"""Intervals: known ones, properties, degenerate samples, scipy as an independent oracle."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from secondcoder.agreement import (
    Interval,
    IntervalOptions,
    Statistic,
    Undefined,
    interval,
    paired_difference,
)
from secondcoder.schema.statistics import IntervalMethod

Array = NDArray[np.float64]
METHODS: tuple[IntervalMethod, ...] = ("bootstrap", "bca", "jackknife-t", "linear-t")
LAW_SCHOOL_LSAT = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594]
LAW_SCHOOL_GPA = [3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88]
"""The law school data of Efron & Tibshirani (1993), table 3.1; the last GPA is added below."""


def mean_of(values: Array) -> Callable[[Array], Array]:
    """Return the mean of values as a function of weights, NaN where nothing has weight."""

    def mean(weights: Array) -> Array:
        return np.asarray(weights @ values / weights.sum(axis=1))

    return mean


def correlation(weights: Array) -> Array:
    """Return the weighted correlation of the law school data."""
    x = np.array(LAW_SCHOOL_LSAT, dtype=float)
    y = np.array([*LAW_SCHOOL_GPA, 2.96])
    n = weights.sum(axis=1)
    mx, my = weights @ x / n, weights @ y / n
    cov = weights @ (x * y) / n - mx * my
    return np.asarray(cov / np.sqrt((weights @ x**2 / n - mx**2) * (weights @ y**2 / n - my**2)))


def found(result: Interval | Undefined) -> Interval:
    """Return the interval, which must be there."""
    assert isinstance(result, Interval), result
    return result


def test_the_jackknife_of_a_mean_is_students_interval() -> None:
    """By hand: 1, 2, 4, 5 have mean 3, standard error .9129; t(3) is 3.182."""
    values = np.array([1.0, 2, 4, 5])
    low, high = 3 - 3.182446 * 0.912871, 3 + 3.182446 * 0.912871
    for method in ("jackknife-t", "linear-t"):
        result = found(interval(mean_of(values), 4, IntervalOptions(method=method)))
        assert (result.low, result.high) == pytest.approx((low, high), abs=1e-5)
        assert result.n_replicates == 4


def test_the_standard_error_of_the_law_school_correlation() -> None:
    """Efron & Tibshirani (1993), chapter 11: the jackknife standard error is .143."""
    result = found(interval(correlation, 15, "jackknife-t"))
    assert (result.high - result.low) / 2 / stats.t.ppf(0.975, 14) == pytest.approx(0.143, abs=1e-3)


@pytest.mark.parametrize(("method", "name"), [("bootstrap", "percentile"), ("bca", "BCa")])
def test_scipy_finds_the_same_interval(
    method: IntervalMethod, name: Literal["percentile", "BCa"]
) -> None:
    """scipy.stats.bootstrap draws other samples: equal but for their noise."""
    values = np.random.default_rng(3).exponential(size=60)
    ours = found(
        interval(mean_of(values), 60, IntervalOptions(method=method, n_replicates=20_000, seed=1))
    )
    # Ours is widened for 60 clusters: Hesterberg's expanded percentile interval.
    tail = stats.norm.cdf(stats.t.ppf(0.025, 59) * np.sqrt(60 / 59))
    theirs = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=20_000,
        confidence_level=1 - 2 * tail,
        method=name,
        rng=np.random.default_rng(2),
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.012)


def test_auto_is_a_jackknife_below_fifty_clusters() -> None:
    """And a bootstrap from fifty on."""
    values = np.random.default_rng(0).normal(size=50)
    assert "jackknife" in found(interval(mean_of(values[:49]), 49)).method
    assert "bootstrap" in found(interval(mean_of(values), 50)).method


@pytest.mark.parametrize("method", METHODS)
def test_equal_clusters_may_share_a_column(method: IntervalMethod) -> None:
    """Three zeros, four ones and nineteen twos are 26 clusters of three kinds."""
    values, counts = np.array([0.0, 1, 2]), np.array([3, 4, 19])
    options = IntervalOptions(method=method, n_replicates=4000)
    shared = found(interval(mean_of(values), 3, options, counts=counts))
    apart = found(interval(mean_of(np.repeat(values, counts)), 26, options))
    tolerance = 0.05 if method in {"bootstrap", "bca"} else 1e-9
    assert (shared.low, shared.high) == pytest.approx((apart.low, apart.high), abs=tolerance)
    assert shared.n_replicates == apart.n_replicates


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(-9, 9), min_size=3, max_size=20).filter(lambda v: len(set(v)) > 1),
    st.sampled_from(METHODS),
    st.integers(0, 5),
)
def test_the_same_seed_gives_the_same_interval(
    values: list[int], method: IntervalMethod, seed: int
) -> None:
    """And a higher level a wider one."""
    mean = mean_of(np.array(values, dtype=float))
    options = IntervalOptions(method=method, n_replicates=200, seed=seed, level=0.8)
    first, again = (interval(mean, len(values), options) for _ in range(2))
    assert first == again
    wider = interval(mean, len(values), options.model_copy(update={"level": 0.95}))
    if isinstance(first, Interval) and isinstance(wider, Interval):
        assert wider.low <= first.low <= first.high <= wider.high


@pytest.mark.parametrize("method", METHODS)
def test_equal_values_tell_nothing_of_their_spread(method: IntervalMethod) -> None:
    """Full agreement in ten posts does not mean an interval from 1 to 1."""
    result = interval(mean_of(np.ones(10)), 10, method)
    assert isinstance(result, Undefined)
    assert result.reason.startswith(("every replicate has the same", "every replicate lies"))


@pytest.mark.parametrize("n", [0, 1])
def test_one_cluster_has_no_interval(n: int) -> None:
    """Two are the least."""
    result = interval(mean_of(np.ones(n)), n)
    assert isinstance(result, Undefined)
    assert "two are the least" in result.reason


def rare(weights: Array) -> Array:
    """Return the share of cluster 0 in the first two clusters, NaN where it is not drawn."""
    share = weights[:, 0] / (weights[:, 0] + weights[:, 1])
    return np.asarray(np.where(weights[:, 0] > 0, share + weights[:, 2] / 100, np.nan))


def test_replicates_without_a_value_are_left_out_and_counted() -> None:
    """About (1 - 1/20)^20 = 36 % of the samples miss cluster 0; one of twenty left-outs does."""
    drawn = found(interval(rare, 20, "bootstrap"))
    assert drawn.n_undefined == pytest.approx(358, abs=50)
    assert drawn.n_replicates == 1000 - drawn.n_undefined
    left_out = found(interval(rare, 20, "jackknife-t"))
    assert (left_out.n_replicates, left_out.n_undefined) == (19, 1)


@pytest.mark.parametrize("method", ["bootstrap", "bca", "jackknife-t"])
def test_more_than_half_without_a_value_is_no_interval(method: IntervalMethod) -> None:
    """What is left would be a selection."""

    def fussy(weights: Array) -> Array:
        whole = (weights == 1).all(axis=1)
        return np.asarray(np.where(whole, 1.0, np.nan))

    result = interval(fussy, 5, method)
    assert isinstance(result, Undefined)
    assert "have no value" in result.reason


def test_a_value_at_the_edge_of_its_replicates_has_no_bca_interval() -> None:
    """No replicate reaches the value of the whole sample."""

    def edge(weights: Array) -> Array:
        whole = (weights == 1).all(axis=1)
        return np.asarray(np.where(whole, 1.0, 1 - weights[:, 0] / 10))

    def lowered(weights: Array) -> Array:
        return np.asarray(edge(weights) - (weights[:, 0] == 0))

    result = interval(lowered, 20, "bca")
    assert isinstance(result, Undefined)
    assert "one side" in result.reason


@pytest.mark.parametrize("method", ["jackknife-t", "linear-t"])
def test_a_t_interval_is_cut_to_the_range_of_the_statistic(method: IntervalMethod) -> None:
    """A share can't be above 1."""
    values = np.array([1.0, 1, 1, 0])
    assert found(interval(mean_of(values), 4, method)).high > 1
    assert found(interval(mean_of(values), 4, method, bounds=(0, 1))).high == 1


@pytest.mark.parametrize("method", ["jackknife-t", "linear-t"])
def test_thousands_of_clusters_are_left_out_in_groups(method: IntervalMethod) -> None:
    """Five thousand clusters, groups of three: the error is that of single clusters."""
    values = np.random.default_rng(0).normal(size=5000)
    result = found(interval(mean_of(values), 5000, method))
    error = (result.high - result.low) / 2 / 1.961
    assert result.n_replicates == 1666
    assert error == pytest.approx(values.std() / np.sqrt(5000), rel=0.05)


def test_no_value_on_the_whole_is_no_interval() -> None:
    """Nothing to put an interval around."""
    result = interval(lambda weights: np.full(len(weights), np.nan), 5)
    assert isinstance(result, Undefined)
    assert "whole sample" in result.reason


def test_a_paired_difference_cancels_what_both_share() -> None:
    """Two coders of the same posts: the difference is far more certain than each."""
    generator = np.random.default_rng(0)
    first = generator.normal(size=80)
    second = first + 0.5 + generator.normal(scale=0.01, size=80)
    result = paired_difference(mean_of(second), mean_of(first), 80)
    assert isinstance(result, Statistic)
    assert result.value == pytest.approx((second - first).mean())
    paired = found(result.interval or Undefined(name="none", reason="none"))
    assert paired.high - paired.low < 0.01
    assert paired.low < result.value < paired.high


def test_a_difference_from_itself_is_zero_without_an_interval() -> None:
    """All replicates are zero."""
    mean = mean_of(np.arange(5.0))
    result = paired_difference(mean, mean, 5, counts=np.full(5, 3))
    assert isinstance(result, Statistic)
    assert (result.value, result.n_units) == (0, 15)
    assert isinstance(result.interval, Undefined)


def test_a_difference_from_what_has_no_value_is_undefined() -> None:
    """And says so."""
    result = paired_difference(
        mean_of(np.arange(3.0)), lambda weights: np.full(len(weights), np.nan), 3
    )
    assert isinstance(result, Undefined)
    assert "no value" in result.reason


def test_the_cuts_of_ten_posts_are_those_of_students_t() -> None:
    """Hesterberg: 2.262 (t of 9) times the root of 10/9 standard errors, not 1.96."""
    values = np.linspace(-4.5, 4.5, 10)
    options = IntervalOptions(method="bootstrap", n_replicates=20_000)
    result = found(interval(mean_of(values), 10, options))
    expected = 2.262 * np.sqrt(10 / 9) * values.std() / np.sqrt(10)
    assert (result.high - result.low) / 2 == pytest.approx(expected, abs=0.1)
