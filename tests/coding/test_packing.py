"""The rule of `--pack auto`: which sample, and up to which size answers hold."""

import asyncio
from collections import Counter
from collections.abc import Mapping

import pytest
from coding.model_cases import task

from secondcoder.coding.packing import (
    BLOCK,
    SAMPLE,
    SIZES,
    Asked,
    climb,
    draw,
    mean_overlap,
    mixed,
    overlap,
    rank,
)
from secondcoder.coding.tasks import Task
from secondcoder.schema.chat import Post
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Failure,
    LeftOut,
    LeftOutReason,
    Outcome,
    Quoted,
)
from secondcoder.schema.packing import MARGIN, Packing
from secondcoder.schema.quotes import Quote, Span

NO_IDEA = LeftOut(reason=LeftOutReason.NO_IDEA)
UNSURE = Abstention(note="either")
FAILED = Failure(error="ResponseError", detail="no reply")
POSTS = tuple(task(f"p{number}", "Words.") for number in range(SAMPLE))


def quoted(*themes: str | None, question: str = "Q1") -> Quoted:
    """Return a decision of one quote per theme; None: an idea without one."""
    post = Post(id="1", text="Protected hours")
    quote = Quote.cut(post, [Span(start=0, end=15)])
    return Quoted(
        codings=tuple(
            Coding(quote=quote, question_id=question, theme_ids=(theme,) if theme else ())
            for theme in themes
        )
    )


def chosen(*changed: int, twice: int = 0, requests: Mapping[int, int] | None = None) -> Packing:
    """Return the choice where so many of the sample's answers change at 2, 4, 8 and 16.

    Args:
        *changed: By size.
        twice: How many of the single answers change when they are asked for again.
        requests: How many a size took, where not those that it should.
    """
    asked: list[tuple[int, int]] = []

    async def ask(size: int, time: int) -> Asked:
        assert (size, time) not in asked
        asked.append((size, time))
        first = (size, time) == (1, 1)
        n_changed = 0 if first else (twice if size == 1 else changed[SIZES.index(size)])
        outcomes: dict[str, Outcome] = {
            post.post.id: UNSURE if place < n_changed else NO_IDEA
            for place, post in enumerate(POSTS)
        }
        return Asked(outcomes, (requests or {}).get(size, SAMPLE // size), 0)

    return asyncio.run(climb(POSTS, ask))


@pytest.mark.parametrize(
    ("changed", "size"),
    [
        ((0, 0, 0, 0), 16),
        ((2, 2, 2, 2), 16),
        ((3,), 1),
        ((0, 3), 2),
        ((0, 2, 3), 4),
        ((0, 0, 0, 9), 8),
    ],
)
def test_it_climbs_as_far_as_answers_hold(changed: tuple[int, ...], size: int) -> None:
    """Two of 48 answers may change (0.958), three not (0.9375): at least 0.95 are to be the same.

    Larger sizes than the first that fails are not asked about.
    """
    assert SAMPLE == 48
    assert MARGIN == 0.05
    packing = chosen(*changed)
    assert packing.posts_per_request == size
    assert [trial.holds for trial in packing.trials] == [n <= 2 for n in changed]
    assert packing.sample == tuple(post.post.id for post in POSTS)


def test_a_model_that_wavers_alone_may_waver_as_much_when_packed() -> None:
    """Six of 48 single answers change when asked again: up to eight may change at 2 per request."""
    packing = chosen(8, 9, twice=6)
    assert packing.posts_per_request == 2
    assert packing.with_itself == pytest.approx(1 - 6 / 48)
    assert [trial.at_least for trial in packing.trials] == pytest.approx([0.825, 0.825])


def test_single_answers_are_asked_for_again_only_where_that_can_matter() -> None:
    """Whoever agrees with them within the margin holds however steady they are."""
    assert chosen(0, 1, 2, 0, twice=40).with_itself is None


def test_a_size_whose_replies_come_to_nothing_does_not_pay() -> None:
    """The answers are right, for they were asked for again alone: with more requests than saved."""
    packing = chosen(0, 0, 0, 0, requests={8: 13})
    assert packing.posts_per_request == 4
    assert packing.why == "at 8 per request, 48 sample posts took 13 requests: many came to nothing"
    assert chosen(0, 0, 0, 0, requests={8: 12}).posts_per_request == 16


@pytest.mark.parametrize(("n_failed", "packs"), [(24, True), (25, False)])
def test_nothing_is_measured_against_answers_that_are_not_there(
    n_failed: int, *, packs: bool
) -> None:
    """Posts without a single answer are left out; where most are, posts go alone."""

    async def ask(size: int, _time: int) -> Asked:
        outcomes: dict[str, Outcome] = {
            post.post.id: FAILED if place < n_failed and size == 1 else NO_IDEA
            for place, post in enumerate(POSTS)
        }
        return Asked(outcomes, SAMPLE // size, 0)

    packing = asyncio.run(climb(POSTS, ask))
    assert packing.posts_per_request == (16 if packs else 1)
    if not packs:
        assert packing.why == "single answers to 25 of 48 sample posts failed"


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (quoted("time"), quoted("time"), 1),
        (quoted("time", "money"), quoted("time"), 1 / 2),
        (quoted("time", "money"), quoted("time", "joy"), 1 / 3),
        (quoted("joy"), quoted("joy", question="Q2"), 0),
        (quoted(None), quoted(None), 1),
        (quoted(None), NO_IDEA, 0),
        (NO_IDEA, LeftOut(reason=LeftOutReason.GREETING), 1),
        (UNSURE, Abstention(note="other words"), 1),
        (UNSURE, NO_IDEA, 0),
        (FAILED, FAILED, 0),
    ],
)
def test_decisions_are_compared_as_sets(one: Outcome, other: Outcome, shared: float) -> None:
    """Question and theme of each quote; where the quotes lie does not count, nor do reasons."""
    assert overlap(one, other) == pytest.approx(shared)
    assert overlap(other, one) == pytest.approx(shared)


def test_a_post_that_only_failed_when_packed_shares_nothing() -> None:
    """One that failed alone tells nothing of packing."""
    single: dict[str, Outcome] = {"a": NO_IDEA, "b": NO_IDEA, "c": FAILED}
    assert mean_overlap(single, {"a": NO_IDEA, "b": FAILED, "c": NO_IDEA}) == 0.5


def test_a_sample_is_blocks_of_posts_that_share_their_questions() -> None:
    """In proportion: the question with most of the posts gives two blocks of three."""
    many = [task(f"a{n}", "x", questions=("Q1",)) for n in range(270)]
    few = [task(f"b{n}", "x", questions=("Q2a",)) for n in range(100)]
    rare = [task(f"c{n}", "x", questions=("Q2b",)) for n in range(BLOCK - 1)]
    drawn = draw([*many, *few, *rare])
    questions = [one.attribution.question_ids for one in drawn]
    assert Counter(questions) == {("Q1",): 2 * BLOCK, ("Q2a",): BLOCK}
    assert all(len(set(questions[at : at + BLOCK])) == 1 for at in range(0, SAMPLE, BLOCK))


def test_a_sample_is_drawn_by_chance_and_stays_the_same_when_a_chat_grows() -> None:
    """Neither order nor place in the chat decides, and few new posts displace few."""
    posts = [task(f"p{n}", "x") for n in range(1000)]
    drawn = ids(draw(posts))
    assert drawn == ids(draw(posts[::-1]))
    assert sum(int(post_id[1:]) < 500 for post_id in drawn) in range(14, 35)
    grown = ids(draw([*posts, *(task(f"q{n}", "x") for n in range(50))]))
    assert len(drawn & grown) >= SAMPLE - 8


def test_a_chat_without_groups_of_posts_gives_less_than_a_sample() -> None:
    """Requests of sixteen could not be filled, so nothing could be said of them."""
    posts = [task(f"p{n}", "x", questions=(f"Q{n % 30}",)) for n in range(450)]
    assert draw(posts) == ()


def test_each_size_meets_other_neighbours() -> None:
    """And blocks stay together, so that requests are full."""
    orders = {size: mixed(POSTS, size) for size in (1, *SIZES)}
    assert len(set(orders.values())) == len(orders)
    for order in orders.values():
        assert ids(order[:BLOCK]) == ids(POSTS[:BLOCK])
        assert ids(order) == ids(POSTS)


def test_ranks_are_spread_evenly() -> None:
    """A tenth of the posts stands below a tenth."""
    n_below = sum(rank(str(number)) < 0.1 for number in range(10_000))
    assert n_below in range(900, 1100)


def ids(posts: tuple[Task, ...]) -> set[str]:
    """Return the posts' ids."""
    return {one.post.id for one in posts}
