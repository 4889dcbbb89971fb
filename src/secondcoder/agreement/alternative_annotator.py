"""The alternative annotator test: may a model stand in for a person?

Source: Calderon, Reichart & Dror (2025), The Alternative Annotator Test for LLM-as-a-Judge: How to
Statistically Justify Replacing Human Annotators with LLMs, ACL 2025.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from secondcoder.agreement.bootstrap import interval as interval_of
from secondcoder.agreement.counted import counted
from secondcoder.agreement.people import Column, People, cluster_codes, named, read_rating
from secondcoder.errors import InputError
from secondcoder.schema.model_beside_people import AlternativeAnnotatorTest, PersonLeftOut
from secondcoder.schema.statistics import (
    IntervalMethod,
    IntervalOptions,
    Statistic,
    Undefined,
)

Score = Callable[[object, Sequence[object]], float]
"""How well a rating fits those of the other people on the same item; higher is better."""

MIN_OBSERVATIONS = 30
"""Below this many items (or posts) a person is not tested: the paper's floor for a t-test."""

_TIE = 1e-12
"""Scores closer than this are equal but for the order in which they were added up."""


@dataclass(frozen=True, eq=False)
class _Comparison:
    """One person against the model, item by item."""

    person: str
    model_wins: NDArray[np.float64]
    """1 where the model scores no lower. Shape: (n_items,)."""
    person_wins: NDArray[np.float64]
    clusters: NDArray[np.int64]
    """Cluster of each item. Shape: (n_items,)."""


# The arguments are the paper's, by keyword; an options record would hide its words.
def alternative_annotator_test(  # noqa: PLR0913
    model: Column,
    people: People,
    *,
    score: Literal["accuracy", "jaccard"] | Score = "accuracy",
    epsilon: float = 0.2,
    q: float = 0.05,
    clusters: Column | None = None,
    min_observations: int = MIN_OBSERVATIONS,
    interval: IntervalOptions | IntervalMethod | None = None,
) -> AlternativeAnnotatorTest:
    """Return whether the model may stand in for each person, and for how many of them.

    Each person is left out in turn. On every item that this person, at least one other and the
    model rated, the model's and the person's ratings are scored by the others' ratings; W is 1
    where the model scores no lower, H where the person does. The hypothesis that the mean of H - W
    is epsilon or more is tested by a one-sided t-test; the p-values are corrected by Benjamini &
    Yekutieli (2001), The control of the false discovery rate. The model passes if at least half of
    the people tested are rejected. The advantage is a mean over these people, too; where nobody
    could be tested, over all.

    With clusters, the variance of the mean is that of sums over clusters, times G / (G - 1), and t
    has G - 1 degrees of freedom: Cameron & Miller (2015), A Practitioner's Guide to Cluster-Robust
    Inference, for a regression on a constant. With one item per cluster this
    is the t-test.

    Args:
        model: The model's ratings, single values or sets; None or NaN where missing.
            Shape: (n_items,).
        people: People's ratings, by name or in order. Shape: (n_people, n_items).
        score: `accuracy` is the share of the others with an equal rating, `jaccard` the mean
            overlap of sets (two empty sets overlap fully); or a function of a rating and the
            others' ratings.
        epsilon: How much more often than the model a person may win. The paper takes 0.2 for
            experts, 0.15 for skilled people, 0.1 for a crowd.
        q: False discovery rate.
        clusters: What each item comes from, such as a post's id. Shape: (n_items,).
        min_observations: Items, with clusters clusters, below which a person is not tested.
        interval: How to make the interval of the advantage; None: without one.

    Raises:
        InputError: If fewer than two people are given, lengths differ, q is no probability, or
            there is no such score.

    >>> person = [item % 2 for item in range(40)]
    >>> result = alternative_annotator_test(person, [person, person, person])
    >>> result.winning_rate.value, result.advantage.value, result.passes
    (1.0, 1.0, True)
    """
    if not 0 < q < 1:
        raise InputError(f"q is {q}; a false discovery rate lies between 0 and 1")
    if isinstance(score, str) and score not in _SCORES:
        raise InputError(
            f"there is no score '{score}'; choose from {', '.join(_SCORES)}, or give a function"
        )
    coders = named(people, len(model))
    at = cluster_codes(clusters, len(model))
    rated = {name: [read_rating(rating) for rating in row] for name, row in coders.items()}
    judged = [read_rating(rating) for rating in model]
    function = _SCORES[score] if isinstance(score, str) else score
    compared = [_compare(judged, rated, name, function, at) for name in rated]
    p_values = [
        _p_value(comparison, epsilon, min_observations, is_clustered=clusters is not None)
        for comparison in compared
    ]
    rejected = benjamini_yekutieli([result.value for result in p_values], q)
    return AlternativeAnnotatorTest(
        winning_rate=_winning_rate(p_values, rejected),
        advantage=_advantage(_tested(compared, p_values), int(at.max(initial=-1)) + 1, interval),
        people=tuple(
            _person(comparison, p_value, is_rejected=is_rejected)
            for comparison, p_value, is_rejected in zip(compared, p_values, rejected, strict=True)
        ),
        score=score if isinstance(score, str) else getattr(score, "__name__", "own function"),
        epsilon=epsilon,
        q=q,
        is_clustered=clusters is not None,
    )


def benjamini_yekutieli(p_values: Sequence[float | None], q: float) -> list[bool]:
    """Return which hypotheses are rejected at false discovery rate q, however they depend.

    Args:
        p_values: None is a hypothesis that was not tested; it is neither rejected nor counted.
        q: False discovery rate.

    Source: Benjamini & Yekutieli (2001), the procedure for any dependency.

    >>> benjamini_yekutieli([0.001, 0.02, None, 0.9], 0.05)
    [True, False, False, False]
    """
    tested = sorted(value for value in p_values if value is not None)
    m = len(tested)
    harmonic = math.fsum(1 / rank for rank in range(1, m + 1))
    passed = [p for rank, p in enumerate(tested, 1) if p <= rank * q / (m * harmonic)]
    limit = max(passed, default=-1.0)
    return [value is not None and value <= limit for value in p_values]


def accuracy(rating: object, others: Sequence[object]) -> float:
    """Return the share of the others whose rating is equal.

    >>> accuracy("trust", ["trust", "time"])
    0.5
    """
    return sum(rating == other for other in others) / len(others)


def jaccard(rating: object, others: Sequence[object]) -> float:
    """Return the mean overlap of a set with the others' sets; a single value is a set of one.

    >>> jaccard({"trust"}, [{"trust", "time"}, {"trust"}])
    0.75
    """
    return math.fsum(_overlap(_as_set(rating), _as_set(other)) for other in others) / len(others)


_SCORES: dict[str, Score] = {"accuracy": accuracy, "jaccard": jaccard}


def _as_set(rating: object) -> AbstractSet[object]:
    return rating if isinstance(rating, AbstractSet) else frozenset([rating])


def _overlap(first: AbstractSet[object], second: AbstractSet[object]) -> float:
    return len(first & second) / len(first | second) if first or second else 1.0


def _compare(
    model: Sequence[object],
    people: Mapping[str, Sequence[object]],
    person: str,
    score: Score,
    clusters: NDArray[np.int64],
) -> _Comparison:
    wins: list[tuple[bool, bool]] = []
    places: list[int] = []
    for place, (by_model, by_person) in enumerate(zip(model, people[person], strict=True)):
        others = [
            row[place] for name, row in people.items() if name != person and row[place] is not None
        ]
        if by_model is None or by_person is None or not others:
            continue
        ahead = score(by_model, others) - score(by_person, others)
        wins.append((ahead >= -_TIE, ahead <= _TIE))
        places.append(place)
    table = np.array(wins, np.float64).reshape(-1, 2)
    return _Comparison(person, table[:, 0], table[:, 1], clusters[np.array(places, np.int64)])


def _p_value(
    comparison: _Comparison, epsilon: float, min_observations: int, *, is_clustered: bool
) -> Statistic | Undefined:
    """Return P(T < t) of the mean of H - W against epsilon."""
    name, n_items = "p", len(comparison.clusters)
    _, cluster = np.unique(comparison.clusters, return_inverse=True)
    n_clusters = int(cluster.max(initial=-1)) + 1
    # One observation has no spread, whatever floor the caller sets.
    if n_clusters < max(2, min_observations):
        there_are = counted(n_clusters, "post" if is_clustered else "item")
        reason = f"{there_are} to compare on; the test needs {max(2, min_observations)}"
        return Undefined(name=name, reason=reason, n_units=n_items)
    behind = comparison.person_wins - comparison.model_wins
    mean = float(behind.mean())
    sums = np.bincount(cluster, weights=behind - mean)
    variance = float(sums @ sums) * n_clusters / (n_clusters - 1) / n_items**2
    distance = mean - epsilon
    if variance < _TIE**2:
        # Without spread t is infinite; a mean of exactly epsilon is the hypothesis itself.
        return Statistic(name=name, value=0.0 if distance < -_TIE else 1.0, n_units=n_items)
    p = float(stdtr(n_clusters - 1, distance / math.sqrt(variance)))
    return Statistic(name=name, value=p, n_units=n_items)


def _winning_rate(
    p_values: Sequence[Statistic | Undefined], rejected: Sequence[bool]
) -> Statistic | Undefined:
    n_tested = sum(p_value.is_defined for p_value in p_values)
    if not n_tested:
        return Undefined(name="winning rate", reason="no person could be tested")
    return Statistic(name="winning rate", value=sum(rejected) / n_tested, n_units=n_tested)


def _tested(
    compared: Sequence[_Comparison], p_values: Sequence[Statistic | Undefined]
) -> list[_Comparison]:
    """Return the comparisons with a test, as the paper's own code does; without any, all."""
    tested = [
        comparison
        for comparison, p_value in zip(compared, p_values, strict=True)
        if p_value.is_defined
    ]
    return tested or list(compared)


def _advantage(
    compared: Sequence[_Comparison],
    n_clusters: int,
    options: IntervalOptions | IntervalMethod | None,
) -> Statistic | Undefined:
    """Return the mean over people of the share of items where the model scores no lower."""
    name = "average advantage probability"
    usable = [comparison for comparison in compared if len(comparison.clusters)]
    if not usable:
        reason = "no item was rated by the model and two people"
        return Undefined(name=name, reason=reason)
    wins = _sums(usable, [comparison.model_wins for comparison in usable], n_clusters)
    items = _sums(usable, [np.ones(len(c.clusters)) for c in usable], n_clusters)
    used = np.flatnonzero(items.sum(axis=1))
    wins, items = wins[used], items[used]

    def mean_share(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        shares: NDArray[np.float64] = ((weights @ wins) / (weights @ items)).mean(axis=1)
        return shares

    value = float(np.mean([comparison.model_wins.mean() for comparison in usable]))
    found = None
    if options is not None:
        found = interval_of(mean_share, len(used), options, bounds=(0.0, 1.0))
    n_items = len({place for c in usable for place in c.clusters.tolist()})
    return Statistic(name=name, value=value, n_units=n_items, interval=found)


def _sums(
    compared: Sequence[_Comparison], columns: Sequence[NDArray[np.float64]], n_clusters: int
) -> NDArray[np.float64]:
    """Return the sum of each person's column in each cluster. Shape: (n_clusters, n_people)."""
    return np.stack(
        [
            np.bincount(comparison.clusters, weights=column, minlength=n_clusters)
            for comparison, column in zip(compared, columns, strict=True)
        ],
        axis=1,
    )


def _person(
    comparison: _Comparison, p_value: Statistic | Undefined, *, is_rejected: bool
) -> PersonLeftOut:
    n_items = len(comparison.clusters)
    return PersonLeftOut(
        person=comparison.person,
        n_items=n_items,
        n_clusters=len(np.unique(comparison.clusters)),
        model_as_good=_share("model as good", comparison.model_wins),
        person_as_good=_share("person as good", comparison.person_wins),
        p_value=p_value,
        is_rejected=is_rejected,
    )


def _share(name: str, wins: NDArray[np.float64]) -> Statistic | Undefined:
    if not len(wins):
        reason = "the person shares no item with the model and another person"
        return Undefined(name=name, reason=reason)
    return Statistic(name=name, value=float(wins.mean()), n_units=len(wins))
