"""The alternative annotator test of Calderon, Reichart & Dror (2025)."""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from secondcoder.agreement.alternative_annotator import (
    Score,
    accuracy,
    alternative_annotator_test,
    benjamini_yekutieli,
    jaccard,
)
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Interval, Statistic, Undefined

N = 60
TRUTH = [(7 * i // 3) % 4 for i in range(N)]
PEOPLE = [
    [TRUTH[i] if (i + 5 * j) % (6 - j) != 0 else (i + j) % 4 for i in range(N)] for j in range(3)
]
MODELS = {
    "good": TRUTH,
    "mid": [TRUTH[i] if i % 3 else (i + 1) % 4 for i in range(N)],
    "bad": [(5 * i + 1) % 4 for i in range(N)],
}


@pytest.mark.parametrize(
    ("model", "epsilon", "omega", "rho"),
    [
        ("good", 0.0, 2 / 3, 1.0),
        ("good", 0.1, 1.0, 1.0),
        ("good", 0.2, 1.0, 1.0),
        ("mid", 0.0, 0.0, 0.755556),
        ("mid", 0.2, 0.0, 0.755556),
        ("bad", 0.2, 0.0, 0.488889),
    ],
)
def test_the_toy_gives_what_the_papers_own_code_gives(
    model: str, epsilon: float, omega: float, rho: float
) -> None:
    """Three people, 60 items, run through the reference notebook of the paper."""
    result = alternative_annotator_test(MODELS[model], PEOPLE, epsilon=epsilon)
    assert result.value == pytest.approx(omega)
    assert result.advantage.value == pytest.approx(rho, abs=5e-7)
    assert result.passes is (omega >= 0.5)


def sparse(item: int, person: int) -> int | None:
    """Return what one of five people gave one of 120 items; the last saw the first 40 alone."""
    if not (item + person) % 5 or (person == 4 and item >= 40):
        return None
    truth = (7 * item // 3) % 4
    return truth if (item + 5 * person) % (7 - person) else (item + 2 * person + 1) % 4


def minus_rmse(rating: object, others: Sequence[object]) -> float:
    """Return the score of the paper for numbers."""
    squares = [(float(str(rating)) - float(str(other))) ** 2 for other in others]
    return -math.sqrt(sum(squares) / len(squares))


@pytest.mark.parametrize(
    ("score", "epsilon", "omega", "rho", "p_of_first"),
    [
        ("accuracy", 0.0, 0.0, 0.8395376, 0.9363279),
        ("accuracy", 0.1, 0.25, 0.8395376, 0.3465972),
        ("accuracy", 0.15, 0.75, 0.8395376, 0.0881310),
        ("accuracy", 0.2, 1.0, 0.8395376, 0.0110318),
        (minus_rmse, 0.1, 0.25, 0.8280760, 0.4317369),
        (minus_rmse, 0.15, 0.5, 0.8280760, 0.1326839),
        (minus_rmse, 0.2, 1.0, 0.8280760, 0.0207299),
    ],
)
def test_missing_ratings_give_what_the_papers_own_code_gives(
    score: Score | Literal["accuracy"],
    epsilon: float,
    omega: float,
    rho: float,
    p_of_first: float,
) -> None:
    """Five people, 120 items, a fifth missing, one person with too few: the notebook's function.

    Values of a function rewritten from the authors' notebook (January 2025), by both its scores.
    """
    people = [[sparse(item, person) for item in range(120)] for person in range(5)]
    truth = [(7 * item // 3) % 4 for item in range(120)]
    model = [
        (truth[item] if item % 4 else (item + 2) % 4) if item % 11 else None for item in range(120)
    ]
    result = alternative_annotator_test(model, people, score=score, epsilon=epsilon)
    assert result.value == pytest.approx(omega)
    assert result.advantage.value == pytest.approx(rho, abs=1e-7)
    assert result.people[0].p_value.value == pytest.approx(p_of_first, abs=1e-7)
    assert isinstance(result.people[4].p_value, Undefined)


def test_a_table_by_hand() -> None:
    """Two people and four items: W and H counted by eye, t and p worked out."""
    result = alternative_annotator_test(
        ["a", "b", "b", "a"],
        {"ana": ["a", "b", "a", "b"], "ben": ["a", "b", "b", "b"]},
        min_observations=4,
    )
    ana, ben = result.people
    # Against ben the model is right on items 1 to 3, ana on 1, 2 and 4: H - W is 0, 0, -1, 1.
    assert (ana.person, ana.model_as_good.value, ana.person_as_good.value) == ("ana", 0.75, 0.75)
    # Mean 0, standard deviation sqrt(2/3), so t = -0.2 / sqrt(1/6) with 3 degrees of freedom.
    assert ana.p_value.value == pytest.approx(stats.t.cdf(-0.2 * math.sqrt(6), 3))
    # Against ana: the model is right on 1 and 2, ben on 1, 2 and 4: H - W is 0, 0, 0, 1.
    assert (ben.model_as_good.value, ben.person_as_good.value) == (0.75, 1.0)
    assert result.advantage.value == 0.75


def test_p_values_equal_those_of_scipy() -> None:
    """An independent t-test, and the Benjamini-Yekutieli correction of scipy."""
    result = alternative_annotator_test(MODELS["mid"], PEOPLE, epsilon=0.3, q=0.2)
    p_values = []
    for j, row in enumerate(PEOPLE):
        others = [PEOPLE[k] for k in range(3) if k != j]
        model = [sum(m == o[i] for o in others) for i, m in enumerate(MODELS["mid"])]
        person = [sum(r == o[i] for o in others) for i, r in enumerate(row)]
        behind = [(p >= m) * 1 - (m >= p) * 1 for m, p in zip(model, person, strict=True)]
        p_values.append(stats.ttest_1samp(behind, 0.3, alternative="less").pvalue)
    assert [person.p_value.value for person in result.people] == pytest.approx(p_values)
    corrected = stats.false_discovery_control(p_values, method="by")
    assert [person.is_rejected for person in result.people] == [p <= 0.2 for p in corrected]
    assert any(person.is_rejected for person in result.people)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.01, 0.5))
def test_rejections_equal_scipys_adjusted_p_values(p_values: list[float], q: float) -> None:
    """Rejecting where the adjusted p is at most q is the same procedure."""
    adjusted = stats.false_discovery_control(p_values, method="by")
    if np.min(np.abs(adjusted - q)) > 1e-9:
        assert benjamini_yekutieli(p_values, q) == [bool(p <= q) for p in adjusted]


def test_nothing_tested_rejects_nothing() -> None:
    """Untested people are neither rejected nor counted in the correction."""
    assert benjamini_yekutieli([], 0.05) == []
    assert benjamini_yekutieli([None], 0.05) == [False]
    assert benjamini_yekutieli([0.04, None], 0.05) == [True, False]


def test_clusters_of_one_item_give_the_plain_test() -> None:
    """The cluster-robust variance is then that of the t-test."""
    plain = alternative_annotator_test(MODELS["mid"], PEOPLE)
    clustered = alternative_annotator_test(MODELS["mid"], PEOPLE, clusters=range(N))
    assert clustered.is_clustered
    for one, two in zip(plain.people, clustered.people, strict=True):
        assert one.p_value.value == pytest.approx(two.p_value.value)


def test_repeating_every_item_inside_its_cluster_adds_no_evidence() -> None:
    """Three copies of each item: the plain test is fooled, the clustered one is not."""
    once = alternative_annotator_test(MODELS["mid"], PEOPLE, epsilon=0.15)
    model = [rating for rating in MODELS["mid"] for _ in range(3)]
    people = [[rating for rating in row for _ in range(3)] for row in PEOPLE]
    clusters = [place // 3 for place in range(3 * N)]
    fooled = alternative_annotator_test(model, people, epsilon=0.15)
    thrice = alternative_annotator_test(model, people, epsilon=0.15, clusters=clusters)
    for one, two, three in zip(once.people, thrice.people, fooled.people, strict=True):
        assert two.p_value.value == pytest.approx(one.p_value.value)
        assert two.n_clusters == N
        assert three.p_value.value != pytest.approx(one.p_value.value)


@settings(deadline=None, max_examples=30)
@given(st.permutations(range(N)), st.permutations([0, 1, 2, 3]))
def test_order_of_items_and_names_of_ratings_do_not_matter(
    order: list[int], names: list[int]
) -> None:
    """Neither does the order of people, beyond the order of the results."""
    plain = alternative_annotator_test(MODELS["mid"], PEOPLE)
    moved = alternative_annotator_test(
        [names[MODELS["mid"][i]] for i in order],
        [[names[row[i]] for i in order] for row in reversed(PEOPLE)],
    )
    assert moved.value == plain.value
    assert moved.advantage.value == pytest.approx(plain.advantage.value)
    for one, two in zip(plain.people, reversed(moved.people), strict=True):
        assert two.p_value.value == pytest.approx(one.p_value.value)


def test_an_item_that_is_missing_is_as_if_never_given() -> None:
    """Missing by the model, by the person, or by all the others."""
    model = [*MODELS["mid"], None, 1, 1]
    people = [[*row, 1, 1 if j == 0 else None, math.nan] for j, row in enumerate(PEOPLE)]
    plain = alternative_annotator_test(MODELS["mid"], PEOPLE)
    padded = alternative_annotator_test(model, people)
    assert padded == plain


def test_sets_are_scored_by_overlap() -> None:
    """Half the themes right is worth half; two empty sets agree."""
    assert jaccard(set(), [set(), {"a"}]) == 0.5
    assert jaccard("a", [{"a", "b"}]) == 0.5
    assert accuracy({"a"}, [{"a"}, {"b"}, frozenset("a")]) == pytest.approx(2 / 3)
    people = [[{"a", "b"}, {"a"}] * 20, [{"a", "b"}, set()] * 20]
    result = alternative_annotator_test([{"a"}, {"a"}] * 20, people, score="jaccard")
    first, second = result.people
    # Against {a, b} and the empty set: model 1/2 and 0, the first person 1 and 0.
    assert (first.model_as_good.value, first.person_as_good.value) == (0.5, 1.0)
    # Against {a, b} and {a}: model 1/2 and 1, the second person 1 and 0.
    assert (second.model_as_good.value, second.person_as_good.value) == (0.5, 0.5)
    assert result.score == "jaccard"


def test_scores_that_differ_by_rounding_are_ties() -> None:
    """A third and two thirds may be added in either order."""
    found = alternative_annotator_test(
        [{"a", "b"}] * 30,
        [[{"a", "b"}] * 30, [{"a"}] * 30, [{"b", "c", "a"}] * 30, [{"c"}] * 30],
        score="jaccard",
    )
    assert found.people[0].model_as_good.value == found.people[0].person_as_good.value == 1.0


def test_an_own_score_is_used_and_named() -> None:
    """A function of a rating and the others' ratings, as for numbers on a scale."""

    def nearness(rating: object, others: object) -> float:
        assert isinstance(rating, int)
        assert isinstance(others, list)
        return -abs(rating - sum(others) / len(others))

    result = alternative_annotator_test([2] * 40, [[1] * 40, [3] * 40, [2] * 40], score=nearness)
    assert result.score == "nearness"
    assert result.people[0].model_as_good.value == 1.0
    assert result.people[0].person_as_good.value == 0.0


def test_the_advantage_has_an_interval_over_clusters() -> None:
    """Around the value; posts are drawn, not items."""
    clusters = [f"post {place // 2}" for place in range(N)]
    result = alternative_annotator_test(
        MODELS["mid"], PEOPLE, clusters=clusters, interval="bootstrap", min_observations=20
    )
    assert isinstance(result.interval, Interval)
    assert result.interval.low < 0.755556 < result.interval.high
    assert result.interval == result.advantage.interval


def test_too_few_items_are_not_tested() -> None:
    """The paper's floor of 30; no decision is made up."""
    result = alternative_annotator_test(TRUTH[:29], [row[:29] for row in PEOPLE])
    assert isinstance(result.winning_rate, Undefined)
    assert result.passes is None
    assert isinstance(result.people[0].p_value, Undefined)
    assert "29 items" in result.people[0].p_value.reason
    # The advantage decides nothing, so it is given all the same: over everybody.
    assert result.advantage.value == 1
    posts = alternative_annotator_test(TRUTH, PEOPLE, clusters=[i // 3 for i in range(N)])
    assert isinstance(posts.people[0].p_value, Undefined)
    assert "20 posts" in posts.people[0].p_value.reason


def test_one_item_is_never_tested() -> None:
    """Whatever floor the caller sets: one observation has no spread."""
    result = alternative_annotator_test([1], [[1], [1]], min_observations=1)
    assert isinstance(result.people[0].p_value, Undefined)


def test_no_shared_item_gives_reasons() -> None:
    """People who never met, or a model that coded nothing."""
    result = alternative_annotator_test([None, None], [[1, 1], [1, 1]])
    assert isinstance(result.advantage, Undefined)
    assert isinstance(result.people[0].model_as_good, Undefined)
    assert result.interval is None


@pytest.mark.parametrize(("epsilon", "p"), [(0.2, 0.0), (0.0, 1.0), (-0.1, 1.0)])
def test_without_spread_the_mean_decides(epsilon: float, p: float) -> None:
    """All equal: below epsilon is certain, epsilon itself is the hypothesis."""
    same = ["a", "b"] * 20
    result = alternative_annotator_test(same, [same, same], epsilon=epsilon)
    assert isinstance(result.people[0].p_value, Statistic)
    assert result.people[0].p_value.value == p


def test_mistakes_of_the_caller_are_named() -> None:
    """One person, rows of different length, no rate."""
    with pytest.raises(InputError, match="2 are the least"):
        alternative_annotator_test([1], [[1]])
    with pytest.raises(InputError, match="person 2 has 1 rating and the model 2"):
        alternative_annotator_test([1, 1], [[1, 1], [1]])
    with pytest.raises(InputError, match="between 0 and 1"):
        alternative_annotator_test([1], [[1], [1]], q=1.0)
    with pytest.raises(InputError, match="1 cluster are"):
        alternative_annotator_test([1, 1], [[1, 1], [1, 1]], clusters=["a"])
    with pytest.raises(InputError, match="no score 'kappa'; choose from accuracy, jaccard"):
        alternative_annotator_test([1], [[1], [1]], score="kappa")  # type: ignore[arg-type] # on purpose
