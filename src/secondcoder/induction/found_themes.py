"""Themes found without a model: clusters, named by their terms and their most typical quote."""

import re
from collections.abc import Sequence
from html import unescape

import numpy as np

from secondcoder.induction.clusters import clusters, n_themes
from secondcoder.induction.draft_themes import DraftTheme, Few
from secondcoder.induction.terms import Analyze, group_terms, listed
from secondcoder.induction.voices import Voices
from secondcoder.schema.proposed import Grain
from secondcoder.schema.similarity import FloatArray

_NEGATED = re.compile(r"\w+n['’]t\b", re.IGNORECASE)  # noqa: RUF001  # both apostrophes
"""English words such as "don't", which fall apart into a word that names nothing."""
_N_TERMS = 3
_N_MARKS = 6
"""Terms that a rule names; a name holds the first three."""
_N_SHOWN = 2
"""Quotes, of different people, that a definition shows."""
_MOST_SHOWN = 25
"""Words of each."""
_MOST_WORDS = 8
"""Of a quote, in a name."""


def found_themes(
    voices: Voices,
    places: Sequence[int],
    alike: FloatArray,
    *,
    grain: Grain | int,
    analyze: Analyze,
) -> tuple[list[DraftTheme], list[Few]]:
    """Return the themes among units of a question, and what is of too few people for one.

    The same units give the same themes. A number of themes is a promise: units are told apart
    more finely until so many can be quoted enough. A word for the grain is none.

    Args:
        voices: The units of the question, and who can be quoted.
        places: Of the units that themes are looked for in.
        alike: How alike all units of the question are. Shape: (n_units, n_units).
        grain: How many themes to look for.
        analyze: Splits a text into stems, for the terms.
    """
    if not places:
        return [], []

    def whole(at: Sequence[int]) -> tuple[int, ...]:
        return tuple(places[place] for place in at)

    found = clusters(
        [voices.units[place] for place in places],
        alike[np.ix_(places, places)],
        n_themes(len(places), grain),
        carry=lambda at: voices.carry(whole(at)),
        is_exact=isinstance(grain, int),
    )
    groups = [whole(group.places) for group in found.themes]
    texts = [[unescape(voices.units[place].quote.text) for place in group] for group in groups]
    telling = [[_NEGATED.sub(" ", text) for text in own] for own in texts]
    drafts = []
    for group, own, terms in zip(
        groups, texts, group_terms(telling, analyze, n=_N_MARKS), strict=True
    ):
        shown = [_beginning(quote.text) for quote in voices.examples(group)[:_N_SHOWN]]
        typical = own[voices.typicality.order(own)[0]]
        drafts.append(
            DraftTheme(
                name=_name(terms, typical),
                definition=f"Answers that make the same point as {listed(shown, 'or')}.",
                include=(_rule(terms),),
                exclude=(),
                places=group,
                terms=tuple(terms),
                typical=shown[0],
            )
        )
    return drafts, [Few("", whole(group.places)) for group in found.too_few]


def _rule(terms: Sequence[str]) -> str:
    """Return when to use a theme that nobody has worded.

    >>> _rule(["tea", "talk"])
    'it says so, in whatever words; often it speaks of tea or talk'
    """
    often = f"; often it speaks of {listed(terms, 'or')}" if terms else ""
    return f"it says so, in whatever words{often}"


def _beginning(quote: str) -> str:
    r"""Return a quote on one line and in marks, a long one cut.

    >>> _beginning("We stop\nfor tea")
    '“We stop for tea”'
    """
    words = unescape(quote).split()
    cut = "…" if len(words) > _MOST_SHOWN else ""
    return f"“{' '.join(words[:_MOST_SHOWN])}{cut}”"


def _name(terms: Sequence[str], typical: str) -> str:
    """Return the first terms as a name; the beginning of the typical quote where there is but one.

    >>> _name(["tea", "talk"], "We stop for tea"), _name(["tea"], "We stop for tea")
    ('Tea and talk', '“We stop for tea”')
    """
    if len(terms) < 2:  # noqa: PLR2004 - one word names nothing
        words = typical.split()
        return f"“{' '.join(words[:_MOST_WORDS])}{'…' if len(words) > _MOST_WORDS else ''}”"
    words_listed = listed(terms[:_N_TERMS], "and")
    return words_listed[:1].upper() + words_listed[1:]
