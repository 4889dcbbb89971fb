"""Precision, recall and F1 of one coder's themes against a reference coder's."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.estimates import Estimate, IntervalChoice, ratio, rows_of_kinds
from secondcoder.agreement.rating_rows import Row
from secondcoder.agreement.ratings import Patterns, Ratings
from secondcoder.agreement.sets import SetRow, read_sets, sets_of
from secondcoder.schema.comparisons import Scores, ThemeScores
from secondcoder.schema.statistics import Statistic, Undefined

Matrix = NDArray[np.float64]

_F1 = np.array([[2.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
"""From both, other and reference to twice the hits and all that was given."""

_NEVER_OTHER = "the other coder gave no theme that could be right or wrong"
_NEVER_REFERENCE = "the reference gave no theme that could be found"
_NEVER = "neither coder gave a theme"


def precision_recall_f1(
    reference: SetRow,
    other: SetRow,
    *,
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Scores:
    """Return how far the other coder's themes are the reference's: per theme, micro and macro.

    A theme given by both to a unit is a hit. Micro counts hits over all themes; macro is the mean
    over the themes for which the figure is defined. Units that one did not rate are left out.

    Args:
        reference: The themes the reference coder gave each unit; None where missing.
        other: The other coder's, of the same units.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make intervals; None: without.

    >>> scores = precision_recall_f1([{"a"}, {"a", "b"}], [{"a"}, {"b", "c"}])
    >>> round(scores.micro.f1.value, 3), [of.theme for of in scores.per_theme]
    (0.667, ['a', 'b', 'c'])
    """
    ratings = read_sets([reference, other], clusters=clusters).complete()
    return scores_of(ratings, interval)


def scores_of(ratings: Ratings, interval: IntervalChoice = None) -> Scores:
    """Return the scores of the second coder of ratings against the first."""
    sets = sets_of(ratings)
    themes = sorted({theme for held in sets for theme in held}, key=str)
    patterns = ratings.patterns(ordered=True)
    hits = _hits(patterns, sets, themes)
    judge = _Judge(ratings, patterns, interval)
    return Scores(
        per_theme=tuple(
            judge.scores(theme, hits[:, place : place + 1]) for place, theme in enumerate(themes)
        ),
        micro=judge.scores("micro", hits.sum(axis=1, keepdims=True)),
        macro=judge.scores("macro", hits),
    )


def micro_f1_estimate(ratings: Ratings) -> Estimate:
    """Return F1 over all themes, of the second coder against the first, as a function of sums."""
    both = ratings.complete()
    sets = sets_of(both)
    themes = sorted({theme for held in sets for theme in held}, key=str)
    patterns = both.patterns(ordered=True)
    hits = _hits(patterns, sets, themes).sum(axis=1, keepdims=True)
    return _Judge(both, patterns, None).estimate("F1", hits @ _F1, _NEVER)


class _Judge(NamedTuple):
    """Makes the scores of one theme or of several."""

    ratings: Ratings
    patterns: Patterns
    interval: IntervalChoice

    def scores(self, theme: Hashable, hits: Matrix) -> ThemeScores:
        """Return the means over themes of their scores. `hits`: (n_patterns, n_themes, 3)."""
        return ThemeScores(
            theme=theme,
            precision=self._estimate(f"precision of {theme}", hits[:, :, :2], _NEVER_OTHER),
            recall=self._estimate(f"recall of {theme}", hits[:, :, [0, 2]], _NEVER_REFERENCE),
            f1=self._estimate(f"F1 of {theme}", hits @ _F1, _NEVER),
        )

    def _estimate(self, name: str, parts: Matrix, why: str) -> Statistic | Undefined:
        return self.estimate(name, parts, why).result(self.interval)

    def estimate(self, name: str, parts: Matrix, why: str) -> Estimate:
        """Return the mean over themes of numerator over denominator, the two parts of each."""
        n_patterns, n_themes, _ = parts.shape

        def formula(sums: Matrix) -> Matrix:
            numerator, denominator = np.moveaxis(sums.reshape(len(sums), n_themes, 2), 2, 0)
            quotients = ratio(numerator, denominator)
            defined = ~np.isnan(quotients)
            return ratio(np.where(defined, quotients, 0.0).sum(axis=1), defined.sum(axis=1) * 1.0)

        return Estimate(
            name=name,
            formula=formula,
            rows=rows_of_kinds(self.patterns, parts.reshape(n_patterns, n_themes * 2)),
            kinds=self.patterns.kinds,
            n_units=self.ratings.n_pairable,
            why_undefined=why,
            why_empty="no unit was rated by both coders",
            bounds=(0.0, 1.0),
        )


def _hits(
    patterns: Patterns, sets: Sequence[frozenset[object]], themes: Sequence[object]
) -> Matrix:
    """Return whether each theme was given by both, by the other and by the reference.

    Returns:
        Shape: (n_patterns, n_themes, 3); 0 where a unit was not rated by both.
    """
    held = np.zeros((len(sets) + 1, len(themes)))
    for row, given in enumerate(sets):
        held[row] = [theme in given for theme in themes]
    # The last row answers for MISSING, which is -1.
    reference, other = held[patterns.codes[:, 0]], held[patterns.codes[:, 1]]
    return np.stack([reference * other, other, reference], axis=2)
