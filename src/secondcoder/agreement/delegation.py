"""A delegation plan: which themes a model may code alone, from a sample that people coded too."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from secondcoder.agreement.bootstrap import DEFAULT
from secondcoder.agreement.bootstrap import interval as interval_of
from secondcoder.agreement.counted import counted
from secondcoder.agreement.delegation_rule import Bounds, Decisions, Vector, decide, wilson
from secondcoder.agreement.delegation_size import n_more_posts
from secondcoder.agreement.double_coded import DoubleCoded, read_double_coded
from secondcoder.agreement.people import Column, People, named
from secondcoder.errors import InputError
from secondcoder.schema.model_beside_people import (
    DelegationPlan,
    DelegationRule,
    ThemePlan,
)
from secondcoder.schema.statistics import Interval, IntervalOptions, Statistic, Undefined

MAX_MORE = 2000
"""Further posts beyond which double-coding is not what people would do."""


def delegation_plan(
    model: Mapping[str, Column],
    people: Mapping[str, People],
    *,
    rule: DelegationRule | None = None,
    interval: IntervalOptions = DEFAULT,
    max_more: int = MAX_MORE,
) -> DelegationPlan:
    """Return for each theme whether a model may code it alone, with a person checking, or not.

    Only posts count that the model and at least two people coded. Agreement is Krippendorff's alpha
    of present or absent, averaged over pairs; the difference is paired. Recall is over posts that
    most of their people gave the theme, so that people's own doubts are not the model's misses.
    `delegation_rule.decide` states the rule, `DelegationRule` its numbers; `presence` makes the
    columns from sets of themes.

    Where no interval can be told since nothing varied (all agree everywhere), the lower bound is
    the value with three misses added that may have stayed unseen (the rule of three).

    Args:
        model: By theme: 0 or 1, None where the model did not code the post. Shape: (n_posts,).
        people: By theme: people's ratings, by name or in order. Shape: (n_people, n_posts).
        rule: The numbers of the rule; None: those of `DelegationRule`.
        interval: How intervals are made, and the seed of the simulation.
        max_more: Most further posts to consider for an undecided theme.

    Raises:
        InputError: If people's ratings lack a theme, or a rating is neither present nor absent.

    >>> seen = [1, 0] * 30
    >>> plan = delegation_plan({"tea": seen}, {"tea": [seen, seen]})
    >>> plan.themes[0].decision.value
    'model alone'
    """
    for theme in model:
        if theme not in people:
            raise InputError(f"people's ratings lack theme '{theme}', which the model's have")
    numbers = rule or DelegationRule()
    plans = []
    for theme, column in model.items():
        coders = named(people[theme], len(column))
        sample = read_double_coded(theme, column, coders)
        plans.append(_plan(sample, numbers, interval, max_more))
    return DelegationPlan(rule=numbers, themes=tuple(plans), level=interval.level)


def presence(row: Sequence[AbstractSet[str] | None], theme: str) -> list[int | None]:
    """Return whether each set of themes holds the theme; None stays missing.

    >>> presence([{"tea"}, set(), None], "tea")
    [1, 0, None]
    """
    return [None if themes is None else int(theme in themes) for themes in row]


def _plan(
    sample: DoubleCoded, rule: DelegationRule, options: IntervalOptions, max_more: int
) -> ThemePlan:
    table, among, beside = sample.table, sample.among, sample.beside
    people = table.mean("people with people", among, options)
    model = table.mean("model with people", beside, options)
    difference = table.difference("model minus people", beside, among, options)
    given, positive, found, marked, confirmed = sample.tallies.sum(axis=0)
    recall = _share("recall", found, positive, options.level)
    bounds = _bounds(sample, (people, model, difference), (given, positive, found), options.level)
    decisions = decide(bounds, rule)
    is_settled = bool(decisions.settled[0])
    can_simulate = not is_settled and bool(among)
    return ThemePlan(
        theme=sample.theme,
        decision=decisions.first(),
        reason=_reason(decisions, bounds, rule),
        is_settled=is_settled,
        prevalence=_prevalence(sample, options),
        people=people,
        model=model,
        difference=difference,
        recall=recall,
        precision=_share("precision", confirmed, marked, options.level),
        n_posts=sample.n_posts,
        n_positives=int(positive),
        n_more=n_more_posts(sample, rule, options, max_more) if can_simulate else None,
        n_more_searched=0 if is_settled else max_more,
    )


def _share(name: str, part: float, whole: float, level: float) -> Statistic | Undefined:
    if not whole:
        what = "most people gave" if name == "recall" else "the model gave"
        return Undefined(name=name, reason=f"there is no post that {what} the theme")
    low, high = wilson(np.array([part]), np.array([whole]), level)
    found = Interval(low=float(low[0]), high=float(high[0]), level=level, method="Wilson")
    return Statistic(name=name, value=part / whole, n_units=int(whole), interval=found)


def _prevalence(sample: DoubleCoded, options: IntervalOptions) -> Statistic | Undefined:
    name, shares = "prevalence", sample.shares
    if not sample.n_posts:
        return Undefined(name=name, reason="no post was coded by the model and two people")

    def mean(weights: Vector) -> Vector:
        values: Vector = weights @ shares / weights.sum(axis=1)
        return values

    found = interval_of(mean, sample.n_posts, options, bounds=(0.0, 1.0))
    value = float(shares.mean())
    return Statistic(name=name, value=value, n_units=sample.n_posts, interval=found)


def _bounds(
    sample: DoubleCoded,
    agreement: tuple[Statistic | Undefined, ...],
    tallies: tuple[float, float, float],
    level: float,
) -> Bounds:
    """Return what the rule looks at in the sample at hand."""
    worst = (np.full(1, np.nan),) * 3
    if sample.among:
        wide = sample.with_unseen
        worst = wide.agreement(wide.table.counts.astype(float)[None, :])
    (_, people_high), (model_low, model_high), (difference_low, difference_high) = (
        _ends(result, low) for result, low in zip(agreement, worst, strict=True)
    )
    given, positive, found = (np.array([tally]) for tally in tallies)
    recall_low, recall_high = wilson(found, positive, level)
    return Bounds(
        people_high=people_high,
        model_low=model_low,
        model_high=model_high,
        difference_low=difference_low,
        difference_high=difference_high,
        recall_low=recall_low,
        recall_high=recall_high,
        n_given=given,
        n_positives=positive,
    )


def _ends(result: Statistic | Undefined, worst: Vector) -> tuple[Vector, Vector]:
    if isinstance(result, Undefined):
        return np.full(1, np.nan), np.full(1, np.nan)
    if isinstance(result.interval, Interval):
        return np.array([result.interval.low]), np.array([result.interval.high])
    return worst, np.array([result.value])


def _reason(decisions: Decisions, bounds: Bounds, rule: DelegationRule) -> str:
    at = {name: float(values[0]) for name, values in bounds._asdict().items()}
    recall = f"recall {at['recall_low']:.2f} to {at['recall_high']:.2f}"
    if decisions.no_standard[0]:
        return (
            f"people agree to {at['people_high']:.2f} at most, below {rule.min_agreement:.2f}: "
            f"agree on the definition first"
        )
    if decisions.misses[0]:
        return f"{recall}, below {rule.min_recall:.2f}: checking its finds can't restore misses"
    if decisions.alone[0]:
        return (
            f"agreement at least {at['model_low']:.2f}, at least {at['difference_low']:+.2f} from "
            f"people's; recall at least {at['recall_low']:.2f}"
        )
    if decisions.checked[0]:
        shown = "is shown to be" if decisions.never_alone[0] else "is not shown not to be"
        return (
            f"recall at least {at['recall_low']:.2f}; its agreement {shown} below "
            f"{rule.min_agreement:.2f} or more than {rule.margin:.2f} under people's"
        )
    if at["n_positives"] < rule.min_positives:
        return (
            f"most people gave it to {counted(round(at['n_positives']), 'post')}; the rule asks "
            f"for {rule.min_positives}"
        )
    return f"{recall}, around the {rule.min_recall:.2f} asked for"
