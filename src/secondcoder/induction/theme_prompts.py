"""What a model is asked on the way from segments to themes, and what it must keep to."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from pydantic import Field

from secondcoder.induction.draft_themes import Cited
from secondcoder.schema.drafting import Prompt
from secondcoder.schema.forms import Form
from secondcoder.schema.near_copies import letters_of

_N_SHOWN = 12
"""Codes of a group that a model is shown: those on which most segments rest."""
_N_WORDS = 6
"""Of a code, as it is expected."""


class CodeReply(Form):
    """One idea that segments share."""

    code: str = Field(min_length=1, description="The idea in three to eight words.")
    segments: list[int] = Field(min_length=1, description="Numbers of the segments that carry it.")


class CodesReply(Form):
    """The ideas of the segments."""

    codes: list[CodeReply] = Field(description="One entry per idea; empty if there is none.")


class NameReply(Form):
    """One theme."""

    group: int = Field(description="Number of the group that it words.")
    name: str = Field(min_length=1, description="Two to seven words.")
    definition: str = Field(min_length=1, description="One sentence.")
    use_when: list[str] = Field(default=[], description="One or two signs of it.")
    not_when: list[str] = Field(default=[], description="What looks like it and is not.")


class NamesReply(Form):
    """The themes, one per group."""

    themes: list[NameReply] = Field(min_length=1)


class CodeGroup(NamedTuple):
    """Codes that are to become one theme, as a model is shown them."""

    codes: Sequence[Cited]
    segments: Sequence[str]
    """Typical ones, of different people."""
    near: Sequence[str]
    """What the groups nearest to it are called."""


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
        expected=lambda: _ordinary_codes(segments),
    )


def names_prompt(
    setting: Setting, groups: Sequence[CodeGroup], *, named: Collection[str]
) -> Prompt[NamesReply]:
    """Return what to ask for a theme of each group, numbered from 1.

    Args:
        setting: What all prompts about the question say.
        groups: To be worded.
        named: Names that other themes have.
    """
    taken = {letters_of(name) for name in named}

    def check(reply: NamesReply) -> str | None:
        times = Counter(theme.group for theme in reply.themes)
        unknown = sorted(number for number in times if not 1 <= number <= len(groups))
        twice = sorted(number for number, n in times.items() if n > 1)
        missing = sorted(set(range(1, len(groups) + 1)) - set(times))
        if unknown:
            return f"it names group {unknown[0]}, and there are groups 1 to {len(groups)}"
        if twice:
            return f"group {twice[0]} has more than one theme"
        if missing:
            return f"group {missing[0]} has no theme"
        seen = set(taken)
        for theme in reply.themes:
            if not letters_of(theme.name):
                return f"the theme of group {theme.group} has no name"
            if letters_of(theme.name) in seen:
                return f"another theme is called '{theme.name}', too"
            seen.add(letters_of(theme.name))
        return None

    return Prompt(
        task="name-themes",
        version=1,
        system={"language": setting.language, "question": setting.question},
        user={
            "named": list(named),
            "groups": [
                {
                    "codes": [
                        {"name": code.name, "n": len(code.places)}
                        for code in group.codes[:_N_SHOWN]
                    ],
                    "segments": list(group.segments),
                    "near": list(group.near),
                }
                for group in groups
            ],
        },
        reply=NamesReply,
        check=check,
        expected=lambda: _ordinary_names(len(groups)),
    )


def _ordinary_codes(segments: Sequence[str]) -> CodesReply:
    """Return a code for every two segments, which is what we expect and no rule."""
    return CodesReply(
        codes=[
            CodeReply(
                code=" ".join(segments[at].split()[:_N_WORDS]) or "word",
                segments=list(range(at + 1, min(at + 2, len(segments)) + 1)),
            )
            for at in range(0, len(segments), 2)
        ]
    )


def _ordinary_names(n: int) -> NamesReply:
    """Return so many themes, each worded as the prompt asks."""
    return NamesReply(
        themes=[
            NameReply(
                group=number,
                name=_words(5),
                definition=_words(20),
                use_when=[_words(10), _words(10)],
                not_when=[_words(10)],
            )
            for number in range(1, n + 1)
        ]
    )


def _words(n: int) -> str:
    return " ".join(["word"] * n)
