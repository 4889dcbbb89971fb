"""Codings laid side by side, or refused with a reason."""

import pytest
from agreement.coded_chats import (
    ABSTAINED,
    BOOK,
    FAILED,
    LEFT_OUT,
    NOT_CODED,
    coded,
)

from secondcoder.agreement.shared_posts import Standing, share_posts
from secondcoder.errors import CodebookError, CodingsError
from secondcoder.schema.agreement import Selection
from secondcoder.schema.codebook import Codebook, Theme

ALL = Selection()
RENAMED = Codebook(
    title="Tea",
    version="2",
    questions=BOOK.questions,
    themes=(
        Theme(id="tea", name="Tea"),
        Theme(id="hours", name="Hours"),
        Theme(id="trust", name="Trust"),
    ),
)


def test_five_standings_of_a_post_are_kept_apart() -> None:
    """Quoted, left out, abstained, failed, and never seen whether absent or not coded."""
    ann = coded("ann", ["tea"] * 6)
    bob = coded("bob", ["tea", LEFT_OUT, ABSTAINED, FAILED, NOT_CODED, None])
    shared = share_posts([ann, bob], ALL)
    assert [post.looks[1].standing for post in shared.posts] == [
        Standing.QUOTED,
        Standing.LEFT_OUT,
        Standing.ABSTAINED,
        Standing.FAILED,
        Standing.NEVER_SEEN,
        Standing.NEVER_SEEN,
    ]


def test_the_same_coder_twice_is_two_coders() -> None:
    """The second is numbered."""
    assert share_posts([coded("ann", ["tea"]), coded("ann", ["tea"])], ALL).names == (
        "ann",
        "ann (2)",
    )


def test_one_coder_is_not_enough() -> None:
    """The message asks for another file."""
    with pytest.raises(CodingsError, match="two coders, not 1"):
        share_posts([coded("ann", ["tea"])], ALL)


def test_codings_without_a_common_post_are_refused() -> None:
    """It is named whose posts nobody else coded."""
    third = coded("cem", [None, None, "tea"])
    with pytest.raises(CodingsError, match="cem coded none of the posts that 'ann', 'bob'"):
        share_posts([coded("ann", ["tea"]), coded("bob", ["tea", "tea"]), third], ALL)


def test_a_post_with_two_texts_is_refused_by_its_id() -> None:
    """Both texts and both coders are in the message."""
    other = coded("bob", ["tea"], text="t" * 60)
    with pytest.raises(CodingsError, match=r"post p0 reads differently.*ann and bob.*ttt…"):
        share_posts([coded("ann", ["tea"]), other], ALL)


def test_codebooks_with_other_themes_are_refused_with_the_remedy() -> None:
    """What only one of them has is listed."""
    with pytest.raises(
        CodingsError, match=r"ann alone has 'time'; bob alone has 'hours'.*mapping OLD=NEW"
    ):
        share_posts([coded("ann", ["tea"]), coded("bob", ["tea"], book=RENAMED)], ALL)


def test_a_longer_codebook_is_refused_too() -> None:
    """The shorter one could not have given the theme."""
    short = Codebook(title="Tea", questions=BOOK.questions, themes=BOOK.themes[:2])
    with pytest.raises(CodingsError, match=r"other themes: ann alone has 'trust'\. Code"):
        share_posts([coded("ann", ["tea"]), coded("bob", ["tea"], book=short)], ALL)


def test_another_version_is_refused_until_a_mapping_says_that_themes_stayed() -> None:
    """A changed definition changes the hash, not the ids."""
    reworded = BOOK.model_copy(update={"version": "2"})
    both = [coded("ann", ["tea"]), coded("bob", ["tea"], book=reworded)]
    with pytest.raises(CodingsError, match=r"\(ann: version 1; bob: version 2\).*ID=ID"):
        share_posts(both, ALL)
    assert "version 1, 2" in share_posts(both, ALL, {"tea": "tea"}).notes[0]


def test_a_codebook_edited_under_one_version_is_compared_and_noted() -> None:
    """The hash tells; who means another codebook gives it another version."""
    edited = BOOK.model_copy(update={"title": "Tea, again"})
    both = [coded("ann", ["tea"]), coded("bob", ["tea"], book=edited)]
    assert "codebooks differ (version 1)" in share_posts(both, ALL).notes[0]
    assert share_posts([coded("ann", ["tea"]), coded("bob", ["tea"])], ALL).notes == ()


def test_a_mapping_makes_two_versions_one() -> None:
    """`hours` is compared as `time`; a theme mapped to None is compared by nobody."""
    ann, bob = coded("ann", ["time trust"]), coded("bob", ["hours trust"], book=RENAMED)
    shared = share_posts([ann, bob], ALL, {"hours": "time"})
    assert [theme.id for theme in shared.themes] == ["tea", "time", "trust"]
    assert shared.posts[0].looks[1].marks[0].themes == {"time", "trust"}
    less = share_posts([ann, bob], ALL, {"hours": None, "time": None})
    assert [theme.id for theme in less.themes] == ["tea", "trust"]
    assert less.posts[0].looks[0].marks[0].themes == {"trust"}
    assert not less.posts[0].looks[0].marks[0].has_other_ideas


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"rest": "time"}, "names theme 'rest', which no codebook has"),
        ({"hours": "x", "time": "x"}, "leads to theme 'x', which no codebook has"),
    ],
)
def test_a_mapping_of_unknown_themes_is_refused(mapping: dict[str, str], message: str) -> None:
    """On either side."""
    with pytest.raises(CodingsError, match=message):
        share_posts([coded("ann", ["tea"]), coded("bob", ["tea"], book=RENAMED)], ALL, mapping)


def test_posts_and_themes_can_be_chosen() -> None:
    """A mistyped one is refused with those there are."""
    codings = [coded("ann", ["tea time", "tea"]), coded("bob", ["tea", "tea"])]
    shared = share_posts(codings, Selection(posts=("p0",), themes=("time",)))
    assert [post.post.id for post in shared.posts] == ["p0"]
    assert shared.n_unselected == 1
    assert shared.posts[0].looks[0].marks[0].themes == {"time"}
    with pytest.raises(CodingsError, match=r"no post 'p9' .*there are 'p0', 'p1'"):
        share_posts(codings, Selection(posts=("p9",)))
    with pytest.raises(CodingsError, match="no theme 'rest'"):
        share_posts(codings, Selection(themes=("rest",)))


def test_a_question_keeps_its_posts_quotes_and_themes() -> None:
    """p0 was quoted for Q1, p1 may answer it, p2 neither; Q2's theme is not Q1's."""
    ann = coded("ann", [[(0, 3, "Q1:tea"), (4, 8, "Q2a:time")], LEFT_OUT, "time"])
    bob = coded("bob", ["Q2a:time", LEFT_OUT, "time"], questions={"p1": "Q1"})
    shared = share_posts([ann, bob], Selection(question="Q1"))
    assert [post.post.id for post in shared.posts] == ["p0", "p1"]
    assert shared.n_unselected == 1
    assert [mark.stretches for mark in shared.posts[0].looks[0].marks] == [((0, 3),)]
    assert shared.posts[0].looks[1].marks == ()
    assert [theme.id for theme in shared.themes] == ["tea", "trust"]


def test_a_parent_question_holds_its_parts_and_a_part_its_parents_themes() -> None:
    """Q2 has one part, Q2a; `time` belongs to Q2."""
    codings = [coded("ann", ["Q2a:time"]), coded("bob", ["Q1:tea"])]
    for question in ("Q2", "Q2a"):
        shared = share_posts(codings, Selection(question=question))
        assert shared.posts[0].looks[0].marks[0].themes == {"time"}
        assert [theme.id for theme in shared.themes] == ["time", "trust"]


def test_a_theme_given_under_anothers_question_is_still_shown() -> None:
    """A slip of a coder must not vanish."""
    codings = [coded("ann", ["Q1:time"]), coded("bob", ["Q1:tea"])]
    shared = share_posts(codings, Selection(question="Q1"))
    assert "time" in [theme.id for theme in shared.themes]


def test_an_unknown_question_is_refused() -> None:
    """The codebook's message lists those there are."""
    with pytest.raises(CodebookError, match="no question 'Q9'"):
        share_posts([coded("ann", ["tea"]), coded("bob", ["tea"])], Selection(question="Q9"))


def test_long_lists_of_ids_are_cut_short() -> None:
    """Five are named, the rest counted."""
    many = [coded("ann", ["tea"] * 9), coded("bob", ["tea"] * 9)]
    with pytest.raises(CodingsError, match="'p4' and 4 more"):
        share_posts(many, Selection(posts=("p9",)))
