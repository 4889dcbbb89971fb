"""Tallies: what a post adds to the sums that the scores of an evaluation are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from secondcoder.agreement.estimates import Estimate, Formula, ratio
from secondcoder.agreement.matching import match_quotes
from secondcoder.schema.codings import Coding, Failure, LeftOut, PostCodings, Quoted
from secondcoder.schema.evaluation import ScoreGroup

SAME_STRETCH = 0.5
"""Overlap (intersection over union) from which two quotes are the same stretch."""

COLUMNS = (
    "posts",
    "answered",
    "same_set",
    "hit",
    "hit_answered",
    "jaccard",
    "themes_both",
    "themes_reference",
    "themes_coder",
    "quotes_reference",
    "quotes_coder",
    "quotes_matched",
    "quotes_equal",
    "quotes_right",
    "several",
    "apart",
    "attacks",
    "held",
    "unchanged",
)


@dataclass(frozen=True)
class ScoreRule:
    """A score: sums over posts divided by sums over posts."""

    group: ScoreGroup
    numerator: Mapping[str, float]
    denominator: Mapping[str, float]

    def formula(self) -> Formula:
        """Return the score as a function of the sums."""
        top, bottom = _vector(self.numerator), _vector(self.denominator)
        return lambda sums: ratio(sums @ top, sums @ bottom)


def _share(group: ScoreGroup, of: str, among: str) -> ScoreRule:
    return ScoreRule(group, {of: 1}, {among: 1})


def _f1(group: ScoreGroup, both: str, first: str, second: str) -> ScoreRule:
    return ScoreRule(group, {both: 2}, {first: 1, second: 1})


_T, _S, _B, _I = ScoreGroup.THEMES, ScoreGroup.SPLITTING, ScoreGroup.TOGETHER, ScoreGroup.STEERING

SCORES: Mapping[str, ScoreRule] = {
    "theme_exact": _share(_T, "same_set", "posts"),
    "theme_hit": _share(_T, "hit", "posts"),
    "theme_hit_answered": _share(_T, "hit_answered", "answered"),
    "theme_jaccard": _share(_T, "jaccard", "posts"),
    "theme_precision": _share(_T, "themes_both", "themes_coder"),
    "theme_recall": _share(_T, "themes_both", "themes_reference"),
    "theme_f1": _f1(_T, "themes_both", "themes_reference", "themes_coder"),
    "answered": _share(_T, "answered", "posts"),
    "span_precision": _share(_S, "quotes_matched", "quotes_coder"),
    "span_recall": _share(_S, "quotes_matched", "quotes_reference"),
    "span_f1": _f1(_S, "quotes_matched", "quotes_reference", "quotes_coder"),
    "span_f1_exact": _f1(_S, "quotes_equal", "quotes_reference", "quotes_coder"),
    "apart": _share(_S, "apart", "several"),
    "quote_f1": _f1(_B, "quotes_right", "quotes_reference", "quotes_coder"),
    "theme_exact_matched": _share(_B, "quotes_right", "quotes_matched"),
    "held": _share(_I, "held", "attacks"),
    "unchanged": _share(_I, "unchanged", "attacks"),
}
"""Scores by name; docs/evaluation.md says each in words."""


def themes_of(coded: PostCodings) -> frozenset[str]:
    """Return the themes of a post's quotes as one set; empty where there is none."""
    return frozenset(theme for coding in coded.codings for theme in coding.theme_ids)


def tally(reference: PostCodings, coder: PostCodings) -> dict[str, float]:
    """Return what one post adds to each sum; an unanswered post is one without themes or quotes.

    Args:
        reference: The post as the reference coded it, or the coder itself on another day. To
            abstain from the same post twice is to decide alike.
        coder: The same post as the coder did.
    """
    right, given = themes_of(reference), themes_of(coder)
    both, either = right & given, right | given
    answered = isinstance(coder.outcome, Quoted | LeftOut)
    # Two empty sets are alike only if both decided that there is no theme, or both abstained.
    is_like = answered == isinstance(reference.outcome, Quoted | LeftOut) and not any(
        isinstance(one.outcome, Failure) for one in (reference, coder)
    )
    is_hit = bool(both) or (not either and is_like)
    stretches, others = _stretches(reference.codings), _stretches(coder.codings)
    matches = match_quotes(stretches, others, SAME_STRETCH)
    equal = sum(stretches[match.first] == others[match.second] for match in matches)
    correct = sum(
        set(reference.codings[match.first].theme_ids) == set(coder.codings[match.second].theme_ids)
        for match in matches
    )
    # One stretch may answer two questions; there is nothing to keep apart in that.
    distinct = list(dict.fromkeys(stretches))
    several = len(distinct) > 1
    return {
        "posts": 1,
        "answered": answered,
        "same_set": is_like and right == given,
        "hit": is_hit,
        "hit_answered": is_hit and answered,
        "jaccard": len(both) / len(either) if either else float(is_like),
        "themes_both": len(both),
        "themes_reference": len(right),
        "themes_coder": len(given),
        "quotes_reference": len(stretches),
        "quotes_coder": len(others),
        "quotes_matched": len(matches),
        "quotes_equal": equal,
        "quotes_right": correct,
        "several": several,
        "apart": several and _is_apart(distinct, others),
    }


def estimates(
    rows: Mapping[str, Mapping[str, float]], groups: Sequence[ScoreGroup]
) -> dict[str, Estimate]:
    """Return the scores of some groups over clusters of posts, by name.

    Args:
        rows: What each cluster adds to each sum.
        groups: What to score.
    """
    matrix = np.array(
        [[row.get(column, 0.0) for column in COLUMNS] for row in rows.values()], dtype=float
    ).reshape(len(rows), len(COLUMNS))
    return {
        name: Estimate(
            name=name,
            formula=rule.formula(),
            rows=matrix,
            kinds=np.arange(len(rows)),
            n_units=int((matrix @ _vector(rule.denominator)).sum()),
            why_undefined="nothing of the kind occurs, so there is no share of it",
            why_empty="nothing of the kind occurs, so there is no share of it",
            bounds=(0.0, 1.0),
        )
        for name, rule in SCORES.items()
        if rule.group in groups
    }


def by_cluster(
    rows: Sequence[tuple[str, Mapping[str, float]]],
) -> dict[str, dict[str, float]]:
    """Return the sums of each cluster of posts, in order of appearance.

    >>> by_cluster([("a", {"posts": 1}), ("a", {"posts": 1})])
    {'a': {'posts': 2.0}}
    """
    clusters: dict[str, dict[str, float]] = {}
    for cluster, row in rows:
        sums = clusters.setdefault(cluster, {})
        for column, value in row.items():
            sums[column] = sums.get(column, 0.0) + float(value)
    return clusters


def _vector(weights: Mapping[str, float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([weights.get(column, 0.0) for column in COLUMNS])


def _stretches(codings: Sequence[Coding]) -> list[tuple[tuple[int, int], ...]]:
    """Return where the quotes lie."""
    return [tuple((span.start, span.end) for span in coding.quote.spans) for coding in codings]


def _is_apart(
    reference: Sequence[tuple[tuple[int, int], ...]], coder: Sequence[tuple[tuple[int, int], ...]]
) -> bool:
    """Return whether each stretch is quoted and no quote touches two of them."""
    touched = [
        {
            place
            for place, stretch in enumerate(reference)
            if any(
                min(end, other_end) > max(start, other_start)
                for start, end in stretch
                for other_start, other_end in quote
            )
        }
        for quote in coder
    ]
    found = set().union(*touched)
    return len(found) == len(reference) and all(len(places) <= 1 for places in touched)
