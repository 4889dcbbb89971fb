"""Which words of a chat are taken for names, and what a masked text looks like."""

import pytest

from secondcoder.reporting.names import Names

CHAT = (
    "Yesterday I asked Okafor, and Mary Anne Jones from Leeds said yes",
    "Our ward in May, on a Friday: NHS rules. Tea is what I've had; the tea was cold",
    "And then Hope came by, as we hope",
    "Thanks @Bob and #QIhour at https://Example.org",
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Okafor's idea was good", "[name]'s idea was good"),
        ("we met Mary Anne Jones", "we met [name]"),
        ("in Leeds", "in [name]"),
        ("the NHS in May, on Friday", "the NHS in May, on Friday"),
        ("I've had tea. Tea!", "I've had tea. Tea!"),
        ("Hope is also a word", "Hope is also a word"),
        ("Bob Example", "[name] Example"),
    ],
)
def test_a_capital_inside_a_sentence_makes_a_name(text: str, masked: str) -> None:
    """Not abbreviations, days, months, `I`, words also written small, tags or links."""
    assert Names(CHAT).hide(text) == masked


def test_words_of_the_questions_are_no_names() -> None:
    """The study's own words stay."""
    assert Names(CHAT, known=["What about Leeds?"]).hide("in Leeds") == "in Leeds"


def test_words_of_a_theme_are_names_where_the_posts_make_them_so() -> None:
    """A theme may be called by a person; its other words stay where a place would stand."""
    names = Names(CHAT, themes=["Okafor and Teamwork"])
    assert names.hide("so Okafor believes in Teamwork") == "so [name] believes in Teamwork"
    assert Names(CHAT).hide("we believe in Teamwork") == "we believe in [name]"


def test_a_capital_behind_the_label_of_an_answer_begins_a_sentence() -> None:
    """`A1 No …` makes no name of No; a name behind it is one by its other posts."""
    names = Names(["A1 No hours", "RT A2: Okafor knows", "so Okafor said"])
    assert names.hide("A1 No hours, said Okafor") == "A1 No hours, said [name]"


def test_a_name_is_masked_however_another_post_writes_it() -> None:
    """Two write Okafor and one okafor; as many write Hope as hope, and hope is a word."""
    names = Names(["so Okafor said", "and Okafor too", "thanks okafor", "so Hope said", "we hope"])
    assert names.hide("thanks okafor, said OKAFOR") == "thanks [name], said [name]"
    assert names.hide("we hope") == "we hope"


def test_a_place_counts_twice_and_is_masked_where_places_stand() -> None:
    """One was in Leeds and one writes it small; reading is a word, and in Reading it is none."""
    names = Names(["we met in Leeds once", "sunny leeds", "we met in Reading", *["reading"] * 3])
    assert names.hide("leeds") == "[name]"
    assert names.hide("I was reading in Reading") == "I was reading in [name]"


def test_who_stands_behind_a_title_is_masked() -> None:
    """However it is written; "dr said" makes no name of a word that others write."""
    names = Names([
        "ask dr okafor",
        "the dr said so",
        "she said it",
        "so we grew, said Dr Grace Bo",
    ])
    assert names.hide("okafor said so") == "[name] said so"
    assert names.hide("we asked Mr Said") == "we asked Mr [name]"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("thanks tilly, said GUS", "thanks [name], said GUS"),
        ("well said tilly", "well said [name]"),
        ("our ward and a ward", "our ward and a ward"),
        ("so Ward said", "so [name] said"),
        ("Mary Okafor agreed", "[name] agreed"),
    ],
)
def test_parts_of_handles_are_masked_unless_others_write_them(text: str, masked: str) -> None:
    """Tilly and Okafor are parts of handles; two posts write ward; three capitals are no name."""
    names = Names(
        ["a ward is a ward", "one ward", "I agree @MaryOkafor"], people=["gp_tilly", "ward7_gus"]
    )
    assert names.hide(text) == masked


def test_words_that_people_list_are_masked_wherever_they_stand() -> None:
    """As whole words, of several parts too, however they are written and even if ordinary."""
    names = Names(["a long reading list"], also=["reading", "St  Mary's", "leeds"])
    assert (
        names.hide("READING at st mary's in Leeds, readings")
        == "[name] at [name] in [name], readings"
    )


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("thanks sam hill, up the hill", "thanks [name], up the hill"),
        ("thanks sam", "thanks [name]"),
        ("SAM  HILL's idea", "[name]'s idea"),
        ("so said Guest22 and guest22", "so said [name] and [name]"),
        ("guest223 is another guest", "guest223 is another guest"),
        ("all 22 of us", "all 22 of us"),
        ("ward_7 agreed, ward 7 too", "[name] agreed, ward 7 too"),
    ],
)
def test_whole_names_of_authors_are_masked_however_they_are_written(text: str, masked: str) -> None:
    """Two posts write sam, hill, guest and ward small: words, and yet a name as a whole."""
    texts = [*["thanks sam hill", "a guest on a ward went up a hill"] * 2]
    names = Names(texts, people=["Sam Hill \N{SUNFLOWER}", "Guest22", "@ward_7", "22"])
    assert names.hide(text) == masked


def test_an_author_who_is_called_as_the_question_words_it_is_not_masked() -> None:
    """The words of the questions stand, where somebody writes under them, too."""
    names = Names(
        ["our quality circle"], known=["Why a quality circle?"], people=["Quality Circle"]
    )
    assert names.hide("our quality circle at 22") == "our quality circle at 22"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("thanks sam hill, up the hill", "thanks [name], up the hill"),
        ("so said Dr Sam Hill RN", "so said [name]"),
        ("ivy stone and no stone", "[name] and no stone"),
        ("grace bell rang a bell", "[name] rang a bell"),
        ("rose field, out in the field", "[name], out in the field"),
    ],
)
def test_a_name_is_found_without_its_titles_degrees_and_role(text: str, masked: str) -> None:
    """Dr Sam Hill RN is sam hill to others, though hill is a word; so is who a post titles."""
    texts = ["a hill, a stone, a bell, a field, a rose, with grace"] * 2
    people = ["Dr Sam Hill RN", "Ivy Stone (she/her) | QI nurse", "Prof. Grace Bell, MBE"]
    names = Names([*texts, "we rang Prof Rose Field FRCP at noon"], people=people)
    assert names.hide(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("on Ward B12 and ward 7a", "on [name] and ward [name]"),
        ("seen on ward 9, from Bay C", "seen on ward [name], from [name]"),
        ("in our ward 12 beds", "in our ward 12 beds"),
        ("a ward a day, ward I said", "a ward a day, ward I said"),
        ("vitamin B12, Q2, PDSA 3", "vitamin B12, Q2, PDSA 3"),
        ("at queen elizabeth hospital birmingham.", "at [name]."),
        ("the St Thomas' Hospital has it", "the [name] has it"),
        ("at royal wessex infirmary again", "at [name] again"),
        ("content is king, hospital boards come second", None),
        ("the queen of the hospital", None),
        ("our local hospital", None),
    ],
)
def test_wards_and_hospitals_are_masked_by_the_words_beside_them(
    text: str, masked: str | None
) -> None:
    """A number needs "on" or a letter, a hospital a saint or a queen; others write `again`.

    A `Ward` in capitals that nobody writes small goes with its number, as Mary with Okafor.
    """
    names = Names(["and again", "once again"])
    assert names.hide(text) == (text if masked is None else masked)
