"""What counts as a unit and what as a rating, counted by hand."""

import pytest
from agreement.coded_chats import (
    ABSTAINED,
    FAILED,
    LEFT_OUT,
    NOT_CODED,
    REPOST,
    coded,
)

from secondcoder.agreement.shared_posts import SharedPosts, share_posts
from secondcoder.agreement.unit_table import OTHER_IDEAS, UnitTable
from secondcoder.agreement.units import post_units, quote_units
from secondcoder.schema.agreement import Counting, Selection
from secondcoder.schema.codings import Codings, LeftOutReason

DEFAULT = Counting()
NONE: frozenset[str] = frozenset()


def side_by_side(*codings: Codings) -> SharedPosts:
    """Return the codings side by side."""
    return share_posts(codings, Selection())


def test_what_is_no_rating_takes_a_post_out_and_no_theme_does_not() -> None:
    """Of six posts two are units: both quoted p0; bob left p1 out, which is the empty set."""
    ann = coded("ann", ["tea time"] * 6)
    bob = coded("bob", ["tea", LEFT_OUT, ABSTAINED, FAILED, NOT_CODED, None])
    table = post_units(side_by_side(ann, bob), DEFAULT)
    assert table.rows == (
        (frozenset({"tea", "time"}), frozenset({"tea"})),
        (frozenset({"tea", "time"}), NONE),
    )
    assert table.post_ids == ("p0", "p1")


@pytest.mark.parametrize(
    ("counting", "ids"),
    [
        (Counting(abstained="no-theme"), ("p0", "p1", "p2")),
        (Counting(failed="no-theme"), ("p0", "p1", "p3")),
        (Counting(never_seen="no-theme"), ("p0", "p1", "p4", "p5")),
        (Counting(left_out="missing"), ("p0",)),
    ],
)
def test_each_of_the_four_can_be_counted_otherwise(
    counting: Counting, ids: tuple[str, ...]
) -> None:
    """One option each, and nothing else changes."""
    bob = coded("bob", ["tea", LEFT_OUT, ABSTAINED, FAILED, NOT_CODED, None])
    table = post_units(side_by_side(coded("ann", ["tea"] * 6), bob), counting)
    assert table.post_ids == ids


def test_other_ideas_are_no_theme_or_a_theme_of_their_own() -> None:
    """A post with a theme and another idea has both where it counts."""
    ann, bob = coded("ann", [[(0, 3, "tea"), (4, 8, "")]]), coded("bob", [LEFT_OUT])
    shared = side_by_side(ann, bob)
    assert post_units(shared, DEFAULT).rows == ((frozenset({"tea"}), NONE),)
    own = Counting(other_ideas="own-category")
    assert post_units(shared, own).rows == ((frozenset({"tea", OTHER_IDEAS}), NONE),)


def test_posts_all_left_out_for_a_reason_can_be_set_aside() -> None:
    """Only where every coder who rated it gave such a reason."""
    ann = coded("ann", [REPOST, REPOST, "tea"])
    bob = coded("bob", [REPOST, "tea", "tea"])
    counting = Counting(set_aside=(LeftOutReason.REPOST,))
    assert post_units(side_by_side(ann, bob), counting).post_ids == ("p1", "p2")


def test_quotes_are_matched_within_a_post_and_lone_ones_counted() -> None:
    """[0, 8) meets [0, 7); [9, 18) of ann and [20, 26) of bob meet nothing."""
    ann = coded("ann", [[(0, 8, "tea"), (9, 18, "time")]])
    bob = coded("bob", [[(0, 7, "trust"), (20, 26, "time")]])
    table = quote_units(side_by_side(ann, bob), DEFAULT, coders=(0, 1), overlap=0.5)
    assert table.rows == ((frozenset({"tea"}), frozenset({"trust"})),)
    assert table.n_unmatched == (1, 1)


def test_a_quote_in_a_post_the_other_left_out_is_unmatched_not_excluded() -> None:
    """Leaving out is a decision; abstaining is none."""
    ann = coded("ann", ["tea", "tea"])
    bob = coded("bob", [LEFT_OUT, ABSTAINED])
    table = quote_units(side_by_side(ann, bob), DEFAULT, coders=(0, 1), overlap=0.5)
    assert table.rows == ()
    assert table.n_unmatched == (1, 0)


def test_one_stretch_coded_for_two_questions_is_one_quote() -> None:
    """Its themes are put together."""
    ann = coded("ann", [[(0, 8, "Q1:tea"), (0, 8, "Q2a:time")]])
    table = quote_units(
        side_by_side(ann, coded("bob", [[(0, 8, "tea time")]])), DEFAULT, coders=(0, 1), overlap=1
    )
    assert table.rows == ((frozenset({"tea", "time"}),) * 2,)


def test_of_three_coders_a_unit_holds_at_most_one_quote_of_each() -> None:
    """All three mark the start; ann and cem mark the end; the order of coders changes nothing."""
    ann = coded("ann", [[(0, 8, "tea"), (13, 26, "trust")]])
    bob = coded("bob", [[(0, 9, "tea")]])
    cem = coded("cem", [[(1, 8, "time"), (14, 26, "trust")]])
    for coders in ((ann, bob, cem), (cem, ann, bob)):
        shared = side_by_side(*coders)
        table = quote_units(shared, DEFAULT, coders=(0, 1, 2), overlap=0.5)
        found = {
            frozenset((name, rating) for name, rating in zip(table.names, row, strict=True))
            for row in table.rows
        }
        tea, time, trust = (frozenset({theme}) for theme in ("tea", "time", "trust"))
        assert found == {
            frozenset({("ann", tea), ("bob", tea), ("cem", time)}),
            frozenset({("ann", trust), ("bob", None), ("cem", trust)}),
        }
        assert sum(table.n_unmatched) == 0


def test_a_link_that_would_put_two_quotes_of_one_coder_together_is_dropped() -> None:
    """Ann is closest to cem's first quote (0.9), bob to the second (0.64), ann to bob (0.57)."""
    ann = coded("ann", [[(0, 10, "tea")]])
    bob = coded("bob", [[(2, 14, "time")]])
    cem = coded("cem", [[(0, 9, "tea"), (5, 16, "time")]])
    table = quote_units(side_by_side(ann, bob, cem), DEFAULT, coders=(0, 1, 2), overlap=0.5)
    tea, time = frozenset({"tea"}), frozenset({"time"})
    assert set(table.rows) == {(tea, None, tea), (None, time, time)}


def test_units_of_one_post_are_one_cluster() -> None:
    """Two quotes of p0 and one of p1; alone in their posts, units need no clusters."""
    two = coded("ann", [[(0, 3, "tea"), (9, 26, "time")], "tea"])
    shared = side_by_side(two, coded("bob", [[(0, 3, "tea"), (9, 26, "time")], "tea"]))
    table = quote_units(shared, DEFAULT, coders=(0, 1), overlap=0.5)
    assert table.ratings.clusters is not None
    assert table.ratings.clusters.tolist() == [0, 0, 1]
    assert table.n_posts == 2
    assert post_units(shared, DEFAULT).ratings.clusters is None


def test_the_table_of_some_coders_keeps_what_two_of_them_rated() -> None:
    """p1 has one rating among ann and cem."""
    table = UnitTable(("ann", "bob", "cem"), ((NONE, NONE, NONE), (NONE, NONE, None)), ("p0", "p1"))
    some = table.of((0, 2))
    assert (some.names, some.rows, some.post_ids) == (("ann", "cem"), ((NONE, NONE),), ("p0",))
