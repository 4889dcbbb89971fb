"""A proposal: draft themes become a codebook, each theme with what it rests on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from secondcoder.induction.draft_themes import Cited, DraftTheme, Few
from secondcoder.induction.saturation import saturation
from secondcoder.induction.terms import in_marks, listed
from secondcoder.induction.units import Unit, joined
from secondcoder.induction.voices import Voices
from secondcoder.schema.chat import Post
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.proposals import (
    InitialCode,
    NearTheme,
    Residue,
    Saturation,
    ThemeEvidence,
    TooFew,
)
from secondcoder.schema.similarity import FloatArray

_N_NEAREST = 2
_N_COUNTER = 2
_WORD = re.compile(r"[^\W_]+")


class Question(NamedTuple):
    """What was read of one question, and the themes that came of it."""

    question_id: str | None
    units: Sequence[Unit]
    alike: FloatArray
    """Shape: (n_units, n_units)."""
    known: Mapping[str, tuple[int, ...]]
    """Places of the units that each theme of the codebook to extend covers."""
    order: Sequence[str]
    """Ids of the question's posts, as they were read."""
    voices: Voices
    drafts: Sequence[DraftTheme] = ()
    too_few: Sequence[Few] = ()


class Assembled(NamedTuple):
    """The codebook, and what it rests on."""

    codebook: Codebook
    themes: tuple[ThemeEvidence, ...]
    residue: tuple[Residue, ...]
    saturation: tuple[Saturation, ...]


def assembled(
    start: Codebook, questions: Iterable[Question], posts: Mapping[str, Post]
) -> Assembled:
    """Return the codebook that the drafts extend, with the evidence of every theme.

    Args:
        start: The codebook to extend; its questions, and themes if any.
        questions: What was read, question by question.
        posts: The posts that were read, by id.
    """
    taken = {theme.id for theme in start.themes}
    named = {_folded(theme.name) for theme in start.themes}
    new: list[Theme] = []
    evidence: list[ThemeEvidence] = []
    residue: list[Residue] = []
    curves: list[Saturation] = []
    for part in questions:
        groups: dict[str, tuple[int, ...]] = {k: v for k, v in part.known.items() if v}
        drafts: dict[str, DraftTheme] = {}
        for found_draft in part.drafts:
            draft = _named_apart(found_draft, part.question_id, named)
            theme_id = _free_id(draft.name, taken)
            taken.add(theme_id)
            groups[theme_id] = draft.places
            drafts[theme_id] = draft
        for theme_id, places in groups.items():
            found = _evidence(theme_id, places, groups, part, drafts.get(theme_id), posts)
            evidence.append(found)
            if theme_id in drafts:
                near = [drafts[one.theme_id] for one in found.nearest if one.theme_id in drafts]
                new.append(_theme(theme_id, drafts[theme_id], part, found, near))
        residue.append(_residue(part, groups, posts))
        curves.append(_curve(part, {key: groups[key] for key in drafts}))
    return Assembled(
        codebook=start.changed(themes=(*start.themes, *new)),
        themes=tuple(evidence),
        residue=tuple(residue),
        saturation=tuple(curves),
    )


def _evidence(  # noqa: PLR0913, PLR0917  # one place per fact that evidence is made of
    theme_id: str,
    places: tuple[int, ...],
    groups: Mapping[str, tuple[int, ...]],
    part: Question,
    draft: DraftTheme | None,
    posts: Mapping[str, Post],
) -> ThemeEvidence:
    quotes, examples = part.voices.ranked(places), part.voices.examples(places)
    others = [place for place in range(len(part.units)) if place not in set(places)]
    near = np.round(part.alike[np.ix_(others, places)].mean(axis=1), 6) if others else np.zeros(0)
    closest = sorted(range(len(others)), key=lambda at: (-near[at], others[at]))[:_N_COUNTER]
    between = [
        NearTheme(
            theme_id=other_id,
            similarity=round(float(part.alike[np.ix_(list(places), list(other))].mean()), 6),
        )
        for other_id, other in groups.items()
        if other_id != theme_id
    ]
    return ThemeEvidence(
        question_id=part.question_id,
        theme_id=theme_id,
        is_new=draft is not None,
        quotes=quotes,
        examples=examples,
        example_authors=tuple(posts[quote.post_id].author for quote in examples),
        n_posts=len({quote.post_id for quote in quotes}),
        n_authors=part.voices.n_authors(places),
        terms=draft.terms if draft else (),
        nearest=tuple(sorted(between, key=lambda one: -one.similarity)[:_N_NEAREST]),
        counter_examples=tuple(part.units[others[at]].quote for at in closest if near[at] > 0),
        codes=_cited(draft.codes, part) if draft else (),
    )


def _cited(codes: Iterable[Cited], part: Question) -> tuple[InitialCode, ...]:
    """Return initial codes with the segments that were cited, as the model was shown them."""
    return tuple(
        InitialCode(
            name=code.name, segments=tuple(part.units[place].quote for place in code.places)
        )
        for code in codes
    )


def _theme(
    theme_id: str,
    draft: DraftTheme,
    part: Question,
    found: ThemeEvidence,
    near: Sequence[DraftTheme],
) -> Theme:
    return Theme(
        id=theme_id,
        name=draft.name,
        definition=draft.definition,
        include=draft.include,
        exclude=draft.exclude or tuple(_border(other) for other in near[:1] if other.typical),
        examples=tuple(quote.text for quote in found.examples),
        questions=(part.question_id,) if part.question_id is not None else (),
    )


def _border(other: DraftTheme) -> str:
    """Return what tells a theme from its nearest one, where nobody has worded it.

    A theme that is named by a quote is shown by its name: a change of that is followed in rules.
    """
    if not other.in_english:
        shown = "" if other.name.startswith("“") else f": {other.typical}"
        return f"{in_marks(other.name)}{shown}"
    shown = "" if other.name.startswith("“") else f", such as {other.typical}"
    often = f"; that often speaks of {listed(other.terms, 'or')}" if other.terms else ""
    return f"its point is rather that of {in_marks(other.name)}{shown}{often}"


def _residue(
    part: Question, groups: Mapping[str, tuple[int, ...]], posts: Mapping[str, Post]
) -> Residue:
    covered = {place for places in groups.values() for place in places}
    left = (unit for place, unit in enumerate(part.units) if place not in covered)
    return Residue(
        question_id=part.question_id,
        quotes=joined(left, posts),
        fewest_voices=part.voices.fewest,
        too_few=tuple(
            TooFew(
                name=few.name,
                codes=_cited(few.codes, part),
                quotes=part.voices.ranked(few.places),
                n_authors=part.voices.n_authors(few.places),
            )
            for few in part.too_few
        ),
    )


def _curve(part: Question, groups: Mapping[str, tuple[int, ...]]) -> Saturation:
    """Return when each proposed theme was met; a theme that was known before is never new."""
    themes_of: dict[str, set[str]] = {}
    for theme_id, places in groups.items():
        for place in places:
            themes_of.setdefault(part.units[place].quote.post_id, set()).add(theme_id)
    points = saturation(part.order, {key: frozenset(ids) for key, ids in themes_of.items()})
    return Saturation(question_id=part.question_id, points=points)


def _named_apart(draft: DraftTheme, question_id: str | None, named: set[str]) -> DraftTheme:
    """Return the theme under a name that no other has, and take note of it.

    What several questions bring up under one name is told apart by the question.
    """
    place = [f" ({question_id})"] if question_id is not None else []
    endings = ["", *place, *(f" ({number})" for number in range(2, 10_000))]
    name = next(name for end in endings if _folded(name := f"{draft.name}{end}") not in named)
    named.add(_folded(name))
    return draft._replace(name=name)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _free_id(name: str, taken: set[str]) -> str:
    """Return a short id made of the name's words that no other theme has."""
    stem = "-".join(_WORD.findall(name.casefold())[:4]) or "theme"
    return next(
        candidate
        for candidate in (stem, *(f"{stem}-{number}" for number in range(2, 10_000)))
        if candidate not in taken
    )
