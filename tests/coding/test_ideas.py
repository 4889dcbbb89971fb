"""Which quotes of several members are one idea, and which words they have in common."""

from itertools import permutations

import pytest
from coding.panel_cases import LEADERS, PAPER, POST, TIME, coding
from hypothesis import given
from hypothesis import strategies as st

from secondcoder.coding.ideas import common_quote, ideas_of
from secondcoder.schema.codings import Coding
from secondcoder.schema.quotes import Quote, Span


def words_of(codings: list[list[Coding]], overlap: float = 0.5) -> list[str]:
    """Return the common words of each idea and who has it."""
    found = []
    for idea in ideas_of(codings, overlap):
        quote = common_quote(idea, POST)
        found.append(f"{''.join(map(str, sorted(idea)))} {quote.text if quote else ''}")
    return found


def test_quotes_of_the_same_words_are_one_idea_whatever_their_themes() -> None:
    """Three members mark the first sentence, one of them the last besides."""
    a, b, c = coding(TIME, themes="time"), coding(TIME, themes="joy"), coding(TIME)
    assert words_of([[a], [b, coding(LEADERS)], [c]]) == [f"012 {TIME}", f"1 {LEADERS}"]


def test_a_quote_goes_with_the_one_it_overlaps_most_and_with_no_other_of_that_member() -> None:
    """Two quotes of one member never are one idea: the second stays alone."""
    both = coding(f"{TIME} {PAPER}")
    assert words_of([[both], [coding(TIME), coding(PAPER)]], overlap=0.3) == [
        f"1 {TIME}",
        f"01 {PAPER}",
    ]


def test_less_than_the_least_overlap_is_another_idea() -> None:
    """18 of 42 characters are 0.43: below 0.5, above 0.4."""
    pair = [[coding(f"{TIME} {PAPER}")], [coding(TIME)]]
    assert len(words_of(pair, overlap=0.5)) == 2
    assert len(words_of(pair, overlap=0.4)) == 1


def test_the_common_words_are_those_that_more_than_half_have() -> None:
    """Two of three take the second sentence in, one the last: only the second stays."""
    idea = {
        0: coding(f"{TIME} {PAPER}"),
        1: coding(POST.text),
        2: coding(TIME),
    }
    found = common_quote(idea, POST)
    assert found is not None
    assert found.text == f"{TIME} {PAPER}"


def test_of_two_members_both_must_have_a_character_and_edges_are_trimmed() -> None:
    """The gap between two spans stays out, and no span begins or ends with white space."""
    found = common_quote({0: coding(TIME, LEADERS), 1: coding(f"{TIME} {PAPER}", LEADERS)}, POST)
    assert found is not None
    assert found.text == f"{TIME} […] {LEADERS}"
    wide = Coding(quote=Quote.cut(POST, [Span(start=0, end=19)]))
    trimmed = common_quote({0: wide, 1: wide}, POST)
    assert trimmed is not None
    assert trimmed.text == TIME


def test_words_that_no_majority_shares_are_no_quote() -> None:
    """Two quotes side by side have nothing in common."""
    assert common_quote({0: coding(TIME), 1: coding(PAPER)}, POST) is None


def codings() -> st.SearchStrategy[list[list[Coding]]]:
    """Return quotes of up to four members, anywhere in the post."""
    spans = st.tuples(st.integers(0, 55), st.integers(3, 40)).map(
        lambda place: Span(start=place[0], end=min(62, place[0] + place[1]))
    )
    one = st.builds(
        lambda span, themes: Coding(quote=Quote.cut(POST, [span]), theme_ids=tuple(themes)),
        spans,
        st.sets(st.sampled_from("abc"), max_size=2).map(sorted),
    )
    return st.lists(st.lists(one, max_size=3), min_size=2, max_size=4)


@given(codings())
def test_every_quote_is_in_one_idea_and_each_member_once_in_each(given: list[list[Coding]]) -> None:
    """Nothing is lost or used twice."""
    ideas = ideas_of(given, 0.5)
    assert sum(len(idea) for idea in ideas) == sum(len(mine) for mine in given)
    for member, mine in enumerate(given):
        used = [id(idea[member]) for idea in ideas if member in idea]
        assert sorted(used) == sorted(map(id, mine))


@given(codings())
def test_the_order_of_the_members_changes_no_idea(given: list[list[Coding]]) -> None:
    """Ideas are the same sets of quotes."""

    def told(members: list[list[Coding]]) -> list[list[str]]:
        ideas = ideas_of(members, 0.5)
        return sorted(sorted(repr(one) for one in idea.values()) for idea in ideas)

    expected = told(given)
    for order in permutations(given):
        assert told(list(order)) == expected


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_members_who_agree_have_one_idea_with_their_own_words(n: int) -> None:
    """However many they are."""
    assert words_of([[coding(PAPER)]] * n) == [f"{''.join(map(str, range(n)))} {PAPER}"]
