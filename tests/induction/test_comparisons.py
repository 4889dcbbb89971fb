"""Sentences that compare how many spoke of two things, held against the counts."""

import pytest
from induction.small_chat import coded, with_finding

from secondcoder.induction.claims import claims_of
from secondcoder.induction.summarise import key_findings


def why_withheld(sentence: str, theme_id: str = "time") -> str | None:
    """Return why a sentence does not stand: seven spoke of tea breaks in 8 posts, three of time."""
    found = key_findings(coded(book=with_finding(theme_id, sentence)))
    (withheld,) = [
        one.withheld for one in found if (one.question_id, one.theme_id) == ("Q1", theme_id)
    ]
    return withheld.why if withheld else None


@pytest.mark.parametrize(
    "sentence",
    [
        "More people named tea breaks than time.",
        "Fewer people spoke of it than of tea breaks.",
        "Time was mentioned less often than “Tea breaks”.",
        "It came up less often than tea breaks, in the end.",
        "Tea breaks were more often named than this theme.",
        "Tea breaks were a more common answer than time, and rightly so.",
        "Tea breaks outnumbered time.",
        "Time was named by fewer people than tea breaks were.",
        "Not as many participants raised time as tea breaks.",
        "Fewer than for tea breaks.",
        "Time received fewer mentions than tea breaks.",
    ],
)
def test_what_the_counts_bear_out_stands(sentence: str) -> None:
    """Both sides are whole names of themes of the question, or this theme."""
    assert claims_of(sentence)
    assert why_withheld(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("More people named time than tea breaks.", "More people named time than"),
        ("Time was mentioned more often than tea breaks.", "mentioned more often than"),
        ("It was as common as tea breaks.", "as common as"),
        ("Twice as many people spoke of tea breaks as of time.", "Twice as many people spoke of"),
        ("Time outnumbered tea breaks.", "outnumbered"),
    ],
)
def test_what_the_counts_contradict_is_withheld_with_both(sentence: str, said: str) -> None:
    """Three are not more than seven, nor is seven twice three."""
    why = why_withheld(sentence)
    assert why is not None
    assert why.startswith(f"it says “{said}")
    assert "3 for “Time”" in why
    assert "7 for “Tea breaks”" in why


@pytest.mark.parametrize(
    ("sentence", "of", "than"),
    [
        ("More people named rides than posters.", "rides", "posters"),
        ("More people named it than cake.", "it", "cake"),
        ("Tea was mentioned more often than time.", "tea", "time"),
        ("More nurses than doctors spoke.", "nurses", "doctors"),
        ("Nurses outnumbered doctors.", "nurses", "doctors"),
        ("Rides attracted more comment than time.", "rides", "time"),
        ("More people spoke of it than in the last chat.", "it", "in the last chat"),
    ],
)
def test_what_is_no_theme_cannot_be_compared(sentence: str, of: str, than: str) -> None:
    """Nobody is quoted on cake, and tea is not the whole of a name."""
    assert why_withheld(sentence) == (
        f"it compares how many spoke of “{of}” and of “{than}”, which are not both themes of its "
        f"question"
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "Short meetings work better than long ones.",
        "It takes more time than money.",
        "People would rather talk than write, and want more than a tick box.",
        "Listening was needed more than talking, more often than not.",
        "More is said than done.",
        "Falls were more common than we thought.",
        "Those who tried it spoke with more warmth than those who had not.",
        "Better paid and earlier than before, as often as needed.",
    ],
)
def test_comparisons_of_things_are_no_claims(sentence: str) -> None:
    """They do not say how many spoke."""
    assert not claims_of(sentence)


def test_posts_are_compared_where_posts_are_named() -> None:
    """Ann wrote two of the eight posts on tea breaks."""
    why = why_withheld("As many posts were about tea breaks as about time.", "tea")
    assert why is not None
    assert "8 for “Tea breaks” and 3 for “Time”" in why


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Tea breaks were named most often.", None),
        ("The commonest answer was tea breaks.", None),
        ("Most participants spoke of tea breaks.", None),
        ("Tea breaks were named least often.", "“Tea breaks” is not the last of its question"),
        ("Few people named tea breaks.", "these codings hold 7 of 11 for “Tea breaks”"),
        ("Most participants spoke of it.", "these codings hold 3 of 11"),
        ("Most participants lacked it.", "these codings hold 3 of 11"),
    ],
)
def test_what_is_said_of_another_theme_by_name_is_held_against_its_counts(
    sentence: str, why: str | None
) -> None:
    """The sentences stand under time, of which three of eleven spoke; seven did of tea breaks."""
    found = why_withheld(sentence)
    assert (found is None) if why is None else (found is not None and found.endswith(why))
