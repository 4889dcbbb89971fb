"""Themes that a model words: initial codes of batches of units, then themes of the codes."""

from collections.abc import Sequence

from secondcoder.induction.clusters import n_themes
from secondcoder.induction.draft_themes import DraftTheme
from secondcoder.induction.theme_prompts import (
    Code,
    Setting,
    ThemesReply,
    codes_prompt,
    themes_prompt,
)
from secondcoder.induction.together import together
from secondcoder.induction.units import Unit
from secondcoder.schema.codings import Failure
from secondcoder.schema.drafting import Asker
from secondcoder.schema.proposed import Grain

_BATCH = 40
"""Units per request."""
_MOST_CODES = 120
"""Codes per request: more are gathered part by part, and the parts' themes once more."""


async def asked_themes(
    units: Sequence[Unit], setting: Setting, *, grain: Grain | int, asker: Asker
) -> tuple[list[DraftTheme], list[Failure]]:
    """Return the themes that a model sees in the units of a question, and what failed.

    A batch that fails leaves its units without a code; they are then in no theme, and are listed.
    Whether enough people can be quoted for a theme is not asked here.

    Args:
        units: Of one question, in the order in which they are to be read.
        setting: What all prompts about the question say.
        grain: How many themes to ask for.
        asker: Asks the model.
    """
    replies = await together(
        _codes(range(start, min(start + _BATCH, len(units))), units, setting, asker)
        for start in range(0, len(units), _BATCH)
    )
    failures = [reply for reply in replies if isinstance(reply, Failure)]
    codes = [code for reply in replies if not isinstance(reply, Failure) for code in reply]
    wanted = n_themes(len({place for code in codes for place in code.places}), grain)
    drafts: list[DraftTheme] = []
    while codes:
        parts = [codes[at : at + _MOST_CODES] for at in range(0, len(codes), _MOST_CODES)]
        gathered = await together(
            _themes(part, setting, wanted if len(parts) == 1 else _fewer(part, wanted), asker)
            for part in parts
        )
        failures += [part for part in gathered if isinstance(part, Failure)]
        drafts = [draft for part in gathered if not isinstance(part, Failure) for draft in part]
        # A model that gathers nothing would be asked for ever.
        if len(parts) == 1 or len(drafts) >= len(codes):
            break
        codes = [
            Code(draft.name, draft.places, units[draft.places[0]].quote.text, draft.codes)
            for draft in drafts
        ]
    return drafts, failures


def _fewer(codes: Sequence[Code], wanted: int) -> int:
    """Return how many themes to make of a part, so that the parts' themes fit one request soon."""
    return min(wanted, max(1, len(codes) // 2))


async def _codes(
    places: range, units: Sequence[Unit], setting: Setting, asker: Asker
) -> list[Code] | Failure:
    reply = await asker.ask(codes_prompt(setting, [units[place].quote.text for place in places]))
    if isinstance(reply, Failure):
        return reply
    return [
        Code(
            name=" ".join(code.code.split()),
            places=tuple(places[number - 1] for number in dict.fromkeys(code.segments)),
            example=units[places[code.segments[0] - 1]].quote.text,
        )
        for code in reply.codes
    ]


async def _themes(
    codes: Sequence[Code], setting: Setting, n: int, asker: Asker
) -> list[DraftTheme] | Failure:
    reply: ThemesReply | Failure = await asker.ask(themes_prompt(setting, codes, n=n))
    if isinstance(reply, Failure):
        return reply
    drafts = []
    for theme in reply.themes:
        members = [codes[number - 1] for number in dict.fromkeys(theme.codes)]
        places = sorted({place for code in members for place in code.places})
        drafts.append(
            DraftTheme(
                name=" ".join(theme.name.split()),
                definition=" ".join(theme.definition.split()),
                include=tuple(filter(None, (rule.strip() for rule in theme.use_when))),
                exclude=tuple(filter(None, (rule.strip() for rule in theme.not_when))),
                places=tuple(places),
                codes=tuple(initial for code in members for initial in code.initial),
            )
        )
    return drafts
