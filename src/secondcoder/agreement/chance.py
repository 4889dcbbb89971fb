"""Agreement of any number of coders less what chance would give: pi, kappa, AC1 and kin."""

import math
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.estimates import (
    Estimate,
    IntervalChoice,
    ratio,
    rows_of_kinds,
)
from secondcoder.agreement.rating_rows import RatingRows, Row
from secondcoder.agreement.ratings import MISSING, Ratings, coder_pairs, read_ratings
from secondcoder.agreement.weights import Weighting, agreement_weights, weighted
from secondcoder.schema.statistics import Statistic, Undefined

Matrix = NDArray[np.float64]
ChanceAgreement = Callable[[Matrix, Matrix], Matrix]
"""Weights and shares of the categories, shape (n_replicates, q), to agreement by chance."""

_BOUNDS = (-math.inf, 1.0)
"""With missing ratings chance is reckoned from more units than agreement is: no lower bound."""

WHY_UNDEFINED = "chance alone would give full agreement, so nothing is left to measure"


def percent_agreement(
    ratings: Ratings | RatingRows,
    *,
    weights: Weighting = "identity",
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return the share of pairs of ratings that agree, averaged over units.

    Args:
        ratings: None or NaN where missing. Shape: (n_coders, n_units).
        weights: How far different ratings agree.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    >>> percent_agreement(["abba", "abbb"]).value
    0.75
    """
    read = read_ratings(ratings, clusters=clusters)
    return percent_estimate(read, weights).result(interval)


def fleiss_kappa(
    ratings: Ratings | RatingRows,
    *,
    weights: Weighting = "identity",
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return Fleiss' kappa: chance takes each rating from all coders' ratings together.

    Units may have different numbers of ratings.

    Args:
        ratings: None or NaN where missing. Shape: (n_coders, n_units).
        weights: How far different ratings agree.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    Source: Fleiss (1971), Measuring nominal scale agreement among many raters; with missing
    ratings as Gwet (2014), Handbook of Inter-Rater Reliability.

    >>> round(fleiss_kappa(["aab", "abb", "abb"]).value, 3)
    0.55
    """
    read = read_ratings(ratings, clusters=clusters)
    return fleiss_estimate(read, weights).result(interval)


def conger_kappa(
    ratings: Ratings | RatingRows,
    *,
    weights: Weighting = "identity",
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return Conger's kappa: chance takes each rating from its own coder's ratings.

    With two coders and nothing missing it is Cohen's. A coder without any rating is left out.

    Args:
        ratings: None or NaN where missing. Shape: (n_coders, n_units).
        weights: How far different ratings agree.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    Source: Conger (1980), Integration and generalization of kappas for multiple raters; in the
    form of Gwet (2014).

    >>> round(conger_kappa(["aab", "abb"]).value, 3)
    0.4
    """
    read = read_ratings(ratings, clusters=clusters)
    return conger_estimate(read, weights).result(interval)


def brennan_prediger(
    ratings: Ratings | RatingRows,
    *,
    weights: Weighting = "identity",
    categories: Iterable[Hashable] | None = None,
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return Brennan and Prediger's kappa, where chance gives every category alike.

    For two coders it is Bennett's S, for two categories PABAK.

    Args:
        ratings: None or NaN where missing. Shape: (n_coders, n_units).
        weights: How far different ratings agree.
        categories: All that could be given; without it, what was given counts.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    Source: Brennan & Prediger (1981), Coefficient kappa: some uses, misuses, and alternatives.

    >>> brennan_prediger([[1, 1, 0, 1], [1, 0, 0, 1]]).value
    0.5
    """
    read = read_ratings(ratings, categories=categories, clusters=clusters)
    return brennan_prediger_estimate(read, weights).result(interval)


def gwet_ac1(
    ratings: Ratings | RatingRows,
    *,
    weights: Weighting = "identity",
    categories: Iterable[Hashable] | None = None,
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return Gwet's AC1; with weights other than `identity` his AC2.

    Args:
        ratings: None or NaN where missing. Shape: (n_coders, n_units).
        weights: How far different ratings agree.
        categories: All that could be given; without it, what was given counts.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    Source: Gwet (2008), Computing inter-rater reliability and its variance in the presence of high
    agreement; weights and missing ratings as Gwet (2014).

    >>> round(gwet_ac1([[1, 1, 0, 1], [1, 0, 0, 1]]).value, 3)
    0.529
    """
    read = read_ratings(ratings, categories=categories, clusters=clusters)
    return ac1_estimate(read, weights).result(interval)


def percent_estimate(ratings: Ratings, weights: Weighting = "identity") -> Estimate:
    """Return percent agreement as a function of sums over clusters."""

    def formula(sums: Matrix) -> Matrix:
        return ratio(sums[:, 0], sums[:, 1])

    patterns = ratings.patterns(ordered=False)
    # Pair by pair, and without a matrix of weights: categories may be thousands of sets.
    near = None if weights == "identity" else agreement_weights(ratings, weights)
    agreeing = np.zeros(len(patterns.codes))
    for pair in coder_pairs(patterns.codes):
        agrees = pair.first == pair.second if near is None else near[pair.first, pair.second]
        agreeing[pair.places] += 2 * pair.share * agrees
    n_rated = (patterns.codes != MISSING).sum(axis=1)
    rows = np.column_stack([agreeing / np.maximum(n_rated, 1), n_rated > 1])
    return Estimate(
        name=_name("percent agreement", weights),
        formula=formula,
        rows=rows_of_kinds(patterns, rows),
        kinds=patterns.kinds,
        n_units=ratings.n_pairable,
        why_undefined=WHY_UNDEFINED,
        bounds=(0.0, 1.0),
    )


def fleiss_estimate(ratings: Ratings, weights: Weighting = "identity") -> Estimate:
    """Return Fleiss' kappa as a function of sums over clusters."""

    def chance(near: Matrix, shares: Matrix) -> Matrix:
        expected: Matrix = (weighted(shares, near) * shares).sum(axis=1)
        return expected

    return _pooled_estimate(ratings, "Fleiss kappa", weights, chance)


def brennan_prediger_estimate(ratings: Ratings, weights: Weighting = "identity") -> Estimate:
    """Return Brennan and Prediger's kappa as a function of sums over clusters."""

    def chance(near: Matrix, shares: Matrix) -> Matrix:
        return np.full(len(shares), near.mean() if near.size else 1.0)

    return _pooled_estimate(ratings, "Brennan-Prediger kappa", weights, chance)


def ac1_estimate(ratings: Ratings, weights: Weighting = "identity") -> Estimate:
    """Return AC1 or AC2 as a function of sums over clusters."""

    def chance(near: Matrix, shares: Matrix) -> Matrix:
        n_categories = len(near)
        if n_categories <= 1:
            # One category leaves nothing to chance and nothing to measure.
            return np.ones(len(shares))
        spread = (shares * (1 - shares)).sum(axis=1)
        expected: Matrix = near.sum() / (n_categories * (n_categories - 1)) * spread
        return expected

    name = "AC1" if weights == "identity" else "AC2"
    return _pooled_estimate(ratings, name, weights, chance)


def conger_estimate(ratings: Ratings, weights: Weighting = "identity") -> Estimate:
    """Return Conger's kappa as a function of sums over clusters."""
    heard = (ratings.codes != MISSING).any(axis=1)
    ratings = replace(ratings, codes=ratings.codes[heard])
    near = agreement_weights(ratings, weights)
    n_coders, q = len(ratings.codes), len(near)

    def formula(sums: Matrix) -> Matrix:
        given = sums[:, 2:].reshape(-1, n_coders, q)
        shares = ratio(given, given.sum(axis=2, keepdims=True))
        mean = shares.mean(axis=1)
        apart = shares - mean[:, None, :]
        within = (weighted(apart, near) * apart).sum(axis=(1, 2)) / max(1, n_coders - 1)
        expected = (weighted(mean, near) * mean).sum(axis=1) - within / max(1, n_coders)
        return _beyond_chance(sums, expected)

    patterns = ratings.patterns(ordered=True)
    rows = np.column_stack([
        _agreement(_counts(patterns.codes, q), near),
        (patterns.codes[:, :, None] == np.arange(q)).reshape(len(patterns.codes), n_coders * q),
    ])
    return Estimate(
        name=_name("Conger kappa", weights),
        formula=formula,
        rows=rows_of_kinds(patterns, rows),
        kinds=patterns.kinds,
        n_units=ratings.n_pairable,
        why_undefined=WHY_UNDEFINED,
        bounds=_BOUNDS,
    )


def _pooled_estimate(
    ratings: Ratings, name: str, weights: Weighting, chance: ChanceAgreement
) -> Estimate:
    """Return an estimate whose chance agreement depends on the pooled shares of the categories.

    The sums are: agreement inside units that two coders rated, how many those are, how many units
    have a rating, and the share of each category in them.
    """
    near = agreement_weights(ratings, weights)

    def formula(sums: Matrix) -> Matrix:
        shares = ratio(sums[:, 3:], sums[:, 2:3])
        return _beyond_chance(sums, chance(near, shares))

    patterns = ratings.patterns(ordered=False)
    counts = _counts(patterns.codes, len(near))
    n_rated = counts.sum(axis=1)
    shares = counts / np.maximum(n_rated, 1)[:, None]
    rows = np.column_stack([_agreement(counts, near), n_rated > 0, shares])
    return Estimate(
        name=_name(name, weights),
        formula=formula,
        rows=rows_of_kinds(patterns, rows),
        kinds=patterns.kinds,
        n_units=ratings.n_pairable,
        why_undefined=WHY_UNDEFINED,
        bounds=_BOUNDS,
    )


def _beyond_chance(sums: Matrix, expected: Matrix) -> Matrix:
    """Return (observed - expected) / (1 - expected); agreement and its units are the first sums."""
    observed = ratio(sums[:, 0], sums[:, 1])
    return ratio(observed - expected, 1 - expected)


def _counts(codes: NDArray[np.int64], n_categories: int) -> Matrix:
    """Return how many coders gave each category. Shape: (n_patterns, n_categories)."""
    counts = np.zeros((len(codes), n_categories + 1))
    for column in codes.T:
        counts[np.arange(len(codes)), column] += 1
    # The last column took MISSING, which is -1.
    return counts[:, :-1]


def _agreement(counts: Matrix, near: Matrix) -> Matrix:
    """Return the weighted share of pairs that agree, and 1; both 0 where no pair is.

    Returns:
        Shape: (n_patterns, 2).
    """
    n_rated = counts.sum(axis=1)
    n_pairs = n_rated * (n_rated - 1)
    agreeing = (counts * (weighted(counts, near) - 1)).sum(axis=1)
    is_pairable = n_rated > 1
    return np.column_stack([agreeing * is_pairable / np.maximum(n_pairs, 1), is_pairable])


def _name(name: str, weights: Weighting) -> str:
    return name if weights == "identity" else f"{name} ({weights} weights)"
