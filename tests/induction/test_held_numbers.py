"""Numbers in a person's sentence: which count something, and which of those are held."""

import pytest
from induction.small_chat import Said, coded, with_finding

from secondcoder.induction.summarise import key_findings

SAID: tuple[Said, ...] = (
    *((f"p{n}", f"we stop for tea and talk, table {n}", "Q1", "tea") for n in range(5, 12)),
    ("ann", "rotas decide who gets a pause at all", "Q1", "time"),
    ("bo", "nobody has a minute to stop", "Q1", "time"),
    ("cy", "the hall is closed by then", "Q1", "time"),
)
"""Three of ten people spoke of time, each in a post; no quote of it names a number."""


def why_withheld(sentence: str, said: tuple[Said, ...] = SAID) -> str | None:
    """Return why a sentence on time does not stand; None where it does."""
    found = key_findings(coded(said, with_finding("time", sentence)))
    (withheld,) = [one.withheld for one in found if one.theme_id == "time"]
    return withheld.why if withheld else None


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("One nurse phoned each family.", "One"),
        ("On one ward the huddle moved.", "one"),
        ("A one-page form did it.", "one"),
        ("One of the wards kept its hour.", "One"),
        ("One of them left.", "One"),
        ("One said that rides were scarce.", "One"),
        ("One weekly huddle was enough.", "One"),
        ("It lasted for one day a week.", "one"),
        ("Not one ward asked.", "one"),
        ("A lone carer did it.", "lone"),
        ("It fitted on a single page.", "single"),
        ("A sole GP answered.", "sole"),
        ("It was asked for twice.", "twice"),
        ("They asked once, and never again.", "once"),
        ("They met once a week.", "once"),
        ("The queue quadrupled.", "quadrupled"),
        ("The queue doubled.", "doubled"),
        ("Half the wards stopped.", "Half"),
        ("They lost half an hour.", "half"),
        ("A third of wards stopped.", None),  # 3 of 10, within five in a hundred
        ("A quarter of wards stopped.", None),
        ("A fifth of wards stopped.", "A fifth"),
        ("Two-thirds of trusts pay.", "Two-thirds"),
        ("Every second ward stopped.", "Every second"),
        ("1 in 3 stopped.", None),
        ("One in two stopped.", "One in two"),
        ("3 out of 4 stopped.", "3 out of 4"),
        ("3 of 10 named it.", None),
        ("3 of the 9 named it.", "3 of the 9"),
        ("4/5 of it was lost.", "4/5"),
        ("1/2.5 of it was lost, and 1/0.", "1/2.5, 1/0"),
        ("It was a 50-50 chance.", "50, 50"),
        ("A couple of wards kept it.", "A couple"),
        ("Half a dozen wards kept it.", "Half a dozen"),
        ("Zero wards kept it.", "Zero"),
        ("Several hundred forms came.", "hundred"),
        ("Dozens came.", "Dozens"),
        ("Waits grew tenfold.", None),  # ten people are quoted on the question
        ("Waits grew ninefold.", "nine"),
    ],
)
def test_a_number_that_nobody_counted_is_told(sentence: str, named: str | None) -> None:
    """In digits or in words, as a determiner, as how often, as a part of a whole."""
    expected = named and f"it names {named}, which these codings do not hold for the theme"
    assert why_withheld(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Teams should listen to one another.",
        "One should ask first, and one can't know.",
        "One learns by asking, one by one, one at a time.",
        "One rarely hears back; no one, not any one of the teams, does.",
        "Each one helps, and the one that works is a good one.",
        "The one imposed failed, the old one stayed, and so did the last one.",
        "One thing helped, and one small way in was found.",
        "One day they may chair it.",
        "One-to-one talks beat a one-off event.",
        "One of the hardest things is to stop, which is one of the reasons.",
        "More than one form was needed, at one point, on the one hand.",
        "Once the sponsor has gone, it goes; at once, and once again.",
        "Think twice, and double-check.",
        "A single point of contact, the single most useful thing, and the sole reason.",
        "That is half the battle, in the second half of the day.",
        "Zero tolerance of a fresh pair of eyes.",
        "Ward III, stage IV, the third ward and step one.",
        "None of the wards, and no ward, some, often, many changes.",
    ],
)
def test_turns_of_speech_count_nothing(sentence: str) -> None:
    """A pronoun, an idiom, an ordinal, a name and a word without a number."""
    assert why_withheld(sentence) is None


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        ("one nurse sees to the clock", "A single nurse sees to it."),
        ("we ask 2 times", "They ask twice."),
        ("half of it goes on forms", "Forms take 50 % of it."),
        ("60% of it is spent", "Three fifths of it is spent."),
        ("one in five waits", "20 per cent wait."),
        ("we ask twice", "They ask two times."),
        ("three of four wards wait", "Of four wards three wait."),
    ],
)
def test_what_a_quote_says_is_held_in_other_words(quote: str, sentence: str) -> None:
    """Quotes are read by the same rule."""
    assert why_withheld(sentence) is not None
    assert why_withheld(sentence, (*SAID, ("dee", quote, "Q1", "time"))) is None


def test_one_is_held_of_a_theme_that_one_person_spoke_of() -> None:
    """One post, one person, one quote."""
    said = (*SAID[:7], ("ann", "rotas decide it", "Q1", "time"))
    assert why_withheld("One nurse waits for the rota.", said) is None


def test_a_second_participant_takes_two() -> None:
    """Three spoke of time: a third of them may be told of, and no fourth."""
    assert why_withheld("A third participant agreed.") is None
    assert why_withheld("A fourth participant agreed.") == (
        "it says “A fourth participant”, and these codings hold 3 of 10"
    )
