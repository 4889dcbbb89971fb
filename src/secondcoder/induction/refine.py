"""Sharper themes from disagreements: what to learn from, what to suggest, and how it is applied."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from secondcoder.errors import CodebookError
from secondcoder.induction.edits import next_version
from secondcoder.induction.typical import Typicality
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import PostCodings
from secondcoder.schema.copies import Said
from secondcoder.schema.edits import CodebookEdit, EditKind
from secondcoder.schema.near_copies import Apart
from secondcoder.schema.quotes import Quote
from secondcoder.schema.refined import Refined
from secondcoder.schema.refinements import Suggestion

MOST_EXAMPLES = 3
"""Examples that are suggested of a theme. Our choice: a person reads every line."""
FEWEST_CASES = 2
"""Posts in which two themes must be confused before a rule is drawn: one may be a slip."""


class Pair(NamedTuple):
    """One post as people and as the coder coded it."""

    people: PostCodings
    coder: PostCodings

    @property
    def missed(self) -> list[str]:
        """Return the themes that people alone gave."""
        return sorted(themes_of(self.people) - themes_of(self.coder))

    @property
    def wrong(self) -> list[str]:
        """Return the themes that the coder alone gave."""
        return sorted(themes_of(self.coder) - themes_of(self.people))


class Case(NamedTuple):
    """A quote on which people and coder differ about a theme."""

    quote: Quote
    author: str
    others: tuple[str, ...]
    """Themes that the other side gave in the post, and this one did not."""


class Confused(NamedTuple):
    """A theme with the quotes that show where it is unclear, the most typical first."""

    theme: Theme
    missed: tuple[Case, ...]
    """People gave it; the coder did not. The others are what the coder gave."""
    wrong: tuple[Case, ...]
    """The coder gave it; people did not. The quotes and the others are people's, if they gave any,
    else the quotes are the coder's."""


def themes_of(coded: PostCodings) -> frozenset[str]:
    """Return all themes of a post."""
    return frozenset(theme_id for coding in coded.codings for theme_id in coding.theme_ids)


def halves(pairs: Sequence[Pair], share: float, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Return the posts to learn from and those held back, each author's on one side.

    Args:
        pairs: All posts. One without an author stands for itself.
        share: About how many of them to hold back, between 0 and 1.
        seed: The same seed gives the same halves.
    """
    n_by_author = Counter(_author(pair) for pair in pairs)
    authors = sorted(n_by_author)
    random.Random(seed).shuffle(authors)  # noqa: S311  # a split, no secret
    held: set[str] = set()
    n_held = 0
    for author in authors:
        if n_held + n_by_author[author] / 2 <= share * len(pairs):
            held.add(author)
            n_held += n_by_author[author]
    learnt = [pair for pair in pairs if _author(pair) not in held]
    return learnt, [pair for pair in pairs if _author(pair) in held]


def confused_themes(
    book: Codebook, learnt: Sequence[Pair], held_back: Sequence[Pair]
) -> list[Confused]:
    """Return the themes that people and coder give differently, the most often confused first.

    A quote that shares five words in a row with a held-back post is not used: reposts would carry
    what is scored into what is learnt.
    """
    kept_out = Said(pair.people.post.text for pair in held_back)
    typicality = Typicality(pair.people.post.text for pair in learnt)
    found = []
    for theme in book.themes:
        missed = [
            Case(quote, _author(pair), tuple(pair.wrong))
            for pair in learnt
            if theme.id in pair.missed
            for quote in _quotes(pair.people, theme.id)
        ]
        wrong = [
            case
            for pair in learnt
            if theme.id in pair.wrong
            for case in _cases_behind(pair, theme.id)
        ]
        sides = [
            _typical([case for case in side if not kept_out.is_in(case.quote.text)], typicality)
            for side in (missed, wrong)
        ]
        if any(sides):
            found.append(Confused(theme, *sides))
    return sorted(found, key=lambda one: -_n_posts(one.missed) - _n_posts(one.wrong))


def lines_from_quotes(book: Codebook, confused: Sequence[Confused]) -> Iterator[Suggestion]:
    """Yield what can be suggested without a model: examples that were missed, and borders.

    Examples are whole stretches of distinct authors, none nearly what another says. A border is
    drawn where people gave one theme in place of another in two posts at least.
    """
    for theme, missed, wrong in confused:
        n_posts = _n_posts(missed)
        apart, chosen = Apart(theme.examples), dict[str, Case]()
        for case in missed:
            if len(case.quote.spans) > 1 or case.author in chosen or len(chosen) == MOST_EXAMPLES:
                continue
            if apart.takes(case.quote.text):
                chosen[case.author] = case
        for case in chosen.values():
            yield Suggestion(
                theme_id=theme.id,
                theme_name=theme.name,
                field="examples",
                after=case.quote.text,
                reason=f"people gave the theme in {_posts(n_posts)} where the coder did not",
                quotes=(case.quote,),
            )
        for other_id in dict.fromkeys(other for case in wrong for other in case.others):
            cases = [
                case for case in wrong if other_id in case.others and len(case.quote.spans) == 1
            ]
            n_cases = _n_posts(cases)
            if n_cases < FEWEST_CASES:
                continue
            other = book.theme_by_id[other_id].name
            yield Suggestion(
                theme_id=theme.id,
                theme_name=theme.name,
                field="exclude",
                after=f"what is said like “{cases[0].quote.text}” belongs to '{other}'",
                reason=f"in {_posts(n_cases)} the coder gave the theme and people gave '{other}'",
                quotes=tuple(case.quote for case in cases),
            )


def refined(
    book: Codebook,
    accepted: Sequence[Suggestion],
    made_at: datetime,
    *,
    made_by: str | None = None,
) -> Codebook:
    """Return the codebook with the accepted lines, one recorded edit per theme.

    Args:
        book: The codebook.
        accepted: The lines.
        made_at: When they were accepted.
        made_by: Who accepted them; None: not told.

    Raises:
        CodebookError: If a definition to replace is not the theme's.
    """
    if not accepted:
        return book
    version = next_version(book.version)
    themes = dict(book.theme_by_id)
    why: dict[str, list[str]] = {}
    for line in accepted:
        theme = themes[line.theme_id]
        if line.field == "definition":
            if theme.definition != (line.before or ""):
                raise CodebookError(f"theme '{theme.id}' has another definition by now")
            changed: dict[str, object] = {"definition": line.after}
        else:
            changed = {line.field: tuple(dict.fromkeys((*getattr(theme, line.field), line.after)))}
        themes[theme.id] = theme.model_copy(update=changed)
        why.setdefault(theme.id, []).append(f"{line.field}: {line.reason}")
    edits = tuple(
        CodebookEdit(
            kind=EditKind.REFINE,
            before=(theme_id,),
            after=(theme_id,),
            reason="; ".join(dict.fromkeys(reasons)),
            version=version,
            made_at=made_at,
            made_by=(made_by or "").strip() or None,
        )
        for theme_id, reasons in why.items()
    )
    return book.changed(themes=tuple(themes.values()), version=version, edits=(*book.edits, *edits))


def told_how(book: Codebook, how: Refined) -> Codebook:
    """Return the codebook, its last version's first step telling how its lines came about.

    Args:
        book: As `refined` made it, of one line or more.
        how: Where the lines came from, and what they gained.
    """
    first = next(
        place
        for place, edit in enumerate(book.edits)
        if (edit.kind, edit.version) == (EditKind.REFINE, book.version)
    )
    edits = list(book.edits)
    edits[first] = edits[first].model_copy(update={"refined": how})
    return book.changed(edits=tuple(edits))


def _author(pair: Pair) -> str:
    """Return the author, or the post's id behind a sign that no author's key starts with."""
    post = pair.people.post
    return post.author_key or f"@{post.id}"


def _quotes(coded: PostCodings, theme_id: str) -> list[Quote]:
    return [coding.quote for coding in coded.codings if theme_id in coding.theme_ids]


def _cases_behind(pair: Pair, theme_id: str) -> list[Case]:
    """Return what people quoted for themes the coder missed, else what the coder quoted."""
    author, missed = _author(pair), set(pair.missed)
    of_people = [
        Case(coding.quote, author, others)
        for coding in pair.people.codings
        if (others := tuple(each for each in coding.theme_ids if each in missed))
    ]
    return of_people or [Case(quote, author, ()) for quote in _quotes(pair.coder, theme_id)]


def _typical(cases: list[Case], typicality: Typicality) -> tuple[Case, ...]:
    return tuple(cases[at] for at in typicality.order([case.quote.text for case in cases]))


def _n_posts(cases: Sequence[Case]) -> int:
    return len({case.quote.post_id for case in cases})


def _posts(n: int) -> str:
    return f"{n:,} {'post' if n == 1 else 'posts'}"
