"""Standard errors of irrCAC from ours: the same influences and the terms in which the two differ.

The figures are what the Python port irrCAC 0.4.4 prints with nine digits for its `raw_4raters`, run
in an environment of its own (the port names no licence, so none of it is here); R's irrCAC has the
same formulas. docs/decisions/0011-intervals.md says what the terms mean.
"""

import math

import numpy as np
import pytest
from agreement import published
from numpy.typing import NDArray

from secondcoder.agreement import Interval, Statistic, estimate, krippendorff_alpha, read_ratings

Floats = NDArray[np.float64]

FOUR = read_ratings(published.GWET_2014, categories=range(1, 6))
"""Twelve units; the last was rated by one coder, three more by three of the four."""
COMPLETE = read_ratings([row[1:9] for row in published.GWET_2014], categories=range(1, 5))
"""The eight units of it that all four rated, none of them a 5."""
N_RATED = np.array([
    sum(row[unit] is not None for row in published.GWET_2014) for unit in range(12)
])
PAIRED = N_RATED >= 2

IRRCAC = {
    "gwet_ac1": (0.142949951, 0.176844254),
    "fleiss_kappa": (0.153019203, 0.185571273),
    "conger_kappa": (0.149168152, 0.178311423),
    "brennan_prediger": (0.144716620, 0.178174161),
    "krippendorff_alpha": (0.145573887, 0.185571273),
}
"""Standard errors on the twelve units and on the eight."""


def influences(name: str, *, complete: bool) -> tuple[Floats, float]:
    """Return how the value moves as each unit counts more, times the number of units; the value."""
    replicable = estimate(name, COMPLETE if complete else FOUR).replicable
    n, step = 8 if complete else 12, 1e-4
    ones = np.ones((n, n))
    moves = replicable(ones + step * np.eye(n)) - replicable(ones - step * np.eye(n))
    return n * moves / (2 * step), float(replicable(ones[:1])[0])


def standard_error(moves: Floats) -> float:
    """Return the standard error that influences give."""
    n = len(moves)
    return math.sqrt(((moves - moves.mean()) ** 2).sum() / (n * (n - 1)))


@pytest.mark.parametrize("name", [name for name in IRRCAC if name != "krippendorff_alpha"])
def test_complete_ratings_give_the_same_standard_error(name: str) -> None:
    """Of AC1, Fleiss, Conger and Brennan-Prediger."""
    moves, _ = influences(name, complete=True)
    assert standard_error(moves) == pytest.approx(IRRCAC[name][1], abs=1e-8)


@pytest.mark.parametrize("name", [name for name in IRRCAC if name != "krippendorff_alpha"])
def test_a_missing_rating_differs_by_the_number_of_pairable_units(name: str) -> None:
    """IrrCAC holds it fixed: a unit that can be paired moves the value value * (n / n2 - 1) more.

    One that can't be moves it less, by the value.
    """
    moves, value = influences(name, complete=False)
    fixed = moves + value * (12 / PAIRED.sum() * PAIRED - 1)
    assert standard_error(fixed) == pytest.approx(IRRCAC[name][0], abs=1e-8)
    assert standard_error(moves) < standard_error(fixed)
    if name == "gwet_ac1":
        assert standard_error(moves) == pytest.approx(0.1247, abs=5e-5)


def test_alpha_differs_by_the_correction_for_small_samples() -> None:
    """With n ratings irrCAC gives the spread of alpha without it; ours is 1 - 1 / n of that."""
    moves, _ = influences("krippendorff_alpha", complete=True)
    error = standard_error(moves)
    assert error == pytest.approx(IRRCAC["krippendorff_alpha"][1] * (1 - 1 / 32), abs=1e-8)
    found = krippendorff_alpha([row[1:9] for row in published.GWET_2014], interval="linear-t")
    assert isinstance(found, Statistic)
    assert isinstance(found.interval, Interval)
    # Student's t with 7 degrees of freedom; the upper end is cut to 1.
    assert found.value - found.interval.low == pytest.approx(2.364624 * error, abs=1e-5)


def test_alpha_with_a_missing_rating_differs_by_two_terms() -> None:
    """The correction, and observed agreement with it where the mean of ratings per unit varies.

    alpha = plain + e * (1 - plain) with e = 1 / n ratings; irrCAC spreads `plain`, and centres the
    units' observed agreement on the corrected one.
    """
    moves, alpha = influences("krippendorff_alpha", complete=False)
    per_unit = N_RATED[PAIRED]
    varies = (per_unit - per_unit.mean()) / per_unit.mean()
    e = 1 / per_unit.sum()
    plain = (alpha - e) / (1 - e)
    # Units that can't be paired do not move alpha: influences over the eleven others.
    of_plain = (moves[PAIRED] * 11 / 12 + (1 - plain) * e * varies) / (1 - e)
    counts = np.array([
        [sum(row[unit] == value for row in published.GWET_2014) for value in range(1, 6)]
        for unit in np.flatnonzero(PAIRED)
    ])
    shares = (counts / per_unit.mean()).mean(axis=0)
    agreeing = (counts * (counts - 1)).sum(axis=1) / (per_unit.mean() * (per_unit - 1))
    corrected = (1 - e) * agreeing.mean() + e
    shift = (corrected - agreeing.mean()) / (1 - (shares**2).sum()) * varies
    assert standard_error(of_plain - shift) == pytest.approx(
        IRRCAC["krippendorff_alpha"][0], abs=1e-8
    )
    assert standard_error(moves[PAIRED] * 11 / 12) == pytest.approx(0.14194, abs=1e-5)
