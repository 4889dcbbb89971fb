"""What votes decide about a post. The tables are done by hand."""

from itertools import permutations

import pytest
from coding.panel_cases import (
    LEADERS,
    PAPER,
    POST,
    TIME,
    Said,
    coding,
    failed,
    left_out,
    quoted,
    unsure,
)

from secondcoder.coding.consensus import VotingRule, consensus
from secondcoder.schema.codings import Abstention, Coding, Failure, LeftOut, Outcome, Quoted


def decided(*said: Said, min_votes: float | None = None) -> Outcome:
    """Return what members called a, b, … decide together, whatever the order they stand in."""
    named = dict(zip("abcdefg", said, strict=False))
    found = consensus(POST, named, VotingRule(min_votes))
    for order in list(permutations(named))[1:6]:
        again = consensus(POST, {name: named[name] for name in order}, VotingRule(min_votes))
        assert again.kind == found.kind
        if isinstance(found, Quoted):
            assert again == found
    return found


def only(outcome: Outcome) -> Coding:
    """Return the one coding of a post."""
    assert isinstance(outcome, Quoted), outcome
    (found,) = outcome.codings
    return found


def why(outcome: Outcome) -> str:
    """Return why a post goes to people."""
    assert isinstance(outcome, Abstention), outcome
    return outcome.note


def test_confidence_is_the_share_of_votes() -> None:
    """Two of three say time, one says joy: 2/3, and the lost theme's vote stays on record."""
    found = only(
        decided(
            quoted(coding(TIME, themes="time")),
            quoted(coding(TIME, themes="time")),
            quoted(coding(TIME, themes="joy")),
        )
    )
    assert found.theme_ids == ("time",)
    assert found.confidence == pytest.approx(2 / 3)
    assert found.votes is not None
    assert found.votes.themes == {"joy": 1, "time": 2}
    assert (found.votes.n_for, found.votes.n_cast, found.votes.n_missing) == (2, 3, 0)
    assert found.votes.words == "2 of 3 votes"


def test_the_least_sure_part_is_the_confidence() -> None:
    """All three quote it and give time; two give joy besides, so the set has two votes."""
    both = quoted(coding(TIME, themes="time joy"))
    found = only(decided(both, both, quoted(coding(TIME, themes="time"))))
    assert found.theme_ids == ("time", "joy")
    assert found.confidence == pytest.approx(2 / 3)


def test_a_quote_most_do_not_have_is_dropped_and_no_other_is() -> None:
    """One of three quotes the second sentence."""
    time = coding(TIME, themes="time")
    assert only(decided(quoted(time, coding(PAPER)), quoted(time), quoted(time))).quote.text == TIME


def test_a_missing_vote_is_no_vote_against() -> None:
    """A failure of one of three leaves two votes of two: not two of three, and not "no theme"."""
    time = quoted(coding(TIME, themes="time"))
    found = only(decided(time, time, failed()))
    assert found.confidence == 1
    assert found.votes is not None
    assert found.votes.words == "2 of 2 votes, 1 missing"


@pytest.mark.parametrize("said", [quoted(coding(TIME)), left_out(), unsure()])
def test_half_a_panel_is_no_panel(said: Said) -> None:
    """One vote of two, or two of four: a failure, which says who failed and that it can mend."""
    for members in ([said, failed()], [said, said, failed(), failed()]):
        found = decided(*members)
        assert isinstance(found, Failure)
        assert found.error == "TooFewVotes"
        assert "b: ResponseError" in found.detail or "d: ResponseError" in found.detail


def test_two_who_disagree_on_the_theme_send_the_post_to_people() -> None:
    """One vote of two is not more than half; the note says what the vote was about."""
    found = decided(quoted(coding(TIME, themes="time")), quoted(coding(TIME, themes="joy")))
    assert why(found) == f"the panel disagrees: the themes of '{TIME}' (joy 1, time 1 of 2)"
    assert isinstance(found, Abstention)
    assert found.confidence == 0.5


def test_no_theme_wins_only_by_votes_for_no_theme() -> None:
    """Three who say three things have not agreed on other ideas; two of three have."""
    time, joy = quoted(coding(TIME, themes="time")), quoted(coding(TIME, themes="joy"))
    none = quoted(coding(TIME))
    assert "themes of" in why(decided(time, joy, none))
    found = only(decided(none, none, joy))
    assert found.theme_ids == ()
    assert found.confidence == pytest.approx(2 / 3)


def test_a_theme_counts_under_its_question_only() -> None:
    """Two of three say Q1, and only one of them says time: Q2's vote for time does not help."""
    found = decided(
        quoted(coding(TIME, themes="time")),
        quoted(coding(TIME, themes="joy")),
        quoted(coding(TIME, question="Q2", themes="time")),
    )
    assert "the themes of" in why(found)


def test_members_who_see_two_questions_send_the_post_to_people() -> None:
    """No question among them."""
    found = decided(quoted(coding(TIME)), quoted(coding(TIME, question=None)))
    assert why(found) == f"the panel disagrees: the question of '{TIME}' (Q1 1, no question 1 of 2)"


def test_most_who_leave_a_post_out_decide_so_with_the_commonest_reason() -> None:
    """The reason needs no majority of its own; ties go to the order of the reasons."""
    found = decided(left_out("no-idea"), left_out("greeting"), quoted(coding(TIME)))
    assert isinstance(found, LeftOut)
    assert found.reason.value == "greeting"
    assert found.note == "left out by 2 of 3 members (greeting 1, no-idea 1)"
    assert decided(left_out(), left_out()) == left_out().model_copy(
        update={"note": "left out by 2 of 2 members"}
    )


def test_most_who_leave_a_post_to_people_decide_so() -> None:
    """Their reasons are told."""
    found = decided(unsure("irony?"), unsure("two readings"), quoted(coding(TIME)))
    assert why(found) == "2 of 3 members leave it to people: a: irony?; b: two readings"


def test_a_vote_for_people_counts_but_is_against_nothing() -> None:
    """Two quote, one is unsure: two of three. One quotes, one leaves out, one is unsure: nobody."""
    time = quoted(coding(TIME, themes="time"))
    assert only(decided(time, time, unsure())).confidence == pytest.approx(2 / 3)
    found = why(decided(time, left_out(), unsure("irony?")))
    assert "1 quote it and 1 leave it out; 1 leave it to people: c: irony?" in found
    assert "the themes of" in why(decided(time, quoted(coding(TIME)), unsure()))


def test_members_who_quote_other_words_have_not_agreed() -> None:
    """Three quotes in three places: each is voted down, and nothing would be left."""
    found = decided(quoted(coding(TIME)), quoted(coding(PAPER)), quoted(coding(LEADERS)))
    assert why(found) == ("the panel disagrees: 3 of 3 members quote it, but not the same words")


def test_a_split_on_one_quote_sends_the_whole_post() -> None:
    """One of two quotes the second sentence as well: nobody can say whether it is an idea."""
    time = coding(TIME, themes="time")
    found = decided(quoted(time, coding(PAPER)), quoted(time))
    assert why(found) == f"the panel disagrees: 1 of 2 quote '{PAPER}'"


def test_a_higher_share_can_be_asked_for() -> None:
    """Two of three are 0.67, which is not 0.8; three of three are."""
    time, joy = quoted(coding(TIME, themes="time")), quoted(coding(TIME, themes="joy"))
    assert only(decided(time, time, joy, min_votes=0.67)).theme_ids == ("time",)
    assert "the themes of" in why(decided(time, time, joy, min_votes=0.8))
    assert "1 quote it" not in why(decided(time, time, left_out(), min_votes=0.8))
    assert only(decided(time, time, time, min_votes=1.0)).confidence == 1


def test_long_words_are_cut_in_a_note() -> None:
    """A note is a line, not the post."""
    found = why(decided(quoted(coding(POST.text, themes="a")), quoted(coding(POST.text))))
    assert "…" in found
