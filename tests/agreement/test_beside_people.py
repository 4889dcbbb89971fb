"""From codings side by side to shares of posts; the verb's tests hold the other figures."""

import pytest
from agreement.coded_chats import ABSTAINED, LEFT_OUT, coded

from secondcoder.agreement import prevalence
from secondcoder.agreement.beside_people import codable_alone, shares_of_posts
from secondcoder.agreement.shared_posts import SharedPosts, share_posts
from secondcoder.errors import InputError
from secondcoder.schema.agreement import Selection


@pytest.fixture(scope="module")
def shared() -> SharedPosts:
    """Return four posts: the model abstains on the last, two people coded the first two."""
    return share_posts(
        [
            coded("model", ["tea", LEFT_OUT, "tea", ABSTAINED]),
            coded("ann", ["tea", "tea"]),
            coded("ben", ["tea", LEFT_OUT]),
        ],
        Selection(),
    )


def test_doubt_between_people_is_half_a_post(shared: SharedPosts) -> None:
    """The model gave 2 of 3, the fourth is guessed so; people gave 1.5 of 2 where it gave 1."""
    tea = shares_of_posts(shared, None)[0]
    assert tea.model_alone.value == pytest.approx(2 / 3)
    assert tea.value == pytest.approx(2 / 3 + (1.5 - 1) / 2)
    assert tea.people_alone.value == pytest.approx(1.5 / 2)


def test_posts_without_a_chance_take_no_part(shared: SharedPosts) -> None:
    """Only the second was drawn, with a chance of a half: it counts for two of four posts."""
    tea = shares_of_posts(shared, {"p1": 0.5})[0]
    assert tea.n_labelled == 1
    assert tea.value == pytest.approx(2 / 3 + 2 * 0.5 / 4)


def test_posts_that_can_t_be_drawn_are_dropped(shared: SharedPosts) -> None:
    """Only the ids asked for stay."""
    kept = codable_alone(shared, frozenset({"p0", "p9"}))
    assert [each.post.id for each in kept.posts] == ["p0"]


def test_a_model_that_decided_nothing_predicts_nothing() -> None:
    """Its guess is then 0, and people's share stands."""
    codings = [coded("model", [ABSTAINED, ABSTAINED]), coded("ann", ["tea", LEFT_OUT])]
    tea = shares_of_posts(share_posts(codings, Selection()), None)[0]
    assert tea.value == pytest.approx(1 / 2)


def test_people_s_shares_are_taken_where_the_method_can() -> None:
    """Sensitivity needs a yes or no; a share lies between 0 and 1."""
    assert prevalence([1, 0], [0.5, 0.5]).value == pytest.approx(1 / 2)
    with pytest.raises(InputError, match=r"people, unit 1: 0.5 is not 0 or 1"):
        prevalence([1, 0], [0.5, 0.5], method="rogan-gladen")
    with pytest.raises(InputError, match=r"people, unit 2: 1.5 is not 0 or 1, nor a share between"):
        prevalence([1, 0], [0.5, 1.5])
    with pytest.raises(InputError, match="people, unit 1: 'yes' is not 0 or 1"):
        prevalence([1, 0], ["yes", 1])
