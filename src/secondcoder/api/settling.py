"""Settling: every post of a chat once, in its order, whatever order a coder answers in."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from typing import NamedTuple

from secondcoder.api.ahead import Sifted
from secondcoder.api.bookkeeping import Bookkeeper
from secondcoder.api.sources import Source
from secondcoder.api.survey import Survey
from secondcoder.coding.sifting import sift
from secondcoder.coding.tasks import Decision, PostCoder, Task
from secondcoder.errors import InputError
from secondcoder.schema.codings import PostCodings
from secondcoder.schema.runs import Usage


class Settled(NamedTuple):
    """A post that is done, what that cost, and of a panel what each member decided."""

    coded: PostCodings
    usage: Usage = Usage()
    by_members: tuple[Decision, ...] = ()


async def in_order(
    source: Source, found: Survey, coder: PostCoder, ledgered: Bookkeeper, sifted: Sifted
) -> AsyncGenerator[Settled, None]:
    """Yield every post once, in the chat's order, whatever order the coder answers in.

    What a decision cost is counted before its turn comes. What was sifted before is used up.

    Raises:
        InputError: If the coder leaves a task without a decision.
    """
    done: dict[int, Settled] = {}
    asked: dict[str, int] = {}
    place = 0

    def settled(position: int, coded: PostCodings) -> None:
        done[position] = Settled(coded)

    tasks = tasks_of(source, found, asked, settled, sifted=sifted)
    # Closed at once when the run is stopped, so that requests in flight are cancelled.
    async with aclosing(coder.code(tasks)) as decisions:
        async for task, outcome, usage, by_members in decisions:
            ledgered.count(usage)
            coded = PostCodings(post=task.post, attribution=task.attribution, outcome=outcome)
            done[asked.pop(task.post.id)] = Settled(coded, usage, by_members)
            while place in done:
                yield done.pop(place)
                place += 1
    while place in done:
        yield done.pop(place)
        place += 1
    if asked or done:
        raise InputError(
            f"coder {coder.coder.id} gave no decision on {len(asked)} posts; a coder answers every "
            f"task, with a Failure where it must"
        )


def tasks_of(
    source: Source,
    found: Survey,
    asked: dict[str, int],
    settled: Callable[[int, PostCodings], None],
    *,
    sifted: Sifted | None = None,
) -> Iterator[Task]:
    """Yield the posts that a coder must look at; the others are settled by rules.

    Args:
        source: The posts.
        found: What a first look at them told.
        asked: Takes the place in the chat of each post that is yielded, by id.
        settled: Called with the place and the decision of each of the others.
        sifted: What came of posts that were looked at before; used up.
    """
    known = {} if sifted is None else sifted
    for position, placed in enumerate(found.place(source)):
        of_it = known.pop(placed.post.id, None)
        of_it = of_it or sift(placed, language=found.codebook.language)
        if isinstance(of_it, PostCodings):
            settled(position, of_it)
        else:
            asked[placed.post.id] = position
            yield of_it
