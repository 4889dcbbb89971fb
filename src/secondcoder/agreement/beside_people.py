"""Codings side by side, the model's first, become the figures of a model beside people."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from secondcoder.agreement.alternative_annotator import alternative_annotator_test
from secondcoder.agreement.ceiling import human_ceiling
from secondcoder.agreement.delegation import MAX_MORE, delegation_plan, presence
from secondcoder.agreement.disagreements import disagreements
from secondcoder.agreement.pairs import PairTable, read_rows
from secondcoder.agreement.prevalence import prevalences
from secondcoder.agreement.scores import precision_recall_f1
from secondcoder.agreement.shared_posts import SharedPosts
from secondcoder.agreement.stability import stability
from secondcoder.agreement.unit_table import Rating, UnitTable
from secondcoder.agreement.units import post_units, rating_of
from secondcoder.schema.agreement import Counting
from secondcoder.schema.beside_people import ThemeBesideOne
from secondcoder.schema.model_beside_people import (
    AlternativeAnnotatorTest,
    Ceiling,
    DelegationPlan,
    DelegationRule,
    Disagreements,
    Prevalence,
    Stability,
)
from secondcoder.schema.statistics import IntervalOptions, Statistic, Undefined

COUNTING = Counting()
"""No theme is a rating; a post never seen, abstained on or failed on has none."""

COEFFICIENT = "set_alpha"

ONE_PERSON = "one person's coding can't show how far people agree; a second person's is needed"


class Beside(NamedTuple):
    """The figures of a model beside people."""

    n_beside: int
    n_double_coded: int
    agreement: Statistic | Undefined
    ceiling: Ceiling | Undefined
    test: AlternativeAnnotatorTest | Undefined
    one_person: tuple[ThemeBesideOne, ...]
    prevalences: tuple[Prevalence, ...]
    delegation: DelegationPlan | Undefined
    disagreements: tuple[Disagreements, ...]


def codable_alone(shared: SharedPosts, codable: frozenset[str]) -> SharedPosts:
    """Return the posts of these ids."""
    return replace(shared, posts=tuple(each for each in shared.posts if each.post.id in codable))


# What is compared, how, and the rule: none groups with another.
def beside_people(  # noqa: PLR0913
    shared: SharedPosts,
    names: Mapping[str, str],
    options: IntervalOptions,
    *,
    probabilities: Mapping[str, float] | None = None,
    rule: DelegationRule | None = None,
    max_more: int = MAX_MORE,
) -> Beside:
    """Return the figures of a model beside one person or more, with posts as units.

    Args:
        shared: The model's codings first, then people's.
        names: Names of themes by id, for sentences.
        options: How intervals are made.
        probabilities: The chance of each post to be given to people; others' codings of other
            posts take no part in the shares. None: all that people coded count as drawn with
            equal chances.
        rule: The numbers of the rule of delegation; None: the defaults.
        max_more: Most further posts to consider for an undecided theme.
    """
    units = post_units(shared, COUNTING)
    rows = _by_coder(units)
    model, people = rows[0], dict(zip(units.names[1:], rows[1:], strict=True))
    n_people = np.array([sum(each is not None for each in row[1:]) for row in units.rows], int)
    of_model = np.array([row[0] is not None for row in units.rows], bool)
    ceiling: Ceiling | Undefined = Undefined(name="ceiling", reason=ONE_PERSON)
    test: AlternativeAnnotatorTest | Undefined = Undefined(name="test", reason=ONE_PERSON)
    delegation: DelegationPlan | Undefined = Undefined(name="delegation", reason=ONE_PERSON)
    one_person: tuple[ThemeBesideOne, ...] = ()
    if len(people) > 1:
        ceiling = human_ceiling(model, people, coefficient=COEFFICIENT, interval=options)
        agreement = ceiling.model
        test = alternative_annotator_test(
            model, people, score="jaccard", clusters=units.post_ids, interval=options
        )
        by_theme = _by_theme(shared, model, people)
        delegation = delegation_plan(*by_theme, rule=rule, interval=options, max_more=max_more)
    else:
        table = PairTable(read_rows(rows, None), units.names, COEFFICIENT)
        agreement = table.mean("model with people", [(0, 1)], options)
        one_person = _beside_one(shared, model, rows[1], options)
    return Beside(
        n_beside=int((of_model & (n_people > 0)).sum()),
        n_double_coded=int((of_model & (n_people > 1)).sum()),
        agreement=agreement,
        ceiling=ceiling,
        test=test,
        one_person=one_person,
        prevalences=shares_of_posts(shared, probabilities),
        delegation=delegation,
        disagreements=_disagreements(shared, units, names),
    )


def shares_of_posts(
    shared: SharedPosts, probabilities: Mapping[str, float] | None
) -> tuple[Prevalence, ...]:
    """Return the share of posts with each theme as people code, from the model's codings of all.

    A post that several people coded counts for the share of them who gave the theme. A post
    without the model's rating counts for the model's own share among those it rated: the
    correction is unbiased for any prediction, and the model's share stays its own.
    """
    rows = [
        [rating_of(each.looks[place], COUNTING) for each in shared.posts]
        for place in range(len(shared.names))
    ]
    chances: list[float | None] | None = None
    if probabilities is not None:
        chances = [probabilities.get(each.post.id) for each in shared.posts]
        rows[1:] = [
            [rating if chance else None for rating, chance in zip(row, chances, strict=True)]
            for row in rows[1:]
        ]
    ids = [theme.id for theme in shared.themes]
    return prevalences(
        {theme: _predicted(presence(rows[0], theme)) for theme in ids},
        {theme: _shares([presence(row, theme) for row in rows[1:]]) for theme in ids},
        probabilities=chances,
    )


def repeats(shared: SharedPosts, options: IntervalOptions) -> Stability:
    """Return how far two codings by one coder agree, with posts as units."""
    units = post_units(shared, COUNTING)
    by_name = dict(zip(("once", "again"), _by_coder(units), strict=True))
    return stability(by_name, coefficient=COEFFICIENT, interval=options)


def _by_coder(units: UnitTable) -> list[list[Rating]]:
    return [[row[place] for row in units.rows] for place in range(len(units.names))]


def _by_theme(
    shared: SharedPosts, model: Sequence[Rating], people: Mapping[str, Sequence[Rating]]
) -> tuple[dict[str, list[int | None]], dict[str, dict[str, list[int | None]]]]:
    """Return by theme whether the model gave it to each post, and whether each person did."""
    ids = [theme.id for theme in shared.themes]
    return (
        {theme: presence(model, theme) for theme in ids},
        {theme: {name: presence(row, theme) for name, row in people.items()} for theme in ids},
    )


def _beside_one(
    shared: SharedPosts,
    model: Sequence[Rating],
    person: Sequence[Rating],
    options: IntervalOptions,
) -> tuple[ThemeBesideOne, ...]:
    scores = precision_recall_f1(person, model, interval=options)
    score_of = {score.theme: score for score in scores.per_theme}
    never = Undefined(name="share", reason="neither gave the theme", n_units=len(model))
    found = []
    for theme in shared.themes:
        score = score_of.get(theme.id)
        pairs = list(zip(presence(model, theme.id), presence(person, theme.id), strict=True))
        found.append(
            ThemeBesideOne(
                theme=theme.id,
                n_model=sum(one == 1 for one, _ in pairs),
                n_person=sum(other == 1 for _, other in pairs),
                n_both=sum(one == other == 1 for one, other in pairs),
                recall=never if score is None else score.recall,
                precision=never if score is None else score.precision,
            )
        )
    return tuple(found)


def _predicted(column: Sequence[int | None]) -> list[float]:
    rated = [value for value in column if value is not None]
    mean = sum(rated) / len(rated) if rated else 0.0
    return [mean if value is None else float(value) for value in column]


def _shares(columns: Sequence[Sequence[int | None]]) -> list[float | None]:
    shares: list[float | None] = []
    for post in zip(*columns, strict=True):
        rated = [value for value in post if value is not None]
        shares.append(sum(rated) / len(rated) if rated else None)
    return shares


def _disagreements(
    shared: SharedPosts, units: UnitTable, names: Mapping[str, str]
) -> tuple[Disagreements, ...]:
    text_of = {each.post.id: each.post.text for each in shared.posts}
    texts = [text_of[post_id] for post_id in units.post_ids]
    rows = _by_coder(units)
    return tuple(
        disagreements(
            rows[one],
            rows[two],
            texts,
            coders=(units.names[one], units.names[two]),
            units=units.post_ids,
            names=names,
        )
        for one, two in combinations(range(len(rows)), 2)
    )
