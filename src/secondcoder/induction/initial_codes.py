"""Initial codes: what a model sees in batches of units, and how alike the codes are."""

from collections.abc import Iterable, Sequence

import numpy as np

from secondcoder.induction.draft_themes import Cited
from secondcoder.induction.theme_prompts import Setting, codes_prompt
from secondcoder.induction.together import together
from secondcoder.induction.voices import Voices
from secondcoder.schema.codings import Failure
from secondcoder.schema.drafting import Asker
from secondcoder.schema.near_copies import letters_of
from secondcoder.schema.similarity import FloatArray, SimilarityBackEnd

_BATCH = 40
"""Units per request."""


async def initial_codes(
    voices: Voices, places: Sequence[int], setting: Setting, asker: Asker
) -> tuple[list[Cited], list[Failure]]:
    """Return the codes of units, in the order of what they cite, and the batches that failed.

    Args:
        voices: The units of the question.
        places: Of the units to be coded, in the order in which they are to be read.
        setting: What all prompts about the question say.
        asker: Asks the model.
    """
    batches = [places[start : start + _BATCH] for start in range(0, len(places), _BATCH)]
    replies = await together(_codes(batch, voices, setting, asker) for batch in batches)
    codes = (code for reply in replies if not isinstance(reply, Failure) for code in reply)
    return _by_name(codes), [reply for reply in replies if isinstance(reply, Failure)]


def code_similarities(
    codes: Sequence[Cited], alike: FloatArray, back_end: SimilarityBackEnd
) -> FloatArray:
    """Return how alike codes are: their names, and the units that they cite, half and half.

    Chosen on the invented example chat; see docs/decisions/0024-proposing-themes.md.

    Args:
        codes: Of one question.
        alike: How alike its units are. Shape: (n_units, n_units).
        back_end: Compares the names.

    Returns:
        Shape: (n_codes, n_codes).
    """
    names = [code.name for code in codes]
    back_end.fit(names)
    cites = np.zeros((len(codes), len(alike)))
    for row, code in zip(cites, codes, strict=True):
        row[list(code.places)] = 1 / len(code.places)
    between: FloatArray = (back_end.similarities(names) + cites @ alike @ cites.T) / 2
    return between


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
        key = letters_of(code.name) or code.name
        same = found.setdefault(key, code)
        found[key] = same._replace(places=tuple(sorted({*same.places, *code.places})))
    return sorted(found.values(), key=lambda code: (code.places, code.name))
