"""What each coder did, and what takes no part."""

from agreement.coded_chats import ABSTAINED, FAILED, LEFT_OUT, NOT_CODED, REPOST, coded

from secondcoder.agreement.accounts import coder_accounts, exclusions
from secondcoder.agreement.shared_posts import SharedPosts, share_posts
from secondcoder.schema.agreement import Counting, Selection
from secondcoder.schema.codings import Codings, LeftOutReason

ANN = coded("ann", ["tea", "tea", "tea", "tea", "", [(0, 3, "Q1:tea"), (0, 3, "Q2a:time")]])
BOB = coded("bob", ["tea", LEFT_OUT, ABSTAINED, FAILED, NOT_CODED])


def side_by_side(*codings: Codings) -> SharedPosts:
    """Return the codings side by side."""
    return share_posts(codings, Selection())


def test_the_posts_of_a_coder_add_up() -> None:
    """One post each way, and two never seen: one not coded, one not in the file."""
    ann, bob = coder_accounts(side_by_side(ANN, BOB), [ANN.info.run.coder, BOB.info.run.coder])
    assert (bob.n_quoted, bob.n_left_out, bob.n_abstained, bob.n_failed) == (1, 1, 1, 1)
    assert (bob.n_never_seen, bob.n_posts) == (2, 6)
    assert (ann.n_quotes, ann.n_other_ideas) == (6, 1)


def test_a_stretch_that_is_another_idea_for_one_question_is_counted_as_such() -> None:
    """It has a theme for the other; in whichever order they are written."""
    marks = [(0, 3, "Q1:"), (0, 3, "Q2a:tea"), (5, 8, "Q1:tea"), (5, 8, "Q2a:")]
    ann, bob = coded("ann", [marks]), coded("bob", [LEFT_OUT])
    account, _ = coder_accounts(side_by_side(ann, bob), [ann.info.run.coder, bob.info.run.coder])
    assert (account.n_quotes, account.n_other_ideas) == (2, 2)


def test_reasons_are_counted_with_the_coder_they_lie_with() -> None:
    """Of four posts one coder rated, two were never seen by the other."""
    found = exclusions(side_by_side(ANN, BOB), Counting(), coders=(0, 1), unit="posts")
    assert {(each.n, each.reason) for each in found} == {
        (2, "bob never saw it"),
        (1, "bob abstained"),
        (1, "bob failed"),
    }


def test_quotes_that_could_not_be_matched_are_counted() -> None:
    """p2 to p5 hold four stretches of ann: the one coded twice is one."""
    found = exclusions(side_by_side(ANN, BOB), Counting(), coders=(0, 1), unit="quotes")
    assert (found[-1].what, found[-1].n) == ("quotes", 4)


def test_what_nobody_rated_names_everybody() -> None:
    """Both abstained."""
    shared = side_by_side(coded("ann", ["tea", ABSTAINED]), coded("bob", ["tea", ABSTAINED]))
    (found,) = exclusions(shared, Counting(), coders=(0, 1), unit="posts")
    assert found.reason == "ann abstained; bob abstained"


def test_posts_set_aside_are_counted_apart() -> None:
    """And only where posts are the units: they hold no quotes."""
    shared = side_by_side(coded("ann", [REPOST, "tea"]), coded("bob", [REPOST, LEFT_OUT]))
    counting = Counting(set_aside=(LeftOutReason.REPOST,))
    (found,) = exclusions(shared, counting, coders=(0, 1), unit="posts")
    assert (found.n, found.reason) == (1, "left out for a reason that is set aside")
    assert exclusions(shared, counting, coders=(0, 1), unit="quotes") == ()
    bob_left_out = Counting(left_out="missing")
    assert exclusions(shared, bob_left_out, coders=(0, 1), unit="posts")[0].reason == (
        "ann left it out; bob left it out"
    )
