"""Themes found without a model: clusters, named by their terms and their most typical quote."""

import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import NamedTuple

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


class Wording(NamedTuple):
    """How themes are described that nobody has worded."""

    analyze: Analyze
    """Splits a text into stems, for the terms."""
    in_english: bool
    """Else they are their own terms and quotes alone: half a sentence in a language that the chat
    does not speak helps nobody."""


def found_themes(
    voices: Voices,
    places: Sequence[int],
    alike: FloatArray,
    *,
    grain: Grain | int,
    wording: Wording,
) -> tuple[list[DraftTheme], list[Few]]:
    """Return the themes among units of a question, and what is of too few people for one.

    The same units give the same themes. A number of themes is a promise: units are told apart
    more finely until so many can be quoted enough. A word for the grain is none.

    Args:
        voices: The units of the question, and who can be quoted.
        places: Of the units that themes are looked for in.
        alike: How alike all units of the question are. Shape: (n_units, n_units).
        grain: How many themes to look for.
        wording: How they are described.
    """
    if not places:
        return [], []

    def whole(at: Sequence[int]) -> tuple[int, ...]:
        return tuple(places[place] for place in at)

    found = clusters(
        alike[np.ix_(places, places)],
        n_themes(len(places), grain),
        carry=lambda at: voices.carry(whole(at)),
        weigh=lambda at: voices.support(whole(at)),
        is_exact=isinstance(grain, int),
    )
    drafts = unworded(voices, [whole(group.places) for group in found.themes], wording)
    return drafts, [
        Few("", whole(group.places)) for group in found.too_few if len(group.places) > 1
    ]


def unworded(
    voices: Voices, groups: Sequence[tuple[int, ...]], wording: Wording
) -> list[DraftTheme]:
    """Return the themes that groups of units make where nobody has worded them.

    Args:
        voices: The units of the question, and who can be quoted.
        groups: Places of the units of each theme. All of the question, since terms tell them apart.
        wording: How they are described.
    """
    texts = [[unescape(voices.units[place].quote.text) for place in group] for group in groups]
    telling = [[_NEGATED.sub(" ", text) for text in own] for own in texts]
    drafts = []
    drafted = _in_english if wording.in_english else _in_own_words
    for group, own, terms in zip(
        groups, texts, group_terms(telling, wording.analyze, n=_N_MARKS), strict=True
    ):
        shown = [_beginning(quote.text) for quote in voices.examples(group)[:_N_SHOWN]]
        typical = own[voices.typicality.order(own)[0]]
        worded = drafted(terms, shown, typical)
        drafts.append(worded._replace(places=group, terms=tuple(terms), typical=shown[0]))
    return drafts


def _in_english(terms: Sequence[str], shown: Sequence[str], typical: str) -> DraftTheme:
    """Return the words of a theme that nobody has worded.

    >>> _in_english(["tea", "talk"], ["“We stop”", "“A pot”"], "We stop").include
    ('it says so, in whatever words; often it speaks of tea or talk',)
    """
    often = f"; often it speaks of {listed(terms, 'or')}" if terms else ""
    return DraftTheme(
        name=_name(terms, typical, lambda words: listed(words, "and")),
        definition=f"Answers that make the same point as {listed(shown, 'or')}.",
        include=(f"it says so, in whatever words{often}",),
        exclude=(),
        places=(),
    )


def _in_own_words(terms: Sequence[str], shown: Sequence[str], typical: str) -> DraftTheme:
    """Return a theme that is described by its own terms and quotes, and by no word of ours.

    >>> made = _in_own_words(["té", "charla"], ["“Paramos”", "“Una taza”"], "Paramos")
    >>> made.name, made.definition, made.include
    ('Té, charla', '“Paramos” “Una taza”', ('té, charla',))
    """
    return DraftTheme(
        name=_name(terms, typical, ", ".join),
        definition=" ".join(shown),
        include=tuple(filter(None, [", ".join(terms)])),
        exclude=(),
        places=(),
        in_english=False,
    )


def _beginning(quote: str) -> str:
    r"""Return a quote on one line and in marks, a long one cut.

    >>> _beginning("We stop\nfor tea")
    '“We stop for tea”'
    """
    words = unescape(quote).split()
    cut = "…" if len(words) > _MOST_SHOWN else ""
    return f"“{' '.join(words[:_MOST_SHOWN])}{cut}”"


def _name(terms: Sequence[str], typical: str, join: Callable[[Sequence[str]], str]) -> str:
    """Return the first terms as a name; the beginning of the typical quote where there is but one.

    >>> _name(["tea", "talk"], "We stop for tea", ", ".join), _name(["tea"], "We stop", ", ".join)
    ('Tea, talk', '“We stop”')
    """
    if len(terms) < 2:  # noqa: PLR2004 - one word names nothing
        words = typical.split()
        return f"“{' '.join(words[:_MOST_WORDS])}{'…' if len(words) > _MOST_WORDS else ''}”"
    name = join(terms[:_N_TERMS])
    return name[:1].upper() + name[1:]
