"""Everything `agree` says, computed from codings that lie side by side."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from secondcoder.agreement.accounts import exclusions
from secondcoder.agreement.comparison import compare, score
from secondcoder.agreement.marked_posts import marked_posts
from secondcoder.agreement.sets import exact_match_estimate, set_alpha_estimate
from secondcoder.agreement.shared_posts import SharedPosts
from secondcoder.agreement.unit_table import UnitTable
from secondcoder.agreement.unitized_comparison import compare_marks
from secondcoder.agreement.units import post_units, quote_units
from secondcoder.schema.agreement import (
    Comparison,
    Counting,
    QuestionAgreement,
    ReferenceScores,
    UnitKind,
)
from secondcoder.schema.statistics import IntervalOptions

_TWO = 2


class Method(NamedTuple):
    """How the figures are to be computed."""

    unit: UnitKind
    counting: Counting
    interval: IntervalOptions | None
    overlap: float
    gamma_limit: int
    seed: int


class Figures(NamedTuple):
    """The parts of an `Agreement` that come from arithmetic, under its names."""

    overall: Comparison
    pairs: tuple[Comparison, ...]
    questions: tuple[QuestionAgreement, ...]
    scores: tuple[ReferenceScores, ...]


def figures(shared: SharedPosts, method: Method, *, has_reference: bool) -> Figures:
    """Return all figures on codings that lie side by side.

    Args:
        shared: Codings side by side.
        method: How figures are computed.
        has_reference: Whether the first coder is taken as right, and the others scored.
    """
    everyone = range(len(shared.names))
    tables = _Tables(shared, method)
    pairs = list(combinations(everyone, 2)) if len(everyone) > _TWO else []
    return Figures(
        overall=_compare(shared, tables.of(everyone), method, everyone),
        pairs=tuple(_compare(shared, tables.of(pair), method, pair) for pair in pairs),
        questions=tuple(_questions(shared, method)),
        scores=tuple(
            score(tables.of((0, other)), reference=0, other=1, interval=method.interval)
            for other in everyone[1:]
        )
        if has_reference
        else (),
    )


class _Tables:
    """Unit tables of some or all coders, made when they are asked for."""

    def __init__(self, shared: SharedPosts, method: Method) -> None:
        self._shared = shared
        self._method = method
        self._posts = post_units(shared, method.counting) if method.unit == "posts" else None

    def of(self, coders: Sequence[int]) -> UnitTable:
        """Return the units of these coders."""
        if self._posts is None:
            method = self._method
            return quote_units(self._shared, method.counting, coders=coders, overlap=method.overlap)
        everyone = len(coders) == len(self._shared.names)
        return self._posts if everyone else self._posts.of(coders)


def _compare(
    shared: SharedPosts, table: UnitTable, method: Method, coders: Sequence[int]
) -> Comparison:
    marked = marked_posts(shared, method.counting, coders=coders)
    return compare(
        table,
        shared.themes,
        method.interval,
        excluded=exclusions(shared, method.counting, coders=coders, unit=method.unit),
        unitizing=compare_marks(
            marked,
            method.interval,
            overlap=method.overlap,
            gamma_limit=method.gamma_limit,
            seed=method.seed,
        ),
    )


def _questions(shared: SharedPosts, method: Method) -> list[QuestionAgreement]:
    found = []
    everyone = range(len(shared.names))
    if len(shared.questions) <= 1:
        return []
    for question_id in shared.questions:
        ratings = _Tables(shared.of_question(question_id), method).of(everyone).ratings
        found.append(
            QuestionAgreement(
                question_id=question_id,
                n_units=ratings.n_pairable,
                alpha_masi=set_alpha_estimate(ratings, "masi").result(method.interval),
                exact_match=exact_match_estimate(ratings).result(method.interval),
            )
        )
    return found
