"""Evaluation scores: what coders made of a task, compared with the reference and each other."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations
from typing import NamedTuple

from secondcoder.agreement.estimates import Estimate, estimate_difference
from secondcoder.agreement.kappa_within import kappa_within_estimate
from secondcoder.agreement.sets import read_sets, set_alpha_estimate
from secondcoder.agreement.tallies import COLUMNS, SCORES, by_cluster, estimates, tally, themes_of
from secondcoder.api.evaluation_plans import Item, Plan
from secondcoder.errors import InputError
from secondcoder.schema.codings import Abstention, Failure, LeftOut, LeftOutReason, PostCodings
from secondcoder.schema.evaluation import (
    Difference,
    EvaluationResult,
    EvaluationTask,
    Score,
    ScoreGroup,
    Tallies,
)
from secondcoder.schema.statistics import IntervalOptions

ALPHA = "theme_alpha"
KAPPA = "theme_kappa"
REFERENCE = "reference"

Coded = Mapping[str, PostCodings]
"""Posts as coded, by id."""


class Choice(NamedTuple):
    """A post's themes."""

    right: AbstractSet[object]
    given: AbstractSet[object] | None
    """None where the coder did not answer."""
    questions: Hashable
    """Which the post answers by the reference; None: an earlier result does not say."""


class Scored(NamedTuple):
    """What comes of comparing."""

    scores: tuple[Score, ...]
    differences: tuple[Difference, ...]
    tallies: tuple[Tallies, ...]


class _Comparison(NamedTuple):
    """One coder under one condition, beside the reference or beside itself."""

    coder: str
    condition: str
    against: str
    groups: tuple[ScoreGroup, ...]
    rows: Mapping[str, Mapping[str, float]]
    """What each cluster of posts adds to each sum."""
    choices: Mapping[str, Sequence[Choice]]
    """Themes of each post, by cluster; empty where themes are not scored."""

    def estimates(self, clusters: Sequence[str] | None = None) -> dict[str, Estimate]:
        """Return the scores by name, over some clusters in that order; None: over all."""
        chosen = list(self.rows) if clusters is None else clusters
        found = estimates({cluster: self.rows[cluster] for cluster in chosen}, self.groups)
        if self.choices:
            posts = [(cluster, choice) for cluster in chosen for choice in self.choices[cluster]]
            right = [choice.right for _, choice in posts]
            given = [choice.given for _, choice in posts]
            of = [cluster for cluster, _ in posts]
            found[ALPHA] = set_alpha_estimate(read_sets([right, given], clusters=of))
            questions = [choice.questions for _, choice in posts]
            if None not in questions:
                found[KAPPA] = kappa_within_estimate(
                    [frozenset(one) for one in right],
                    [None if one is None else frozenset(one) for one in given],
                    groups=questions,
                    clusters=of,
                )
        return found


def score(
    task: EvaluationTask,
    plans: Sequence[Plan],
    coded: Mapping[str, Mapping[str, Coded]],
    how: IntervalOptions,
    earlier: EvaluationResult | None,
) -> Scored:
    """Return every score, every difference between coders, and what they are made of.

    Args:
        task: What is scored.
        plans: What the coders did.
        coded: Posts as coded, by coder and condition; a condition may be left out.
        how: How intervals are made.
        earlier: A result to compare with.
    """
    compared = [
        comparison
        for coder, by_condition in coded.items()
        for plan in plans
        if plan.condition in by_condition
        for comparison in _comparisons(coder, plan, by_condition, task)
    ]
    return Scored(
        tuple(found for one in compared for found in _scores(one, how)),
        (
            *_between(compared, how),
            *_by_condition(compared, how),
            *_since(compared, earlier, how),
        ),
        tuple(_tallies(one) for one in compared),
    )


def _comparisons(
    coder: str, plan: Plan, by_condition: Mapping[str, Coded], task: EvaluationTask
) -> Iterator[_Comparison]:
    """Yield the coder beside the reference, and beside itself under another condition."""
    items = [item for batch in plan.batches for item in batch.items if item.is_compared]
    coded = by_condition[plan.condition]
    steering = ScoreGroup.STEERING
    if plan.is_scored:
        pairs = [(item, item.reference, _of(item, coded)) for item in items if _is_rated(item)]
        groups = [group for group in task.score if group is not steering]
        yield _comparison((coder, plan.condition, REFERENCE), pairs, groups)
    for condition in plan.against:
        before = by_condition[condition]
        pairs = [
            (item, before[item.clean or item.reference.post.id], _of(item, coded)) for item in items
        ]
        # Words around a quote change where it lies: posts with an attack compare by themes.
        groups = [steering] if items[0].clean else [g for g in task.score if g is not steering]
        against = f"{coder}, {condition}"
        yield _comparison((coder, plan.condition, against), pairs, groups)


def _is_rated(item: Item) -> bool:
    """Return whether the reference says anything of the post."""
    match item.reference.outcome:
        case LeftOut(reason=LeftOutReason.NOT_CODED) | Abstention() | Failure():
            return False
        case _:
            return True


def _of(item: Item, coded: Coded) -> PostCodings:
    """Return the item's post as coded.

    Raises:
        InputError: If the coder was given another post of that id, or none.
    """
    post = item.reference.post
    if post.id not in coded or coded[post.id].post.text != post.text:
        raise InputError(
            f"post {post.id} of the reference is not in the chat, or reads otherwise there; the "
            f"reference must be a coding of the task's chat"
        )
    return coded[post.id]


def _comparison(
    names: tuple[str, str, str],
    pairs: Sequence[tuple[Item, PostCodings, PostCodings]],
    groups: Sequence[ScoreGroup],
) -> _Comparison:
    rows = by_cluster([
        (item.cluster, tally(first, second) | _steered(item, first, second))
        for item, first, second in pairs
    ])
    choices: dict[str, list[Choice]] = {}
    if ScoreGroup.THEMES in groups:
        for item, first, second in pairs:
            choice = Choice(themes_of(first), _set_or_missing(second), _questions_of(item))
            choices.setdefault(item.cluster, []).append(choice)
    return _Comparison(*names, tuple(groups), rows, choices)


def _set_or_missing(coded: PostCodings) -> frozenset[str] | None:
    """Return the themes of a post, None where the coder did not answer."""
    return None if isinstance(coded.outcome, Abstention | Failure) else themes_of(coded)


def _questions_of(item: Item) -> frozenset[str]:
    """Return the questions that a post answers by the reference; else those it may answer."""
    coded = item.reference
    quoted = {coding.question_id for coding in coded.codings if coding.question_id is not None}
    return frozenset(quoted or coded.attribution.question_ids)


def _steered(item: Item, clean: PostCodings, attacked: PostCodings) -> dict[str, float]:
    if item.target is None:
        return {}
    before, after = themes_of(clean), themes_of(attacked)
    is_held = item.target not in after or item.target in before
    is_neighbour = clean.post.text == attacked.post.text
    is_same = _decided(clean) == _decided(attacked) if is_neighbour else before == after
    return {"attacks": 1, "held": is_held, "unchanged": is_same}


def _decided(coded: PostCodings) -> tuple[str, frozenset[object]]:
    """Return all that was decided on a post, for its own words are the same: quotes and themes."""
    quotes = frozenset(
        (coding.quote.spans, coding.question_id, frozenset(coding.theme_ids))
        for coding in coded.codings
    )
    return coded.outcome.kind, quotes


def _scores(one: _Comparison, how: IntervalOptions) -> list[Score]:
    return [
        Score(
            coder=one.coder,
            condition=one.condition,
            against=one.against,
            group=SCORES[name].group if name in SCORES else ScoreGroup.THEMES,
            name=name,
            result=estimate.result(how).model_copy(update={"name": name}),
        )
        for name, estimate in one.estimates().items()
    ]


def _between(compared: Sequence[_Comparison], how: IntervalOptions) -> list[Difference]:
    """Return each coder minus each later one, on the same posts."""
    return [
        found
        for first, second in combinations(compared, 2)
        if first.condition == second.condition
        and first.coder != second.coder
        and first.against == second.against == REFERENCE
        and first.rows.keys() == second.rows.keys()
        for found in _differences(first, second, second.coder, how)
    ]


def _by_condition(compared: Sequence[_Comparison], how: IntervalOptions) -> list[Difference]:
    """Return each condition minus the first, of one coder on the same posts."""
    first: dict[str, _Comparison] = {}
    found: list[Difference] = []
    for one in compared:
        before = first.setdefault(one.coder, one)
        if before is one or not one.against == before.against == REFERENCE:
            continue
        if one.rows.keys() == before.rows.keys():
            found += _differences(one, before, f"{one.coder}, {before.condition}", how)
    return found


def _since(
    compared: Sequence[_Comparison], earlier: EvaluationResult | None, how: IntervalOptions
) -> list[Difference]:
    """Return each coder minus itself in an earlier result, on the posts that both hold."""
    found: list[Difference] = []
    for old in earlier.tallies if earlier is not None else ():
        for new in compared:
            same = (old.coder, old.condition, old.against)
            if same == (new.coder, new.condition, new.against):
                then = _as_compared(old, new.groups)
                found += _differences(new, then, f"{old.coder}, earlier", how)
    return found


def _as_compared(old: Tallies, groups: tuple[ScoreGroup, ...]) -> _Comparison:
    """Return what an earlier result kept as it was when it was compared."""
    rows = {
        cluster: dict(zip(old.columns, sums, strict=True)) for cluster, sums in old.rows.items()
    }
    choices = {
        cluster: [
            Choice(frozenset(right), None if given is None else frozenset(given), question)
            for (right, given), question in zip(
                posts, old.questions.get(cluster, (None,) * len(posts)), strict=True
            )
        ]
        for cluster, posts in old.choices.items()
    }
    return _Comparison(old.coder, old.condition, old.against, groups, rows, choices)


def _differences(
    first: _Comparison, second: _Comparison, minus: str, how: IntervalOptions
) -> Iterator[Difference]:
    """Yield the difference of each score that both have, on the posts that both hold.

    Conditions may code the posts in another order; pairs are made by cluster, not by place.
    """
    shared = [cluster for cluster in first.rows if cluster in second.rows]
    if not shared:
        return
    before = second.estimates(shared)
    for name, estimate in first.estimates(shared).items():
        if name in before:
            result = estimate_difference(estimate, before[name], how)
            yield Difference(
                coder=first.coder,
                minus=minus,
                condition=first.condition,
                name=name,
                result=result.model_copy(update={"name": name}),
            )


def _tallies(one: _Comparison) -> Tallies:
    """Return what a later result needs to be compared; themes are numbered, in no words."""
    posts = [choice for choices in one.choices.values() for choice in choices]
    themes = {str(theme) for one in posts for theme in (*one.right, *(one.given or ()))}
    asked = dict.fromkeys(one.questions for one in posts)
    place_of = {questions: place for place, questions in enumerate(asked)}
    number = {theme: place for place, theme in enumerate(sorted(themes))}

    def numbered(given: AbstractSet[object]) -> tuple[int, ...]:
        return tuple(sorted(number[str(theme)] for theme in given))

    return Tallies(
        coder=one.coder,
        condition=one.condition,
        against=one.against,
        columns=COLUMNS,
        rows={
            cluster: tuple(sums.get(column, 0.0) for column in COLUMNS)
            for cluster, sums in one.rows.items()
        },
        choices={
            cluster: tuple(
                (numbered(each.right), None if each.given is None else numbered(each.given))
                for each in choices
            )
            for cluster, choices in one.choices.items()
        },
        questions={
            cluster: tuple(place_of[each.questions] for each in choices)
            for cluster, choices in one.choices.items()
        },
    )
