"""Delegation plans, from ratings to decisions."""

import random

import pytest

from secondcoder.agreement.delegation import delegation_plan, presence
from secondcoder.agreement.double_coded import read_double_coded
from secondcoder.errors import InputError
from secondcoder.schema.model_beside_people import Delegation, DelegationRule, ThemePlan
from secondcoder.schema.statistics import Interval, IntervalOptions, Statistic, Undefined


def _coded(
    n: int, common: float, errors: tuple[float, float], *, seed: int = 0, n_people: int = 2
) -> tuple[list[int], list[list[int]]]:
    """Return a model's and people's ratings with these chances of being wrong."""
    chance = random.Random(seed)  # noqa: S311 # a test's data, not a secret
    truth = [chance.random() < common for _ in range(n)]

    def rate(wrong: float) -> list[int]:
        return [int(present != (chance.random() < wrong)) for present in truth]

    return rate(errors[0]), [rate(errors[1]) for _ in range(n_people)]


def _plan(model: list[int], people: list[list[int]], *, max_more: int = 500) -> ThemePlan:
    return delegation_plan({"tea": model}, {"tea": people}, max_more=max_more).themes[0]


def test_a_model_as_good_as_people_codes_alone() -> None:
    """300 posts, all coders wrong in 2 %."""
    found = _plan(*_coded(300, 0.4, (0.02, 0.02)))
    assert found.decision is Delegation.MODEL
    assert found.is_settled
    assert found.n_more is None
    assert found.statement.startswith("tea: model alone (agreement at least 0.")


def test_a_model_that_finds_too_much_is_checked() -> None:
    """It finds all that people find and half as much again."""
    _, people = _coded(300, 0.4, (0, 0.01))
    model = [1 if place % 3 else present for place, present in enumerate(people[0])]
    found = _plan(model, people)
    assert found.decision is Delegation.CHECKED
    assert found.is_settled
    assert "is shown to be below" in found.reason
    assert found.recall.value == pytest.approx(1.0, abs=0.02)
    assert found.precision.value is not None
    assert found.precision.value < 0.8


def test_a_model_that_misses_half_leaves_the_theme_to_people() -> None:
    """Checking what it found can't bring back what it missed."""
    _, people = _coded(300, 0.4, (0, 0.01))
    model = [present if place % 2 else 0 for place, present in enumerate(people[0])]
    found = _plan(model, people)
    assert found.decision is Delegation.PEOPLE
    assert "can't restore misses" in found.reason


def test_without_a_standard_people_first_agree_on_the_definition() -> None:
    """People wrong in a third: nothing to measure a model against."""
    found = _plan(*_coded(300, 0.4, (0.02, 0.33)))
    assert found.decision is Delegation.PEOPLE
    assert found.reason.endswith("agree on the definition first")


def test_one_post_is_said_as_one() -> None:
    """Not "1 posts"."""
    found = _plan([1, 0, 0, 0] * 5, [[1] + [0] * 19, [1] + [0] * 19], max_more=5)
    assert found.reason == "most people gave it to 1 post; the rule asks for 10"


def test_a_rare_theme_is_undecided_and_says_how_many_posts_it_takes() -> None:
    """Five posts of 80: about ten times ten positives over 5/80 are needed at least."""
    people = [[1] * 6 + [0] * 74, [1] * 5 + [0] * 75]
    found = _plan([1] * 6 + [0] * 74, people, max_more=3000)
    assert found.decision is Delegation.UNDECIDED
    assert found.reason == "most people gave it to 5 posts; the rule asks for 10"
    assert found.n_more is not None
    # Ten positives need 160 posts.
    assert 80 <= found.n_more <= 3000
    assert f"about {found.n_more} more double-coded posts" in found.statement


def test_more_than_the_bound_is_said_as_such() -> None:
    """Nobody ever gave the theme: no number of such posts decides."""
    found = _plan([0] * 50, [[0] * 50, [0] * 50], max_more=100)
    assert found.decision is Delegation.UNDECIDED
    assert isinstance(found.people, Undefined)
    assert isinstance(found.recall, Undefined)
    assert isinstance(found.precision, Undefined)
    assert found.n_more is None
    assert "more than 100 more double-coded posts would be needed" in found.statement


def test_checked_but_not_settled_may_become_the_models_own() -> None:
    """Recall is shown, nearness to people not yet."""
    people = [[1] * 40 + [0] * 60, [1] * 38 + [0] * 62]
    model = [1] * 44 + [0] * 56
    found = _plan(model, people, max_more=2000)
    assert found.decision is Delegation.CHECKED
    assert not found.is_settled
    assert "is not shown not to be below" in found.reason


def test_recall_between_its_bounds_is_undecided() -> None:
    """24 of 30 found: from 0.63 to 0.90 by Wilson's interval."""
    people = [[1] * 30 + [0] * 70] * 2
    found = _plan([1] * 24 + [0] * 76, people)
    assert found.decision is Delegation.UNDECIDED
    assert found.reason == "recall 0.63 to 0.90, around the 0.80 asked for"
    assert isinstance(found.recall, Statistic)
    assert isinstance(found.recall.interval, Interval)
    assert found.recall.interval.method == "Wilson"


def test_where_all_agree_everywhere_three_unseen_misses_are_allowed_for() -> None:
    """The rule of three: enough for 100 posts with the theme, not for a dozen."""
    few, many = [1] * 17 + [0] * 17, [1] * 100 + [0] * 100
    assert _plan(many, [many, many]).decision is Delegation.MODEL
    sparse = _plan(few, [few, few])
    assert sparse.decision is Delegation.CHECKED
    assert not sparse.is_settled
    assert sparse.n_more is not None
    assert sparse.n_more <= 40


def test_only_double_coded_posts_count() -> None:
    """The model skipped one, one person alone coded another."""
    model, people = _coded(60, 0.4, (0.05, 0.05))
    plain = _plan(model, people)
    padded = delegation_plan(
        {"tea": [*model, None, 1]},
        {"tea": [[*people[0], 1, 1], [*people[1], 1, None]]},
        max_more=500,
    ).themes[0]
    assert padded == plain
    assert plain.n_posts == 60


def test_an_empty_sample_decides_nothing() -> None:
    """No post in common: every number has a reason."""
    found = delegation_plan({"tea": [1, None]}, {"tea": [[1, 0], [None, 1]]}).themes[0]
    assert found.decision is Delegation.UNDECIDED
    assert isinstance(found.prevalence, Undefined)
    assert isinstance(found.difference, Undefined)
    assert (found.n_posts, found.n_more) == (0, None)


def test_the_same_seed_gives_the_same_plan_in_any_order_of_people() -> None:
    """Seeded all through; themes keep their order."""
    model, people = _coded(80, 0.3, (0.06, 0.04))
    args = ({"tea": model, "time": people[0]}, {"time": people, "tea": people})
    once, again = (delegation_plan(*args, interval=IntervalOptions(seed=4)) for _ in range(2))
    assert once == again
    assert [plan.theme for plan in once.themes] == ["tea", "time"]
    swapped = delegation_plan({"tea": model}, {"tea": people[::-1]})
    assert swapped.themes[0].people.value == pytest.approx(once.themes[0].people.value)
    assert swapped.themes[0].recall.value == once.themes[0].recall.value


def test_other_thresholds_give_other_decisions() -> None:
    """The rule's numbers are recorded with the plan."""
    model, people = _coded(300, 0.4, (0.02, 0.02))
    strict = DelegationRule(min_recall=0.999)
    plan = delegation_plan({"tea": model}, {"tea": people}, rule=strict, max_more=50)
    assert plan.rule == strict
    assert plan.themes[0].decision is not Delegation.MODEL
    assert plan.level == 0.95


def test_half_of_the_people_are_not_most() -> None:
    """One of two gave it: given, yet no post that people agree on."""
    sample = read_double_coded("tea", [1, 1, 0], {"ana": [1, 1, 0], "ben": [0, 1, 0]})
    assert sample.tallies.tolist() == [[1, 0, 0, 1, 0], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]]


def test_mistakes_of_the_caller_are_named() -> None:
    """A theme that people's ratings lack, a rating that is no presence."""
    with pytest.raises(InputError, match="lack theme 'tea'"):
        delegation_plan({"tea": [1]}, {})
    with pytest.raises(InputError, match="tea, person 1, unit 1: 3 is not 0 or 1"):
        delegation_plan({"tea": [1]}, {"tea": [[3], [1]]})


def test_sets_become_columns() -> None:
    """One theme's presence; missing stays missing."""
    assert presence([{"tea", "time"}, set(), None], "time") == [1, 0, None]
