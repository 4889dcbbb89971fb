"""What a model is asked on the way from segments to themes, and what it must keep to."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import Field

from secondcoder.induction.draft_themes import Cited
from secondcoder.schema.drafting import Prompt
from secondcoder.schema.forms import Form


class CodeReply(Form):
    """One idea that segments share."""

    code: str = Field(min_length=1, description="The idea in three to eight words.")
    segments: list[int] = Field(min_length=1, description="Numbers of the segments that carry it.")


class CodesReply(Form):
    """The ideas of the segments."""

    codes: list[CodeReply] = Field(description="One entry per idea; empty if there is none.")


class ThemeReply(Form):
    """One theme."""

    name: str = Field(min_length=1, description="Two to seven words.")
    definition: str = Field(min_length=1, description="One sentence.")
    use_when: list[str] = Field(default=[], description="One or two signs of it.")
    not_when: list[str] = Field(default=[], description="What looks like it and is not.")
    codes: list[int] = Field(min_length=1, description="Numbers of the codes it gathers.")


class ThemesReply(Form):
    """The themes that the codes make."""

    themes: list[ThemeReply] = Field(min_length=1)


class Code(NamedTuple):
    """An initial code, and the places of the units it rests on."""

    name: str
    places: tuple[int, ...]
    example: str
    behind: tuple[Cited, ...] = ()
    """The initial codes of a theme that is itself gathered once more; empty of an initial code."""

    @property
    def initial(self) -> tuple[Cited, ...]:
        """Return the initial codes: those behind it, else itself."""
        return self.behind or (Cited(self.name, self.places),)


class Setting(NamedTuple):
    """What all prompts about one question say."""

    language: str
    question: str
    known_themes: tuple[str, ...]
    """Names and definitions of themes whose segments are to be left alone."""


def codes_prompt(setting: Setting, segments: Sequence[str]) -> Prompt[CodesReply]:
    """Return what to ask for the initial codes of some segments, numbered from 1."""

    def check(reply: CodesReply) -> str | None:
        cited = {number for code in reply.codes for number in code.segments}
        unknown = sorted(number for number in cited if not 1 <= number <= len(segments))
        if unknown:
            return f"it cites segment {unknown[0]}, and there are segments 1 to {len(segments)}"
        return None

    return Prompt(
        task="propose-codes",
        version=1,
        system={
            "language": setting.language,
            "question": setting.question,
            "themes": list(setting.known_themes),
        },
        user={"segments": list(segments)},
        reply=CodesReply,
        check=check,
        expected=lambda: _ordinary_codes(len(segments)),
    )


def themes_prompt(setting: Setting, codes: Sequence[Code], *, n: int) -> Prompt[ThemesReply]:
    """Return what to ask for about `n` themes that gather the codes, numbered from 1."""

    def check(reply: ThemesReply) -> str | None:
        placed = Counter(number for theme in reply.themes for number in set(theme.codes))
        unknown = sorted(number for number in placed if not 1 <= number <= len(codes))
        twice = sorted(number for number, times in placed.items() if times > 1)
        missing = sorted(set(range(1, len(codes) + 1)) - set(placed))
        if unknown:
            return f"it names code {unknown[0]}, and there are codes 1 to {len(codes)}"
        if twice:
            return f"code {twice[0]} is in more than one theme"
        if missing:
            return f"code {missing[0]} is in no theme"
        return None

    return Prompt(
        task="merge-codes",
        version=1,
        system={"language": setting.language, "question": setting.question},
        user={
            "n_themes": n,
            "codes": [
                {"name": code.name, "n": len(code.places), "example": code.example}
                for code in codes
            ],
        },
        reply=ThemesReply,
        check=check,
        expected=lambda: _ordinary_themes(n, len(codes)),
    )


def _ordinary_codes(n_segments: int) -> CodesReply:
    """Return a code for every two segments, which is what we expect and no rule."""
    numbers = range(1, n_segments + 1)
    return CodesReply(
        codes=[
            CodeReply(code=_words(6), segments=list(numbers[at : at + 2]))
            for at in range(0, n_segments, 2)
        ]
    )


def _ordinary_themes(n: int, n_codes: int) -> ThemesReply:
    """Return so many themes that gather the codes, each worded as the prompt asks."""
    places = range(min(n, n_codes))
    return ThemesReply(
        themes=[
            ThemeReply(
                name=_words(5),
                definition=_words(20),
                use_when=[_words(10), _words(10)],
                not_when=[_words(10)],
                codes=list(range(place + 1, n_codes + 1, len(places))),
            )
            for place in places
        ]
    )


def _words(n: int) -> str:
    return " ".join(["word"] * n)
