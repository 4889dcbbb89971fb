"""How common a theme is by a model that coded every post, put right by a sample people coded."""

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from secondcoder.agreement.corrections import (
    SAME,
    Corrected,
    NoValue,
    PrevalenceMethod,
    Sample,
    Vector,
    correct,
)
from secondcoder.agreement.counted import counted
from secondcoder.agreement.people import Column, cluster_codes, read_binary, read_rating
from secondcoder.errors import InputError
from secondcoder.schema.model_beside_people import Prevalence, SamplingProbability
from secondcoder.schema.statistics import Interval, Statistic, Undefined


# Who coded what, how it was sampled and how to correct it: none groups with another.
def prevalence(  # noqa: PLR0913
    model: Column,
    people: Column,
    *,
    probabilities: float | Column | None = None,
    method: PrevalenceMethod = "dsl",
    clusters: Column | None = None,
    level: float = 0.95,
    theme: str = "theme",
) -> Prevalence:
    """Return the share of posts with a theme, a model's errors corrected by people's sample.

    The sample must be drawn with known probabilities, and the posts count as a sample of many like
    them: also where people coded every post, the interval has a width.

    - `dsl`: mean of Yhat + (R / pi)(Y - Yhat), R being 1 for a labelled post; unbiased for any
      model and any known probabilities. Egami, Hinck, Stewart & Wei (2023), Using Imperfect
      Surrogates for Downstream Inference: Design-based Supervised Learning, NeurIPS.
    - `ppi`: mean of Yhat over unlabelled posts plus mean of Y - Yhat over labelled ones.
      Angelopoulos et al. (2023), Prediction-powered inference, Science 382.
    - `ppi++`: the same with Yhat times the lambda in [0, 1] of least variance. Angelopoulos, Duchi
      & Zrnic (2023), PPI++: Efficient Prediction-Powered Inference.
    - `rogan-gladen`: (share by the model + specificity - 1) / (sensitivity + specificity - 1).
      Rogan & Gladen (1978), Estimating prevalence from the results of a screening test;
      variance by linearisation, the labelled posts being some of all.
    - `naive`: the model's share as it is; its interval knows of sampling but not of error.

    Without clusters the variances are the published ones, with normal quantiles for ppi and ppi++.
    With clusters the errors are summed by cluster first, times G / (G - 1), and quantiles are of t
    with as many degrees of freedom as labelled clusters less one (Cameron & Miller 2015, A
    Practitioner's Guide to Cluster-Robust Inference); dsl and rogan-gladen always take
    these quantiles, since what they know of errors comes from the labelled posts.

    Args:
        model: What the model says of every post: 0 or 1, or (not for `rogan-gladen`) any number,
            such as a probability. Shape: (n_posts,).
        people: 0 or 1, or (not for `rogan-gladen`) the share of the post's people who gave it the
            theme; None or NaN where people did not code the post. Shape: (n_posts,).
        probabilities: Chance of each post to be given to people, or one for all. None: the sample
            counts as simple random, which the result records. Shape: (n_posts,).
        method: How errors are corrected.
        clusters: What posts come from, such as a thread or an author. Shape: (n_posts,).
        level: Of the interval.
        theme: Its name, for the statement.

    Raises:
        InputError: If there is no such method, lengths differ, a value is none that is allowed, or
            `ppi` meets unequal probabilities.

    >>> model = [1, 1, 0, 0, 1, 0, 0, 0] * 10
    >>> people = [1, 0, 0, 0, None, None, None, None] * 10
    >>> prevalence(model, people, method="dsl", theme="tea").value
    0.125
    """
    if method not in get_args(PrevalenceMethod):
        raise InputError(
            f"there is no method '{method}'; choose from {', '.join(get_args(PrevalenceMethod))}"
        )
    sample = _read(model, people, probabilities, is_binary=method == "rogan-gladen")
    at = cluster_codes(clusters, len(model))
    n_posts, n_labelled = len(model), int(sample.labelled.sum())
    corrected = correct(sample, method)
    n_labelled_clusters = len(np.unique(at[sample.labelled]))
    if isinstance(corrected, NoValue):
        estimate: Statistic | Undefined = Undefined(
            name=method, reason=corrected.text, n_units=n_posts
        )
    else:
        n_quantile = n_labelled_clusters if method != "naive" else len(np.unique(at))
        quantile = _quantile(level, n_quantile, is_normal=_is_normal(method) and clusters is None)
        found = _interval(
            corrected, None if clusters is None else at, quantile=quantile, level=level
        )
        value = min(1.0, max(0.0, corrected.value))
        estimate = Statistic(name=method, value=value, n_units=n_posts, interval=found)
    return Prevalence(
        theme=theme,
        method=method,
        estimate=estimate,
        model_alone=_mean("model alone", sample.model, np.ones(n_posts)),
        people_alone=_mean("people alone", np.nan_to_num(sample.people), sample.weights),
        n_posts=n_posts,
        n_labelled=n_labelled,
        sampling=_sampling(sample),
        is_sampling_assumed=probabilities is None,
    )


def prevalences(
    model: Mapping[str, Column],
    people: Mapping[str, Column],
    *,
    probabilities: float | Column | None = None,
    method: PrevalenceMethod = "dsl",
    clusters: Column | None = None,
) -> tuple[Prevalence, ...]:
    """Return the corrected share of every theme, in the order of the model's.

    Args:
        model: What the model says of every post, by theme. Each of shape (n_posts,).
        people: What people say, by theme. Each of shape (n_posts,).
        probabilities: As for `prevalence`.
        method: As for `prevalence`.
        clusters: As for `prevalence`.

    Raises:
        InputError: If people's ratings lack a theme of the model's.

    >>> found = prevalences({"tea": [1, 0, 0]}, {"tea": [1, 0, None]}, method="naive")
    >>> [one.theme for one in found]
    ['tea']
    """
    for theme in model:
        if theme not in people:
            raise InputError(f"people's ratings lack theme '{theme}', which the model's have")
    return tuple(
        prevalence(
            column,
            people[theme],
            probabilities=probabilities,
            method=method,
            clusters=clusters,
            theme=theme,
        )
        for theme, column in model.items()
    )


def _read(
    model: Column, people: Column, probabilities: float | Column | None, *, is_binary: bool
) -> Sample:
    n_posts = len(model)
    if len(people) != n_posts:
        raise InputError(
            f"the model coded {counted(n_posts, 'post')} and people's ratings are {len(people)}; "
            f"give one per post, None where people did not code it"
        )
    by_model = _numbers(model, "model")
    by_people = read_binary(people, "people") if is_binary else _read_shares(people)
    labelled = ~np.isnan(by_people)
    if probabilities is None:
        chances = np.full(n_posts, labelled.mean() if n_posts else 1.0)
    elif isinstance(probabilities, int | float):
        chances = np.full(n_posts, float(probabilities))
    elif len(probabilities) != n_posts:
        raise InputError(
            f"{counted(n_posts, 'post')} and "
            f"{counted(len(probabilities), 'sampling probability', 'sampling probabilities')} are "
            f"given; give one per post, or one for all"
        )
    else:
        # A post that people did not code needs none.
        chances = np.ones(n_posts)
        chances[labelled] = _numbers(
            [probabilities[place] for place in np.flatnonzero(labelled).tolist()],
            "sampling probabilities",
        )
    wrong = np.flatnonzero(labelled & ~((chances > 0) & (chances <= 1)))
    if len(wrong):
        raise InputError(
            f"post {wrong[0] + 1}: sampling probability {chances[wrong[0]]:g}; a post that people "
            f"coded had a chance above 0 and up to 1"
        )
    weights = np.where(labelled, 1 / np.where(labelled, chances, 1.0), 0.0)
    is_simple = bool(np.ptp(chances[labelled]) < SAME) if labelled.any() else True
    return Sample(by_model, by_people, labelled, weights, is_simple)


def _read_shares(column: Column) -> Vector:
    values = np.full(len(column), np.nan)
    for place, given in enumerate(column):
        rating = read_rating(given)
        if rating is None:
            continue
        share = float(rating) if isinstance(rating, int | float | np.number | np.bool) else math.nan
        if not 0 <= share <= 1:
            raise InputError(
                f"people, unit {place + 1}: {rating!r} is not 0 or 1, nor a share between; a theme "
                f"is present or absent"
            )
        values[place] = share
    return values


def _numbers(column: Sequence[object] | NDArray[np.generic], name: str) -> Vector:
    values = np.empty(len(column))
    for place, given in enumerate(column):
        rating = read_rating(given)
        # np.bool_ registers as no number, bool does.
        if not isinstance(rating, int | float | np.number | np.bool) or not math.isfinite(rating):
            raise InputError(
                f"{name}, post {place + 1}: {given!r} is not a finite number; leave posts without "
                f"one out"
            )
        values[place] = float(rating)
    return values


def _is_normal(method: PrevalenceMethod) -> bool:
    return method in {"ppi", "ppi++", "naive"}


def _quantile(level: float, n_clusters: int, *, is_normal: bool) -> float | None:
    """Return how many standard errors the interval reaches, or None for too few clusters."""
    tail = (1 + level) / 2
    if n_clusters <= 1:
        return None
    return NormalDist().inv_cdf(tail) if is_normal else float(stdtrit(n_clusters - 1, tail))


def _interval(
    corrected: Corrected,
    clusters: NDArray[np.int64] | None,
    *,
    quantile: float | None,
    level: float,
) -> Interval | Undefined:
    if quantile is None:
        reason = "one coded post or cluster can't show how the model's errors differ"
        return Undefined(name="interval", reason=reason)
    sums = corrected.errors if clusters is None else np.bincount(clusters, corrected.errors)
    n = len(sums)
    is_corrected = corrected.is_sample_variance or clusters is not None
    variance = float(sums @ sums) * (n / (n - 1) if is_corrected else 1.0)
    if variance < SAME**2:
        reason = "every post adds the same, so the spread can't be told from this sample"
        return Undefined(name="interval", reason=reason)
    reach = quantile * math.sqrt(variance)
    low, high = (min(1.0, max(0.0, corrected.value + side)) for side in (-reach, reach))
    method = "linearisation" if clusters is None else "linearisation by clusters"
    return Interval(low=low, high=high, level=level, method=method)


def _mean(name: str, values: Vector, weights: Vector) -> Statistic | Undefined:
    total = float(weights.sum())
    if not total:
        return Undefined(name=name, reason="no post was coded")
    value = float(weights @ values) / total
    return Statistic(name=name, value=value, n_units=int(np.count_nonzero(weights)))


def _sampling(sample: Sample) -> tuple[SamplingProbability, ...]:
    chances = 1 / sample.weights[sample.labelled]
    values, counts = np.unique(chances.round(12), return_counts=True)
    return tuple(
        SamplingProbability(probability=float(value), n_labelled=int(count))
        for value, count in zip(values, counts, strict=True)
    )
