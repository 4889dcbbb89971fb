"""Reliability: how near confidences are to the share that is right."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.estimates import Estimate, IntervalChoice, ratio
from secondcoder.errors import InputError
from secondcoder.schema.calibration import Reliability, ReliabilityBin
from secondcoder.schema.statistics import Undefined

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]

MOST_BINS = 10
FEWEST_IN_A_BIN = 10
"""A share of fewer says nothing."""

_NONE = "there is no judgement"


def reliability(
    confidence: Sequence[float] | Floats,
    is_right: Sequence[bool] | Bools,
    *,
    clusters: Sequence[object] | None = None,
    interval: IntervalChoice = "auto",
) -> Reliability:
    """Return the reliability curve, the Brier score and the expected calibration error.

    Args:
        confidence: Between 0 and 1. Shape: (n_judgements,).
        is_right: What came of each. Shape: (n_judgements,).
        clusters: The post of each judgement; None: each stands alone. Shape: (n_judgements,).
        interval: How intervals are made; None: without.

    Lengths that differ and a confidence that is not between 0 and 1 are an `InputError`.

    Source: Brier (1950), Verification of forecasts expressed in terms of probability; Naeini et al.
    (2015), Obtaining Well Calibrated Probabilities Using Bayesian Binning (ECE), with bins of equal
    numbers as in Nixon et al. (2019), Measuring Calibration in Deep Learning.

    >>> found = reliability([0.2, 0.8], [False, True], interval=None)
    >>> round(found.brier.value, 2)
    0.04
    """
    chances, right = _checked(confidence, is_right)
    posts = _numbered(clusters, len(chances))
    if not len(chances):
        empty = Undefined(name="Brier score", reason=_NONE)
        return Reliability(bins=(), brier=empty, ece=empty.model_copy(update={"name": "ECE"}))
    bins = bins_of(chances)
    return Reliability(
        bins=tuple(
            _bin(chances[bins == place], right[bins == place], posts[bins == place], interval)
            for place in range(int(bins.max()) + 1)
        ),
        brier=_brier(chances, right, posts).result(interval),
        ece=_ece(chances, right, posts, bins).result(interval),
    )


def bins_of(confidence: Floats) -> Places:
    """Return the bin of each judgement, of about equally many, without empty ones.

    >>> bins_of(np.linspace(0, 1, 20)).tolist() == [0] * 10 + [1] * 10
    True
    """
    n_bins = max(1, min(MOST_BINS, len(confidence) // FEWEST_IN_A_BIN))
    edges = np.quantile(confidence, np.linspace(0, 1, n_bins + 1)[1:-1])
    found = np.searchsorted(edges, confidence)
    return np.unique(found, return_inverse=True)[1].astype(np.int64)


def share(is_right: Bools, posts: Places, name: str) -> Estimate:
    """Return the share that is right, as a function of sums over posts."""
    return _mean(is_right.astype(np.float64), posts, name, (0.0, 1.0))


def _bin(chances: Floats, right: Bools, posts: Places, interval: IntervalChoice) -> ReliabilityBin:
    return ReliabilityBin(
        n=len(chances),
        low=float(chances.min()),
        high=float(chances.max()),
        mean_confidence=float(chances.mean()),
        share_right=share(right, _again(posts), "share right").result(interval),
    )


def _brier(chances: Floats, right: Bools, posts: Places) -> Estimate:
    return _mean((chances - right) ** 2, posts, "Brier score", (0.0, 1.0))


def _ece(chances: Floats, right: Bools, posts: Places, bins: Places) -> Estimate:
    """Return the expected calibration error; the bins stay where they are in every replicate."""
    n_bins = int(bins.max()) + 1
    cells = np.zeros((len(chances), 1 + n_bins))
    cells[:, 0] = 1.0
    cells[np.arange(len(chances)), 1 + bins] = chances - right
    rows = _summed(cells, posts)

    def formula(sums: Floats) -> Floats:
        return ratio(np.abs(sums[:, 1:]).sum(axis=1), sums[:, 0])

    return Estimate("ECE", formula, rows, np.arange(len(rows)), len(chances), _NONE, bounds=(0, 1))


def _mean(values: Floats, posts: Places, name: str, bounds: tuple[float, float]) -> Estimate:
    rows = _summed(np.stack([values, np.ones(len(values))], axis=1), posts)

    def formula(sums: Floats) -> Floats:
        return ratio(sums[:, 0], sums[:, 1])

    return Estimate(name, formula, rows, np.arange(len(rows)), len(values), _NONE, bounds=bounds)


def _summed(cells: Floats, posts: Places) -> Floats:
    """Return the sums of rows over posts. Shape: (n_posts, n_columns)."""
    rows = np.zeros((int(posts.max()) + 1, cells.shape[1]))
    np.add.at(rows, posts, cells)
    return rows


def _checked(
    confidence: Sequence[float] | Floats, is_right: Sequence[bool] | Bools
) -> tuple[Floats, Bools]:
    """Return the arrays.

    Raises:
        InputError: If the lengths differ, or a confidence is not between 0 and 1.
    """
    chances, right = np.asarray(confidence, np.float64), np.asarray(is_right, np.bool_)
    if chances.shape != right.shape:
        raise InputError(f"{len(chances)} confidences and {len(right)} outcomes; give one each")
    if not bool(((chances >= 0) & (chances <= 1)).all()):
        raise InputError("a confidence is a number between 0 and 1")
    return chances, right


def _numbered(clusters: Sequence[object] | None, n: int) -> Places:
    """Return the cluster of each judgement, counted from 0.

    Raises:
        InputError: If they are not as many as the judgements.
    """
    if clusters is None:
        return np.arange(n)
    if len(clusters) != n:
        raise InputError(f"{n} confidences and {len(clusters)} clusters; give one each")
    seen: dict[object, int] = {}
    return np.array([seen.setdefault(each, len(seen)) for each in clusters], np.int64)


def _again(posts: Places) -> Places:
    """Return the posts numbered without holes."""
    return np.unique(posts, return_inverse=True)[1].astype(np.int64)
