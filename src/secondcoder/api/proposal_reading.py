"""What is read for a proposal: posts cut into units, and what a codebook covers of them."""

import random
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple, assert_never

import numpy as np

from secondcoder.api.readers import Reader
from secondcoder.coding.coders import is_embedded
from secondcoder.coding.pieces import find_said
from secondcoder.coding.segments import trimmed
from secondcoder.coding.tasks import Task
from secondcoder.induction.propose import Question
from secondcoder.induction.typical import Typicality
from secondcoder.induction.units import Unit
from secondcoder.induction.voices import Voices
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Codings,
    Failure,
    LeftOut,
    LeftOutReason,
    Outcome,
    Quoted,
)
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.readings import Note
from secondcoder.schema.similarity import SimilarityBackEnd

Covered = dict[str, tuple[Coding, ...]]
"""Codings by post: of people where they coded it, else of the coder."""


class Cover(NamedTuple):
    """What the themes of a codebook cover of the posts."""

    codings: Covered
    theirs: Container[str]
    """The posts that people coded. They quote as little as they like, so a unit of which they
    quoted a part is covered as well."""


_FEWEST_WORDS = 5
_MOST_PAIRS = 0.98
"""Share of a question's pairs of units than which a theme's words are more like what it covers.
Chosen on the invented example chat, as `_LIKE`; see docs/decisions/0024-proposing-themes.md."""
_LIKE = 0.25
"""What is more like a theme's words than this is clearly like them, however alike the units are."""


def as_people_coded(
    tasks: Sequence[Task], people: Codings | None, repeats: Mapping[str, str]
) -> Covered:
    """Return the codings of the posts that people coded, as long as their words are the same.

    A post that repeats another's words is covered as that one, unless it has codings of its own.
    What people have in their file and never decided on is not theirs.
    """
    posts = people.posts if people is not None else ()
    done = {coded.post.id: coded for coded in posts if _is_decided(coded.outcome)}
    found: Covered = {}
    for task in tasks:
        ids = (task.post.id, repeats.get(task.post.id, task.post.id))
        same = [done[each] for each in ids if each in done]
        same = [coded for coded in same if coded.post.text == task.post.text]
        if same:
            found[task.post.id] = next(filter(None, (coded.codings for coded in same)), ())
    return found


def _is_decided(outcome: Outcome) -> bool:
    """Return whether a person looked at a post and decided: not abstained, not passed over."""
    match outcome:
        case Quoted():
            return True
        case LeftOut():
            return outcome.reason is not LeftOutReason.NOT_CODED
        case Abstention() | Failure():
            return False
        case _:
            assert_never(outcome)


async def covered_by(
    book: Codebook,
    tasks: Sequence[Task],
    theirs: Covered,
    reader: Reader,
    repeats: Mapping[str, str],
) -> tuple[Covered, list[Note]]:
    """Return the codings of the posts under a codebook, and what to note.

    Nothing is asked where the codebook has no themes, and nothing about what is theirs, the posts
    that people coded. Posts with the same words are asked about once, and a model about none that
    no theme can answer: every request costs.
    """
    found = dict(theirs)
    rest = [task for task in tasks if task.post.id not in found]
    if not is_embedded(reader.coder):
        rest = [task for task in rest if _has_themes(task, book)]
    if not book.themes or not rest:
        return found, []
    once = {repeats.get(task.post.id, task.post.id): task for task in reversed(rest)}
    asked = [*reversed(once.values())]
    outcomes = await reader.outcomes(book, asked, "what the codebook covers")
    n_failed = sum(isinstance(outcome, Failure) for outcome in outcomes.values())
    for task in rest:
        first = once[repeats.get(task.post.id, task.post.id)]
        outcome = outcomes.get(first.post.id)
        if isinstance(outcome, Quoted):
            found[task.post.id] = outcome.codings
    note = f"{n_failed:,} posts could not be coded; their words count as not covered"
    return found, [Note(message=note)] if n_failed else []


def _has_themes(task: Task, book: Codebook) -> bool:
    """Return whether a theme may be given to a post: of its questions, or of all."""
    asked = book.answerable_by(task.attribution.question_ids) or (None,)
    return any(book.themes_for(question_id) for question_id in asked)


def questions_of(  # noqa: PLR0913  # each is one thing, who moderated by keyword
    book: Codebook,
    tasks: Sequence[Task],
    cover: Cover,
    back_end: SimilarityBackEnd,
    seed: int,
    *,
    moderators: Container[str | None] = (),
) -> list[Question]:
    """Return the units of each question that has any, how alike they are, and what covers them.

    Posts that may answer several questions are read under the first.

    Args:
        book: The questions, and the themes to extend.
        tasks: The posts, cut into segments.
        cover: What the themes cover of them.
        back_end: Fitted on each question's units in turn.
        seed: Of the reading order.
        moderators: Authors for whom nobody is quoted or counted.
    """
    units: dict[str | None, list[Unit]] = {leaf.id: [] for leaf in book.leaves}
    known: dict[str | None, dict[str, dict[int, None]]] = {}
    for task in tasks:
        question_id = question_of(task, book)
        mine = units.setdefault(question_id, [])
        is_part_enough = task.post.id in cover.theirs
        for quote in units_of(task, book.language):
            codings = cover.codings.get(task.post.id, ())
            for theme_id in _themes_over(quote, codings, is_part_enough=is_part_enough):
                known.setdefault(question_id, {}).setdefault(theme_id, {})[len(mine)] = None
            mine.append(Unit(quote, question_id, task.post.author_key))
    order: dict[str | None, list[str]] = {}
    shuffled = list(tasks)
    random.Random(seed).shuffle(shuffled)  # noqa: S311  # the reading order, no secret
    for task in shuffled:
        order.setdefault(question_of(task, book), []).append(task.post.id)
    typicality = Typicality(unit.quote.text for mine in units.values() for unit in mine)
    posts = {task.post.id: task.post for task in tasks}
    parts = []
    for question_id, mine in units.items():
        texts = [unit.quote.text for unit in mine]
        if not texts:
            continue
        back_end.fit(texts)
        alike = back_end.similarities(texts)
        themes = known.get(question_id, {})
        parts.append(
            Question(
                question_id=question_id,
                units=mine,
                alike=alike,
                known={theme_id: tuple(places) for theme_id, places in themes.items()},
                order=order[question_id],
                voices=Voices(mine, posts, typicality, moderators),
            )
        )
    return parts


def without_far_ones(
    part: Question, book: Codebook, back_end: SimilarityBackEnd, theirs: Container[str]
) -> Question:
    """Return the question, its themes covering only what is clearly like their own words.

    The embedded coder chooses among the themes there are, and rarely says "none of them". A unit
    stays covered where it is more like the theme's name, definition or an example than nearly all
    pairs of the question's units are, or than `_LIKE` where these are all alike. Theirs, the posts
    that people coded, stay covered as they said.
    """
    if not part.known:
        return part
    texts = [unit.quote.text for unit in part.units]
    said = {theme_id: _words_of(book.theme_by_id[theme_id]) for theme_id in part.known}
    # The themes' words are learnt too: of those that nobody uses, one that somebody does would
    # else be all that is left of a theme.
    back_end.fit([*texts, *(each for words in said.values() for each in words)])
    n = len(texts)
    pairs = back_end.similarities(texts)[:, :n][~np.eye(n, dtype=bool)]
    bar = min(_LIKE, float(np.quantile(pairs, _MOST_PAIRS))) if n > 1 else _LIKE
    near = {}
    for theme_id, places in part.known.items():
        likest = back_end.similarities(said[theme_id])[:, :n].max(axis=0)
        near[theme_id] = tuple(
            place
            for place in places
            if likest[place] > bar or part.units[place].quote.post_id in theirs
        )
    return part._replace(known=near)


def _words_of(theme: Theme) -> list[str]:
    return [theme.name, *filter(None, [theme.definition]), *theme.examples]


def question_of(task: Task, book: Codebook) -> str | None:
    """Return the question under which a post is read; None where it answers none."""
    ids = task.attribution.question_ids
    return book.answerable(ids[0])[0] if ids else None


def units_of(task: Task, language: str) -> list[Quote]:
    """Return the stretches of a post that may hold an idea.

    A segment of few words rarely does: it is read with the one before it, or after it. Labels,
    handles, links and tags at the edges are in none.
    """
    spans = {segment.number: segment.span for segment in task.segments}
    text = task.post.text
    found: list[Span] = []
    was_short = False
    for piece in find_said(task, language):
        span = trimmed(spans[piece.numbers[0]], text)
        is_short = len(span.of(text).split()) < _FEWEST_WORDS
        if found and (is_short or was_short) and not text[found[-1].end : span.start].strip():
            found[-1] = Span(start=found[-1].start, end=span.end)
            is_short = len(found[-1].of(text).split()) < _FEWEST_WORDS
        else:
            found.append(span)
        was_short = is_short
    return [Quote.cut(task.post, [span]) for span in found]


def _themes_over(
    quote: Quote, codings: Sequence[Coding], *, is_part_enough: bool
) -> dict[str, None]:
    """Return the themes of codings that cover at least half of a unit.

    Or that have at least half of their own words in it, if a part is enough.
    """
    (span,) = quote.spans
    themes: dict[str, None] = {}
    for coding in codings:
        length = span.end - span.start
        if is_part_enough:
            length = min(length, sum(other.end - other.start for other in coding.quote.spans))
        if 2 * sum(span.overlap(other) for other in coding.quote.spans) >= length:
            themes |= dict.fromkeys(coding.theme_ids)
    return themes
