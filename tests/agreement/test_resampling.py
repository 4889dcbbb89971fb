"""Draws are multinomial, however clusters are kept."""

import numpy as np
import pytest

from secondcoder.agreement.resampling import chunk_length, draws, evaluate


@pytest.mark.parametrize("counts", [[1, 1, 1, 1], [40, 30, 20], [30, 2, 1, 0], [2, 3]])
def test_draws_have_the_moments_of_a_multinomial(counts: list[int]) -> None:
    """Mean c and variance c(1 - c/n) for each kind; every replicate has n clusters."""
    n = sum(counts)
    weights = np.concatenate(list(draws(np.array(counts), 20_000, np.random.default_rng(0))))
    assert weights.shape == (20_000, len(counts))
    assert (weights.sum(axis=1) == n).all()
    expected = np.array(counts)
    assert weights.mean(axis=0) == pytest.approx(expected, abs=0.1)
    assert weights.var(axis=0) == pytest.approx(expected * (1 - expected / n), rel=0.05, abs=0.01)
    if len(counts) > 2:
        covariance = np.cov(weights[:, 0], weights[:, 2])[0, 1]
        assert covariance == pytest.approx(-counts[0] * counts[2] / n, abs=0.2)


def test_many_clusters_come_in_chunks() -> None:
    """No more than 1.5 million weights are held at a time."""
    counts = np.ones(30_000, np.int64)
    chunks = [chunk.shape for chunk in draws(counts, 100, np.random.default_rng(0))]
    assert chunks == [(50, 30_000), (50, 30_000)]
    assert chunk_length(10**9) == 1


def test_values_come_in_the_order_of_the_chunks() -> None:
    """And numpy's warnings about divisions by zero stay inside."""
    values = evaluate(lambda w: w[:, 0] / w[:, 1], [np.array([[1.0, 2]]), np.array([[1.0, 0]])])
    assert values.tolist() == [0.5, np.inf]
