"""Themes of a model's codes: batches of units are coded, codes are clustered, clusters named."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from secondcoder.induction.clusters import clusters, n_themes
from secondcoder.induction.draft_themes import Cited, DraftTheme, Few
from secondcoder.induction.found_themes import Wording, unworded
from secondcoder.induction.theme_prompts import (
    CodeGroup,
    NameReply,
    Setting,
    codes_prompt,
    names_prompt,
)
from secondcoder.induction.together import together
from secondcoder.induction.voices import Voices
from secondcoder.schema.codings import Failure
from secondcoder.schema.drafting import Asker
from secondcoder.schema.near_copies import letters_of
from secondcoder.schema.proposed import Grain
from secondcoder.schema.similarity import FloatArray, SimilarityBackEnd

DraftT = TypeVar("DraftT", DraftTheme, Few)
_BATCH = 40
"""Units per request."""
_PACK = 12
"""Themes per request."""
_N_SEGMENTS = 3
"""Typical segments of a group that a model is shown."""
_N_NEAR = 2


class Asked(NamedTuple):
    """The themes of a question's codes, and what failed on the way."""

    drafts: list[DraftTheme]
    too_few: list[Few]
    uncoded: list[Failure]
    """Batches of units that came back without a code."""
    unnamed: list[Failure]
    """Requests for names; their themes are called by their codes."""


async def asked_themes(  # noqa: PLR0913  # all but four by keyword
    voices: Voices,
    places: Sequence[int],
    alike: FloatArray,
    setting: Setting,
    *,
    grain: Grain | int,
    back_end: SimilarityBackEnd,
    wording: Wording,
    asker: Asker,
) -> Asked:
    """Return the themes that a model's codes of units make, and what is of too few people for one.

    The same codes give the same groups, and every code is in one. A batch that fails leaves its
    units without a code; they are then in no theme, and are listed. Where a request for names
    fails, a theme is called by the code that most people carry: what was paid for is not lost.

    Args:
        voices: The units of the question, and who can be quoted.
        places: Of the units to be coded, in the order in which they are to be read.
        alike: How alike all units of the question are. Shape: (n_units, n_units).
        setting: What all prompts about the question say.
        grain: How many themes to look for. Codes are few, and many are of one or two people: a
            word for the grain, too, is a number of themes, not of groups.
        back_end: Compares the names of codes.
        wording: How themes are described that the model did not name.
        asker: Asks the model.
    """
    batches = [places[start : start + _BATCH] for start in range(0, len(places), _BATCH)]
    replies = await together(_codes(batch, voices, setting, asker) for batch in batches)
    uncoded = [reply for reply in replies if isinstance(reply, Failure)]
    codes = _by_name(code for reply in replies if not isinstance(reply, Failure) for code in reply)
    if not codes:
        return Asked([], [], uncoded, [])

    def whole(at: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted({place for one in at for place in codes[one].places}))

    near = _alike(codes, alike, back_end)
    found = clusters(
        near,
        n_themes(len(whole(range(len(codes)))), grain),
        carry=lambda at: voices.carry(whole(at)),
        weigh=lambda at: voices.support(whole(at)),
        is_exact=True,
        keeps_loners=True,
    )
    drafts = unworded(voices, [whole(group.places) for group in found.themes], wording)
    drafts = [
        _called(draft, [codes[at] for at in group.places], voices)
        for draft, group in zip(drafts, found.themes, strict=True)
    ]
    few = (
        _called(Few("", whole(group.places)), [codes[at] for at in group.places], voices)
        for group in found.too_few
    )
    between = np.array([
        [near[np.ix_(one.places, other.places)].mean() for other in found.themes]
        for one in found.themes
    ])
    named, unnamed = await _named(drafts, between, voices, setting, asker)
    return Asked(named, list(few), uncoded, unnamed)


async def _codes(
    places: Sequence[int], voices: Voices, setting: Setting, asker: Asker
) -> list[Cited] | Failure:
    texts = [voices.units[place].quote.text for place in places]
    reply = await asker.ask(codes_prompt(setting, texts))
    if isinstance(reply, Failure):
        return reply
    return [
        Cited(
            name=" ".join(code.code.split()),
            places=tuple(places[number - 1] for number in dict.fromkeys(code.segments)),
        )
        for code in reply.codes
    ]


def _by_name(codes: Iterable[Cited]) -> list[Cited]:
    """Return the codes in the order of what they cite, those of one name as one.

    Batches are coded without knowing each other, and a model may write its codes in any order.
    """
    found: dict[str, Cited] = {}
    for code in codes:
        same = found.setdefault(letters_of(code.name) or code.name, code)
        places = tuple(sorted({*same.places, *code.places}))
        found[letters_of(code.name) or code.name] = same._replace(places=places)
    return sorted(found.values(), key=lambda code: (code.places, code.name))


def _alike(codes: Sequence[Cited], alike: FloatArray, back_end: SimilarityBackEnd) -> FloatArray:
    """Return how alike codes are: their names, and the units that they cite, half and half."""
    names = [code.name for code in codes]
    back_end.fit(names)
    cites = np.zeros((len(codes), len(alike)))
    for row, code in zip(cites, codes, strict=True):
        row[list(code.places)] = 1 / len(code.places)
    return (back_end.similarities(names) + cites @ alike @ cites.T) / 2


def _called(draft: DraftT, codes: Iterable[Cited], voices: Voices) -> DraftT:
    """Return what the codes make together, called by the one that most people carry."""
    ranked = sorted(codes, key=lambda code: (-voices.support(code.places), code.places))
    return draft._replace(name=ranked[0].name, codes=tuple(ranked))


async def _named(
    drafts: Sequence[DraftTheme],
    between: FloatArray,
    voices: Voices,
    setting: Setting,
    asker: Asker,
) -> tuple[list[DraftTheme], list[Failure]]:
    """Return the themes as a model words them, and what failed.

    Packs go one after the other, so that each is told the names that are taken.
    """
    named = list(drafts)
    failures: list[Failure] = []
    taken: list[str] = []
    for start in range(0, len(drafts), _PACK):
        pack = range(start, min(start + _PACK, len(drafts)))
        groups = [
            CodeGroup(
                codes=drafts[at].codes,
                segments=[q.text for q in voices.examples(drafts[at].places)[:_N_SEGMENTS]],
                near=[
                    f"group {other - start + 1}" if other in pack else f"“{named[other].name}”"
                    for other in _nearest(at, between)
                ],
            )
            for at in pack
        ]
        reply = await asker.ask(names_prompt(setting, groups, named=taken))
        if isinstance(reply, Failure):
            failures.append(reply)
            continue
        for theme in reply.themes:
            at = start + theme.group - 1
            named[at] = _worded(drafts[at], theme)
            taken.append(named[at].name)
    return named, failures


def _nearest(at: int, between: FloatArray) -> list[int]:
    others = [other for other in range(len(between)) if other != at]
    return sorted(others, key=lambda other: (-round(between[at, other], 9), other))[:_N_NEAR]


def _worded(draft: DraftTheme, theme: NameReply) -> DraftTheme:
    return DraftTheme(
        name=" ".join(theme.name.split()),
        definition=" ".join(theme.definition.split()),
        include=tuple(filter(None, (rule.strip() for rule in theme.use_when))),
        exclude=tuple(filter(None, (rule.strip() for rule in theme.not_when))),
        places=draft.places,
        codes=draft.codes,
    )
