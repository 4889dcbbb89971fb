"""Themes of a model's codes: codes are clustered, then the model looks them over and names them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from secondcoder.induction.clusters import Clusters, clusters, n_themes
from secondcoder.induction.draft_themes import Cited, DraftTheme, Few
from secondcoder.induction.found_themes import Wording, unworded
from secondcoder.induction.initial_codes import code_similarities, initial_codes
from secondcoder.induction.theme_prompts import CodeGroup, NameReply, Setting, names_prompt
from secondcoder.induction.voices import Voices
from secondcoder.schema.codings import Failure
from secondcoder.schema.drafting import Asker
from secondcoder.schema.proposed import Grain
from secondcoder.schema.similarity import FloatArray, SimilarityBackEnd

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


class _Group(NamedTuple):
    """Codes that are to be one theme, by their places among the codes."""

    codes: tuple[int, ...]
    words: NameReply | None = None


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

    The same codes give the same candidates, and every code is in one theme at most. A batch that
    fails leaves its units without a code; they are then in no theme, and are listed. Where a
    request for names fails, candidates stay as they are, each called by the code that most people
    carry: what was paid for is not lost.

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
    codes, uncoded = await initial_codes(voices, places, setting, asker)
    if not codes:
        return Asked([], [], uncoded, [])

    def whole(at: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted({place for one in at for place in codes[one].places}))

    near = code_similarities(codes, alike, back_end)
    found = clusters(
        near,
        n_themes(len(whole(range(len(codes)))), grain),
        carry=lambda at: voices.carry(whole(at)),
        weigh=lambda at: voices.support(whole(at)),
        is_exact=True,
        keeps_loners=True,
    )
    naming = _Naming(codes, near, found, voices)
    unnamed = await naming.ask(setting, asker)
    groups = sorted(
        (naming.groups[at] for at in range(len(naming.groups))),
        key=lambda group: (-voices.support(whole(group.codes)), whole(group.codes)),
    )
    themes = [group for group in groups if voices.carry(whole(group.codes))]
    rest = [group for group in groups if not voices.carry(whole(group.codes))] + naming.loose
    drafts = unworded(voices, [whole(group.codes) for group in themes], wording)
    return Asked(
        drafts=[
            _worded(draft, group.words, naming.ranked(group.codes))
            for draft, group in zip(drafts, themes, strict=True)
        ],
        too_few=[
            Few(
                group.words.name if group.words else naming.ranked(group.codes)[0].name,
                whole(group.codes),
                naming.ranked(group.codes),
            )
            for group in rest
        ],
        uncoded=uncoded,
        unnamed=unnamed,
    )


class _Naming:
    """Candidate themes on the way to their names."""

    def __init__(
        self, codes: Sequence[Cited], near: FloatArray, found: Clusters, voices: Voices
    ) -> None:
        self._codes = codes
        self._voices = voices
        self.groups = [_Group(group.places) for group in found.themes]
        self.loose = [_Group(group.places) for group in found.too_few]
        """Of too few people, each a group of its own as long as no code of it is moved."""
        self._between = np.array([
            [near[np.ix_(one.codes, other.codes)].mean() for other in self.groups]
            for one in (*self.groups, *self.loose)
        ])

    async def ask(self, setting: Setting, asker: Asker) -> list[Failure]:
        """Have all groups named, codes moved to where they belong; return what failed.

        Packs go one after the other, so that each is told the names that are taken.
        """
        failures: list[Failure] = []
        for start in range(0, len(self.groups), _PACK):
            pack = range(start, min(start + _PACK, len(self.groups)))
            shown = [self.ranked_places(self.groups[at].codes) for at in pack]
            loose = [
                code
                for at, group in enumerate(self.loose, len(self.groups))
                if self._nearest(at)[0] in pack
                for code in group.codes
            ]
            reply = await asker.ask(
                names_prompt(
                    setting,
                    [self._shown(at, codes, pack) for at, codes in zip(pack, shown, strict=True)],
                    loose=[self._codes[code] for code in loose],
                    named=[group.words.name for group in self.groups if group.words],
                )
            )
            if isinstance(reply, Failure):
                failures.append(reply)
                continue
            numbered = [code for codes in (*shown, loose) for code in codes]
            home = {numbered[move.code - 1]: start + move.group - 1 for move in reply.moves}
            words = {
                start + theme.group - 1: theme.model_copy(
                    update={"name": " ".join(theme.name.split())}
                )
                for theme in reply.themes
            }
            for at in pack:
                stay = [code for code in self.groups[at].codes if code not in home]
                come = [code for code, to in home.items() if to == at]
                self.groups[at] = _Group(tuple(sorted((*stay, *come))), words[at])
            self.loose = [
                group._replace(codes=tuple(code for code in group.codes if code not in home))
                for group in self.loose
            ]
        self.loose = [group for group in self.loose if group.codes]
        return failures

    def ranked(self, codes: Iterable[int]) -> tuple[Cited, ...]:
        """Return codes, those that most people carry first."""
        return tuple(self._codes[code] for code in self.ranked_places(codes))

    def ranked_places(self, codes: Iterable[int]) -> list[int]:
        """Return the places of codes, those that most people carry first."""
        return sorted(
            codes, key=lambda code: (-self._voices.support(self._codes[code].places), code)
        )

    def _shown(self, at: int, codes: Sequence[int], pack: range) -> CodeGroup:
        places = sorted({place for code in codes for place in self._codes[code].places})
        return CodeGroup(
            codes=[self._codes[code] for code in codes],
            segments=[quote.text for quote in self._voices.examples(places)[:_N_SEGMENTS]],
            near=[self._known_as(other, pack) for other in self._nearest(at)[:_N_NEAR]],
        )

    def _known_as(self, at: int, pack: range) -> str:
        """Return what a group is called: by its number within the pack, else by its name."""
        if at in pack:
            return f"group {at - pack.start + 1}"
        words = self.groups[at].words
        return f"“{words.name if words else self.ranked(self.groups[at].codes)[0].name}”"

    def _nearest(self, at: int) -> list[int]:
        """Return the other groups, the nearest first."""
        others = [other for other in range(len(self.groups)) if other != at]
        return sorted(others, key=lambda other: (-round(self._between[at, other], 9), other))


def _worded(draft: DraftTheme, words: NameReply | None, codes: tuple[Cited, ...]) -> DraftTheme:
    """Return a theme in the model's words, else called by its first code."""
    if words is None:
        return draft._replace(name=codes[0].name, codes=codes)
    return DraftTheme(
        name=words.name,
        definition=" ".join(words.definition.split()),
        include=tuple(filter(None, (rule.strip() for rule in words.use_when))),
        exclude=tuple(filter(None, (rule.strip() for rule in words.not_when))),
        places=draft.places,
        codes=codes,
    )
