"""What moved between two codings; every count by hand.

The text is `tea time and trust for all`: tea 0-3, time 4-8, trust 13-18.
"""

import pytest
from agreement.coded_chats import ABSTAINED, BOOK, LEFT_OUT, REPOST, coded
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.agreement.difference import difference
from secondcoder.errors import CodingsError, InputError
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.differences import Difference, Placing

RENAMED = Codebook(
    title="Tea",
    questions=BOOK.questions,
    themes=(
        Theme(id="tea", name="Tea"),
        Theme(id="hours", name="Hours"),
        Theme(id="trust", name="Trust"),
    ),
)


def counts(found: Difference) -> dict[str | None, tuple[int, int, int]]:
    """Return kept, gained and lost of each theme."""
    return {each.theme_id: (each.n_kept, each.n_gained, each.n_lost) for each in found.themes}


def test_a_chat_of_every_change_counted_by_hand() -> None:
    """Four quotes before, five after: one moved, one recut, one gone, two new, one as it was."""
    before = coded("ann", [[(0, 3, "tea"), (13, 18, "tea")], [(0, 8, "time")], "trust", LEFT_OUT])
    after = coded(
        "bob",
        [[(0, 3, "tea"), (13, 18, "trust")], [(0, 7, "time")], LEFT_OUT, [(0, 3, ""), (4, 8, "")]],
    )
    found = difference(before, after)
    assert (found.n_quotes_before, found.n_quotes_after, found.n_same) == (4, 5, 1)
    assert [(each.kind, each.post_id) for each in found.quotes] == [
        ("moved", "p0"),
        ("recut", "p1"),
        ("gone", "p2"),
        ("new", "p3"),
        ("new", "p3"),
    ]
    moved = found.changed("moved")[0]
    assert moved.before == Placing(text="trust", theme_ids=("tea",))
    assert moved.after == Placing(text="trust", theme_ids=("trust",))
    assert counts(found) == {
        "tea": (1, 0, 1),
        "time": (1, 0, 0),
        "trust": (0, 1, 1),
        None: (0, 2, 0),
    }
    assert [(post.post_id, post.before, post.after) for post in found.posts] == [
        ("p2", "quoted", "left-out: no-idea"),
        ("p3", "left-out: no-idea", "quoted"),
    ]
    assert (found.coder_before, found.coder_after, found.is_same_codebook) == ("ann", "bob", True)


def test_a_theme_more_is_kept_and_gained() -> None:
    """A quote with two themes counts under each."""
    found = difference(coded("a", ["tea"]), coded("a", ["tea time"]))
    assert counts(found)["tea"] == (1, 0, 0)
    assert counts(found)["time"] == (0, 1, 0)
    assert found.themes[0].n_before == found.themes[0].n_after == 1


def test_the_order_of_themes_is_no_change() -> None:
    """Themes of a quote are a set."""
    found = difference(coded("a", ["tea time"]), coded("a", ["time tea"]))
    assert (found.n_same, found.quotes) == (1, ())


def test_another_question_is_a_move_with_its_themes_kept() -> None:
    """The quote moved, the theme did not."""
    found = difference(coded("a", [[(0, 3, "Q1:tea")]]), coded("a", [[(0, 3, "Q2a:tea")]]))
    (moved,) = found.changed("moved")
    assert moved.before is not None
    assert moved.after is not None
    assert (moved.before.question_id, moved.after.question_id) == ("Q1", "Q2a")
    assert counts(found)["tea"] == (1, 0, 0)


def test_the_same_words_under_two_questions_are_not_crossed() -> None:
    """Listed in another order, they are what they were; only the third has moved."""
    before = coded("a", [[(0, 3, "Q1:tea"), (0, 3, "Q2a:time"), (4, 8, "tea")]])
    after = coded("a", [[(0, 3, "Q2a:time"), (0, 3, "Q1:tea"), (4, 8, "time")]])
    found = difference(before, after)
    assert found.n_same == 2
    assert [each.kind for each in found.quotes] == ["moved"]


def test_less_overlap_than_asked_for_is_gone_and_new() -> None:
    """`tea` in `tea time` is 3 of 8 characters: apart at one half, the same at one third."""
    before, after = coded("a", [[(0, 3, "tea")]]), coded("a", [[(0, 8, "tea")]])
    assert [each.kind for each in difference(before, after).quotes] == ["gone", "new"]
    assert [each.kind for each in difference(before, after, overlap=1 / 3).quotes] == ["recut"]


def test_posts_of_one_coding_alone_are_named_and_not_counted() -> None:
    """Neither their quotes nor their outcomes."""
    found = difference(coded("a", ["tea", "tea", None]), coded("a", [None, "tea", "tea"]))
    assert (found.only_before, found.only_after, found.n_posts) == (("p0",), ("p2",), 1)
    assert (found.n_quotes_before, found.n_quotes_after) == (1, 1)


def test_another_reason_to_leave_out_is_no_other_outcome() -> None:
    """Left out stays left out; abstained is something else."""
    found = difference(coded("a", [LEFT_OUT, LEFT_OUT]), coded("a", [REPOST, ABSTAINED]))
    assert [(each.post_id, each.after) for each in found.posts] == [("p1", "abstained")]


def test_a_theme_with_another_id_is_another_theme_without_a_mapping() -> None:
    """It is renamed only where that is said; the old id then has no row of its own."""
    before, after = coded("a", ["time"]), coded("a", ["hours"], book=RENAMED)
    found = difference(before, after)
    assert counts(found)["time"] == (0, 0, 1)
    assert counts(found)["hours"] == (0, 1, 0)
    assert not found.is_same_codebook
    mapped = difference(before, after, mapping={"time": "hours", "tea": "tea"})
    assert counts(mapped) == {
        "tea": (0, 0, 0),
        "hours": (1, 0, 0),
        "trust": (0, 0, 0),
        None: (0, 0, 0),
    }
    assert mapped.n_same == 1


def test_two_themes_may_become_one() -> None:
    """A quote that had both has the one, once."""
    found = difference(
        coded("a", ["tea time"]),
        coded("a", ["hours"], book=RENAMED),
        mapping={"tea": "hours", "time": "hours"},
    )
    assert (found.n_same, counts(found)["hours"]) == (1, (1, 0, 0))


@pytest.mark.parametrize(
    ("mapping", "what"),
    [
        ({"hours": "tea"}, "'hours', which the first"),
        ({"time": "none"}, "'none', which the second"),
    ],
)
def test_a_mapping_of_unknown_themes_is_refused(mapping: dict[str, str], what: str) -> None:
    """The message names the id and the codebook."""
    with pytest.raises(CodingsError, match=what):
        difference(coded("a", ["tea"]), coded("a", ["hours"], book=RENAMED), mapping=mapping)


def test_posts_of_another_text_are_refused() -> None:
    """The post is named."""
    with pytest.raises(CodingsError, match="post p0 has another text"):
        difference(coded("a", ["tea"]), coded("a", ["tea"], text="something else altogether"))


@pytest.mark.parametrize("overlap", [0, 1.1])
def test_an_overlap_out_of_range_is_refused(overlap: float) -> None:
    """Zero would pair anything with anything."""
    with pytest.raises(InputError, match="above 0 and at most 1"):
        difference(coded("a", []), coded("a", []), overlap=overlap)


QUOTES = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["", "tea", "time", "tea trust"])), max_size=4
)
CHATS = st.lists(QUOTES, min_size=3, max_size=3)


@settings(deadline=None, max_examples=60)
@given(CHATS, CHATS)
def test_counts_add_up_and_turn_round(
    one: list[list[tuple[int, str]]], two: list[list[tuple[int, str]]]
) -> None:
    """Every quote is counted once; the other way round, gained is lost and new is gone."""

    def chat(quotes: list[list[tuple[int, str]]]) -> list[list[tuple[int, int, str]] | None]:
        return [[(6 * at, 6 * at + 5, what) for at, what in each] or None for each in quotes]

    before, after = coded("a", chat(one)), coded("b", chat(two))
    there, back = difference(before, after), difference(after, before)
    paired = there.n_same + len(there.changed("moved")) + len(there.changed("recut"))
    assert there.n_quotes_before == paired + len(there.changed("gone"))
    assert there.n_quotes_after == paired + len(there.changed("new"))
    assert len(there.changed("gone")) == len(back.changed("new"))
    assert sum(each.n_before for each in there.themes) == sum(each.n_after for each in back.themes)
    assert difference(before, before).quotes == ()
