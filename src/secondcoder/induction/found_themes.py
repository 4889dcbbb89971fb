"""Themes found without a model: clusters, named by their terms and their most typical quote."""

from collections.abc import Sequence
from html import unescape

from secondcoder.induction.clusters import clusters, n_themes
from secondcoder.induction.draft_themes import DraftTheme
from secondcoder.induction.terms import Analyze, group_terms
from secondcoder.induction.typical import Typicality
from secondcoder.induction.units import Unit
from secondcoder.schema.proposals import Grain
from secondcoder.schema.similarity import FloatArray

_N_TERMS = 3
_N_MARKS = 6
"""Terms that a rule names; a name holds the first three."""
_MOST_WORDS = 8
"""Of a quote, in a name."""


def found_themes(
    units: Sequence[Unit],
    alike: FloatArray,
    *,
    grain: Grain | int,
    typicality: Typicality,
    analyze: Analyze,
) -> list[DraftTheme]:
    """Return the themes among the units of a question; the same units give the same themes.

    Args:
        units: Of one question.
        alike: How alike they are. Shape: (n_units, n_units).
        grain: How many themes to look for.
        typicality: Knows which words are rare among all units.
        analyze: Splits a text into stems, for the terms.
    """
    groups = clusters(units, alike, n_themes(len(units), grain)) if units else []
    texts = [[unescape(units[place].quote.text) for place in group.places] for group in groups]
    drafts = []
    for group, own, terms in zip(
        groups, texts, group_terms(texts, analyze, n=_N_MARKS), strict=True
    ):
        typical = own[typicality.order(own)[0]]
        drafts.append(
            DraftTheme(
                name=_name(terms, typical),
                definition=f"Answers like “{' '.join(typical.split())}”",
                include=(f"it speaks of {_list(terms, 'or')}",) if terms else (),
                exclude=(),
                places=group.places,
                terms=tuple(terms),
            )
        )
    return drafts


def _list(words: Sequence[str], last: str) -> str:
    """Return words as a list in a sentence.

    >>> _list(["tea", "cake", "time"], "or")
    'tea, cake or time'
    """
    head = ", ".join(words[:-1])
    return f"{head} {last} {words[-1]}" if head else "".join(words)


def _name(terms: Sequence[str], typical: str) -> str:
    """Return the first terms as a name; the beginning of the typical quote where there is but one.

    >>> _name(["tea", "talk"], "We stop for tea"), _name(["tea"], "We stop for tea")
    ('Tea and talk', '“We stop for tea”')
    """
    if len(terms) < 2:  # noqa: PLR2004 - one word names nothing
        words = typical.split()
        return f"“{' '.join(words[:_MOST_WORDS])}{'…' if len(words) > _MOST_WORDS else ''}”"
    listed = _list(terms[:_N_TERMS], "and")
    return f"{listed[:1].upper()}{listed[1:]}"
