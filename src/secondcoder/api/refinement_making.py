"""Making a refinement: lines are suggested, and held-back posts are coded before and after."""

from collections.abc import Sequence
from typing import NamedTuple

from secondcoder.agreement.before_after import before_after
from secondcoder.api.proposal_reading import units_of
from secondcoder.api.readers import Reader
from secondcoder.api.sources import open_source
from secondcoder.api.survey import survey
from secondcoder.coding.coders import is_embedded
from secondcoder.coding.sifting import sift
from secondcoder.coding.tasks import Task
from secondcoder.induction.refine import (
    Pair,
    confused_themes,
    lines_from_quotes,
    themes_of,
)
from secondcoder.induction.refine_prompts import lines_from_reply, refine_prompt
from secondcoder.schema.chat import Chat, Post
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import (
    Coding,
    Codings,
    Failure,
    Outcome,
    Quoted,
)
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.refinements import BeforeAfter, Suggestion
from secondcoder.schema.statistics import IntervalOptions

Suggested = tuple[tuple[Suggestion, ...], tuple[str, ...]]


class Scored(NamedTuple):
    """What coding the held-back posts twice shows."""

    scores: tuple[BeforeAfter, ...] = ()
    n_changed: int = 0
    n_failed: int = 0


async def suggested(
    book: Codebook,
    learnt: Sequence[Pair],
    held: Sequence[Pair],
    of_coder: Codings,
    reader: Reader,
) -> Suggested:
    """Return the lines that the disagreements call for, and what failed.

    A model is asked once per theme on which people and coder differ; examples and, without a
    model, borders come from the quotes. Where people coded a whole post, as sheets do, an example
    is the stretch of it that is most like what others say, as a proposal would quote it; a model
    is shown all that the post says.

    Args:
        book: The codebook.
        learnt: The posts to learn from.
        held: Those held back.
        of_coder: All codings of the chat, which say what the posts stand in.
        reader: Who codes.
    """
    tasks = _tasks(learnt, of_coder)
    units = {task.post.id: units_of(task, book.language) for task in tasks}
    in_units = [_quoting(pair, units.get(pair.people.post.id, [])) for pair in learnt]
    from_quotes = tuple(lines_from_quotes(book, confused_themes(book, in_units, held)))
    if is_embedded(reader.coder):
        return from_quotes, ()
    said = {task.post.id: _as_one(task.post, units[task.post.id]) for task in tasks}
    as_said = [_quoting(pair, said.get(pair.people.post.id, [])) for pair in learnt]
    confused = confused_themes(book, as_said, held)
    lines: list[Suggestion] = []
    failures: list[str] = []
    for coded in of_coder.posts:
        reader.handles.add(coded.post)
    async with reader.drafting("sharper wording") as asker:
        for one in confused:
            reply = await asker.ask(refine_prompt(book, one))
            if isinstance(reply, Failure):
                failures.append(f"theme '{one.theme.id}' was not reworded: {reply.detail}")
            else:
                lines += lines_from_reply(one, reply)
            lines += (
                line
                for line in from_quotes
                if line.theme_id == one.theme.id and line.field == "examples"
            )
        return tuple(lines), tuple(failures)


async def scored(
    books: tuple[Codebook, Codebook],
    held: Sequence[Pair],
    of_coder: Codings,
    reader: Reader,
    *,
    seed: int,
) -> Scored:
    """Return how well the held-back posts are coded before and after, beside people.

    Posts that rules settle have no theme either way, and those left to people count as none. A post
    that could not be coded with one of the codebooks is left out of both.

    Args:
        books: The codebook before and after.
        held: The posts.
        of_coder: All codings of the chat, which say what the posts stand in.
        reader: Who codes.
        seed: Of the intervals.
    """
    if books[0] == books[1]:
        return Scored()
    sets = [
        {post_id: _themes(outcome) for post_id, outcome in outcomes.items()}
        for outcomes in await coded_twice(books, held, of_coder, reader)
    ]
    rows = []
    for pair in held:
        post = pair.people.post
        before, after = (each.get(post.id, frozenset()) for each in sets)
        if before is not None and after is not None:
            author = post.author_key or f"@{post.id}"
            rows.append((author, themes_of(pair.people), before, after))
    if not rows:
        return Scored(n_failed=len(held))
    authors, people, before_sets, after_sets = zip(*rows, strict=True)
    return Scored(
        before_after(
            people,
            before_sets,
            after_sets,
            clusters=authors,
            interval=IntervalOptions(seed=seed),
        ),
        n_changed=sum(one != two for one, two in zip(before_sets, after_sets, strict=True)),
        n_failed=len(held) - len(rows),
    )


async def coded_twice(
    books: tuple[Codebook, Codebook], held: Sequence[Pair], of_coder: Codings, reader: Reader
) -> list[dict[str, Outcome]]:
    """Return what becomes of the held-back posts under the codebook before and after, by id."""
    tasks = _tasks(held, of_coder)
    for coded in of_coder.posts:
        reader.handles.add(coded.post)
    steps = ("held-back posts before", "held-back posts after")
    return [
        await reader.outcomes(book, tasks, step) for book, step in zip(books, steps, strict=True)
    ]


def _as_one(post: Post, units: Sequence[Quote]) -> list[Quote]:
    """Return all that a post says as one quote, from its first unit to its last."""
    if not units:
        return []
    span = Span(start=units[0].spans[0].start, end=units[-1].spans[-1].end)
    return [Quote.cut(post, [span])]


def _quoting(pair: Pair, parts: Sequence[Quote]) -> Pair:
    """Return the pair, people's quotes of a whole post replaced by these parts of it."""
    outcome = pair.people.outcome
    if not parts or not isinstance(outcome, Quoted):
        return pair
    first, last = parts[0].spans[0].start, parts[-1].spans[-1].end
    codings: list[Coding] = []
    for coding in outcome.codings:
        spans = coding.quote.spans
        is_whole = len(spans) == 1 and spans[0].start <= first and last <= spans[0].end
        quotes = parts if is_whole else [coding.quote]
        codings += (coding.model_copy(update={"quote": quote}) for quote in quotes)
    people = pair.people.model_copy(update={"outcome": Quoted(codings=tuple(codings))})
    return pair._replace(people=people)


def _tasks(pairs: Sequence[Pair], of_coder: Codings) -> list[Task]:
    """Return the posts as a run would hand them to a coder, without what rules settle."""
    by_id = {pair.coder.post.id: pair for pair in pairs}
    chat = Chat(info=of_coder.info.chat, posts=tuple(coded.post for coded in of_coder.posts))
    source = open_source(chat)
    book = of_coder.info.codebook
    found = survey(source, book)
    return [
        # The questions are those the posts were coded under.
        task._replace(attribution=by_id[placed.post.id].coder.attribution)
        for placed in found.place(source)
        if placed.post.id in by_id
        and isinstance(task := sift(placed, language=book.language), Task)
    ]


def _themes(outcome: Outcome) -> frozenset[str] | None:
    if isinstance(outcome, Failure):
        return None
    codings = outcome.codings if isinstance(outcome, Quoted) else ()
    return frozenset(theme_id for coding in codings for theme_id in coding.theme_ids)
