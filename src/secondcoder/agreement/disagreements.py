"""Disagreements worth a talk: which themes two coders give in each other's place."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from secondcoder.agreement.counted import counted, times
from secondcoder.errors import InputError
from secondcoder.schema.model_beside_people import (
    Disagreement,
    Disagreements,
    ThemesConfused,
)

Themes = AbstractSet[str] | None
"""What a coder gave a unit; an empty set is no theme, None is missing."""

_Both = tuple[AbstractSet[str], AbstractSet[str]]


# Two coders, their units and how to name them: none groups with another.
def disagreements(  # noqa: PLR0913
    first: Sequence[Themes],
    second: Sequence[Themes],
    texts: Sequence[str],
    *,
    coders: tuple[str, str] = ("the first coder", "the second coder"),
    units: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
) -> Disagreements:
    """Return where two coders differ, grouped by the pair of themes confused.

    In a unit, each theme only the first gave is confused with each theme only the second gave; with
    none on the other side, it was given or left away. A unit with several such pairs stands under
    each. Pairs come by how many units they confuse, then by name.

    Args:
        first: The first coder's themes of each unit. Shape: (n_units,).
        second: The second coder's. Shape: (n_units,).
        texts: The words that were coded. Shape: (n_units,).
        coders: Their names, for the sentences.
        units: Ids of the units, such as posts' ids; None: places counted from 1.
        names: Names of themes by id, for the sentences; None: the ids.

    Raises:
        InputError: If lengths differ.

    >>> found = disagreements([{"tea"}, {"tea"}], [{"time"}, {"tea"}], ["A cup", "Tea!"])
    >>> found.confusions[0].theme, found.confusions[0].other, found.n_different
    ('tea', 'time', 1)
    """
    ids = [str(place) for place in range(1, len(texts) + 1)] if units is None else list(units)
    if not len(first) == len(second) == len(texts) == len(ids):
        raise InputError(
            f"the coders have {len(first)} and {counted(len(second), 'unit')}, with "
            f"{counted(len(texts), 'text')} and {counted(len(ids), 'id')}; give one of each per "
            f"unit, None where a coder did not code it"
        )
    both: list[_Both] = []
    groups: dict[tuple[str, str | None], list[Disagreement]] = {}
    n_different = 0
    for one, two, text, unit in zip(first, second, texts, ids, strict=True):
        if one is None or two is None:
            continue
        both.append((one, two))
        found = Disagreement(
            unit=unit, text=text, first=tuple(sorted(one)), second=tuple(sorted(two))
        )
        pairs = _confused(one, two)
        n_different += bool(pairs)
        for pair in pairs:
            groups.setdefault(pair, []).append(found)
    order = sorted(groups, key=lambda pair: (-len(groups[pair]), pair[0], pair[1] or ""))
    return Disagreements(
        first_coder=coders[0],
        second_coder=coders[1],
        n_units=len(both),
        n_different=n_different,
        confusions=tuple(
            _confusion(pair, groups[pair], both, coders, names or {}) for pair in order
        ),
    )


def _confused(one: AbstractSet[str], two: AbstractSet[str]) -> list[tuple[str, str | None]]:
    only_one, only_two = sorted(one - two), sorted(two - one)
    if only_one and only_two:
        return [(min(a, b), max(a, b)) for a in only_one for b in only_two]
    return [(theme, None) for theme in only_one + only_two]


def _confusion(
    pair: tuple[str, str | None],
    cases: Sequence[Disagreement],
    both: Sequence[_Both],
    coders: tuple[str, str],
    names: Mapping[str, str],
) -> ThemesConfused:
    theme, other = pair
    n_first = sum(theme in case.first for case in cases)
    n_agreed = sum(theme in one and theme in two for one, two in both)
    title = names.get(theme, theme)
    counts = (n_first, len(cases) - n_first)
    if other is None:
        sentence = _given_or_not(title, counts, n_agreed, coders)
    else:
        n_other = sum(other in one and other in two for one, two in both)
        titles = (title, names.get(other, other))
        sentence = _exchanged(titles, counts, (n_agreed, n_other), coders)
    return ThemesConfused(
        theme=theme,
        other=other,
        n_first=sum(theme in one for one, _ in both),
        n_second=sum(theme in two for _, two in both),
        n_agreed=n_agreed,
        to_clarify=sentence,
        disagreements=tuple(cases),
    )


def _exchanged(
    titles: tuple[str, str],
    counts: tuple[int, int],
    agreed: tuple[int, int],
    coders: tuple[str, str],
) -> str:
    theme, other = titles
    said = [
        f"{times(n)} {coder} gave '{mine}' where {partner} gave '{theirs}'"
        for n, coder, partner, mine, theirs in (
            (counts[0], coders[0], coders[1], theme, other),
            (counts[1], coders[0], coders[1], other, theme),
        )
        if n
    ]
    return (
        f"{' and '.join(said)}; both gave '{theme}' in {counted(agreed[0], 'unit')} and '{other}' "
        f"in {counted(agreed[1], 'unit')}. Say in the codebook which of the two applies, and when "
        f"both do."
    )


def _given_or_not(
    theme: str, counts: tuple[int, int], n_agreed: int, coders: tuple[str, str]
) -> str:
    said = [
        f"{times(n)} {coder} alone gave '{theme}'"
        for n, coder in zip(counts, coders, strict=True)
        if n
    ]
    return (
        f"{' and '.join(said)} with nothing else in its place; both gave it in "
        f"{counted(n_agreed, 'unit')}. Say in the codebook what is enough to give '{theme}'."
    )
