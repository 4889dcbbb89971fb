"""What a model is asked on the way from segments to themes, and what it must keep to."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import accumulate
from typing import NamedTuple

from pydantic import Field

from secondcoder.induction.draft_themes import Cited
from secondcoder.schema.drafting import Prompt
from secondcoder.schema.forms import Form
from secondcoder.schema.near_copies import letters_of

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


class MoveReply(Form):
    """A code that belongs in another group."""

    code: int = Field(description="Number of the code.")
    group: int = Field(description="Number of the group where it belongs.")


class NamesReply(Form):
    """The themes, one per group."""

    moves: list[MoveReply] = Field(default=[], description="Codes that belong in another group.")
    themes: list[NameReply] = Field(min_length=1, description="One entry per group.")


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
    setting: Setting,
    groups: Sequence[CodeGroup],
    *,
    loose: Sequence[Cited],
    named: Collection[str],
) -> Prompt[NamesReply]:
    """Return what to ask for a theme of each group; groups and codes are numbered from 1.

    Args:
        setting: What all prompts about the question say.
        groups: To be worded.
        loose: Codes in no group, numbered after those of the groups.
        named: Names that other themes have.
    """
    starts = list(accumulate((len(group.codes) for group in groups), initial=0))
    stands = [at for at, group in enumerate(groups, 1) for _ in group.codes]
    stands += [0] * len(loose)

    def check(reply: NamesReply) -> str | None:
        return _wrong_moves(reply.moves, stands, len(groups)) or _wrong_names(
            reply.themes, len(groups), named
        )

    return Prompt(
        task="name-themes",
        version=1,
        system={"language": setting.language, "question": setting.question},
        user={
            "named": list(named),
            "groups": [
                {
                    "codes": _numbered(group.codes, start),
                    "segments": list(group.segments),
                    "near": list(group.near),
                }
                for group, start in zip(groups, starts, strict=False)
            ],
            "loose": _numbered(loose, starts[-1]),
        },
        reply=NamesReply,
        check=check,
        expected=lambda: _ordinary_names(len(groups)),
    )


def _numbered(codes: Sequence[Cited], start: int) -> list[dict[str, object]]:
    return [
        {"number": number, "name": code.name, "n": len(code.places)}
        for number, code in enumerate(codes, start + 1)
    ]


def _wrong_moves(moves: Sequence[MoveReply], stands: Sequence[int], n_groups: int) -> str | None:
    """Return what is wrong with moves of codes, if anything.

    Args:
        moves: Where codes are said to belong.
        stands: The group of each code, from 1; 0 is none.
        n_groups: How many there are.
    """
    now = list(stands)
    seen = set[int]()
    for move in moves:
        if not 1 <= move.code <= len(stands):
            return f"it moves code {move.code}, and there are codes 1 to {len(stands)}"
        if not 1 <= move.group <= n_groups:
            return f"it moves a code to group {move.group}, and there are groups 1 to {n_groups}"
        if move.code in seen:
            return f"it moves code {move.code} twice"
        seen.add(move.code)
        now[move.code - 1] = move.group
    empty = sorted(set(range(1, n_groups + 1)) - set(now))
    return f"no code is left in group {empty[0]}" if empty else None


def _wrong_names(themes: Sequence[NameReply], n_groups: int, named: Collection[str]) -> str | None:
    """Return what is wrong with the themes of groups, if anything."""
    times = Counter(theme.group for theme in themes)
    unknown = sorted(number for number in times if not 1 <= number <= n_groups)
    twice = sorted(number for number, n in times.items() if n > 1)
    missing = sorted(set(range(1, n_groups + 1)) - set(times))
    if unknown:
        return f"it names group {unknown[0]}, and there are groups 1 to {n_groups}"
    if twice:
        return f"group {twice[0]} has more than one theme"
    if missing:
        return f"group {missing[0]} has no theme"
    taken = set(map(letters_of, named))
    for theme in themes:
        name = letters_of(theme.name)
        if not name:
            return f"the theme of group {theme.group} has no name"
        if name in taken:
            return f"another theme is called '{theme.name}', too"
        taken.add(name)
    return None


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
