"""Which themes coders take for each other, with examples to talk about."""

from collections.abc import Iterable, Iterator

from secondcoder.reporting.delegation_wording import Line
from secondcoder.reporting.wording import count, is_or_are
from secondcoder.schema.beside_people import BesidePeople
from secondcoder.schema.model_beside_people import Disagreement, Disagreements, ThemesConfused

CONFUSIONS_SHOWN = 5
EXAMPLES_SHOWN = 2

_Confusion = tuple[Disagreements, ThemesConfused]


def talks(found: BesidePeople) -> Iterator[Line]:
    """Yield the most frequent confusions of the model and people, then of people, with examples."""
    model = found.model.name
    of_model = [pair for pair in found.disagreements if pair.first_coder == model]
    of_people = [pair for pair in found.disagreements if pair.first_coder != model]
    for who, pairs in (("The model and people", of_model), ("People among themselves", of_people)):
        if pairs:
            yield from _group(found, who, pairs)


def _group(found: BesidePeople, who: str, pairs: list[Disagreements]) -> Iterator[Line]:
    n_different = sum(pair.n_different for pair in pairs)
    n_units = sum(pair.n_units for pair in pairs)
    if not n_units:
        yield Line(f"{who}: no post was coded by both.")
        return
    yield Line(
        f"{who} differ on {n_different} of {count(n_units, 'time')} that two of them coded a post."
    )
    groups = _by_themes(pairs)
    for confusions in groups[:CONFUSIONS_SHOWN]:
        yield Line(f"{_title(found, confusions[0][1])} ({_posts(confusions)})", 1)
        for pair, confused in confusions:
            names = f"{pair.first_coder} and {pair.second_coder}: " if len(pairs) > 1 else ""
            yield Line(names + confused.to_clarify, 2)
        for case in _examples(confusions):
            yield Line(f"\u201c{' '.join(case.text.split())}\u201d", 2)
            yield Line("; ".join(_codings(found, case.unit)), 3)
    if len(groups) > CONFUSIONS_SHOWN:
        n_rarer = len(groups) - CONFUSIONS_SHOWN
        yield Line(
            f"{count(n_rarer, 'rarer one')} {is_or_are(n_rarer)} in the output of --json.", 1
        )


def _by_themes(pairs: Iterable[Disagreements]) -> list[list[_Confusion]]:
    """Return the confusions of the same themes together, the most frequent first."""
    groups: dict[tuple[str, str | None], list[_Confusion]] = {}
    for pair in pairs:
        for confused in pair.confusions:
            groups.setdefault((confused.theme, confused.other), []).append((pair, confused))
    return sorted(groups.values(), key=lambda group: -len(_units(group)))


def _units(confusions: Iterable[_Confusion]) -> set[str]:
    return {case.unit for _, confused in confusions for case in confused.disagreements}


def _posts(confusions: list[_Confusion]) -> str:
    return count(len(_units(confusions)), "post")


def _examples(confusions: Iterable[_Confusion]) -> list[Disagreement]:
    """Return some cases, of different posts."""
    first: dict[str, Disagreement] = {}
    for _, confused in confusions:
        for case in confused.disagreements:
            first.setdefault(case.unit, case)
    return list(first.values())[:EXAMPLES_SHOWN]


def _codings(found: BesidePeople, unit: str) -> list[str]:
    """Return what each coder gave a post that two of them differ on.

    Whoever coded it differs from one of these two, so stands among the disagreements.
    """
    given: dict[str, tuple[str, ...]] = {}
    for pair in found.disagreements:
        for confused in pair.confusions:
            for case in confused.disagreements:
                if case.unit == unit:
                    given |= {pair.first_coder: case.first, pair.second_coder: case.second}
    coders = [account.name for account in (found.model, *found.people)]
    return [f"{coder}: {_themes(found, given[coder])}" for coder in coders if coder in given]


def _title(found: BesidePeople, confused: ThemesConfused) -> str:
    name = found.theme_names[confused.theme]
    if confused.other is None:
        return f"{name}, or nothing"
    return f"{name}, or {found.theme_names[confused.other]}"


def _themes(found: BesidePeople, themes: Iterable[str]) -> str:
    return ", ".join(found.theme_names[theme] for theme in themes) or "no theme"
