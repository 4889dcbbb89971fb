"""What an audit of a codebook finds, and what it leaves alone."""

import re

from induction.small_chat import BOOK, TWELVE, coded

from secondcoder.coding.similarity import Words, stems
from secondcoder.induction.audit import audit
from secondcoder.schema.chat import Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codebook_checks import IssueKind
from secondcoder.schema.codings import Codings


def issues(
    book: Codebook, codings: Codings | None = None
) -> dict[IssueKind, list[tuple[str, ...]]]:
    """Return the themes of each kind of issue."""
    found: dict[IssueKind, list[tuple[str, ...]]] = {}
    for issue in audit(book, codings, Words(), stems).issues:
        found.setdefault(issue.kind, []).append(issue.theme_ids)
    return found


def test_a_theme_of_a_name_alone_is_bare() -> None:
    """Tea has a definition; time and cake have nothing."""
    assert issues(BOOK) == {IssueKind.BARE: [("time", "cake")]}


def test_an_empty_codebook_has_no_issues() -> None:
    """There is nothing to look at, and that is no error."""
    assert audit(Codebook(), None, Words(), stems).issues == ()


def test_two_themes_that_say_the_same_are_alike_where_a_post_can_carry_both() -> None:
    """The third says the same of a question that no post shares with the first two."""
    same = {"name": "Tea breaks", "definition": "Pauses together with a pot of tea."}
    book = Codebook(
        questions=BOOK.questions,
        themes=(
            Theme(id="one", questions=("Q1",), **same),
            Theme(id="two", questions=("Q1",), **same),
            Theme(id="three", questions=("Q2",), **same),
        ),
    )
    assert issues(book) == {
        IssueKind.SAME_NAME: [("one", "two", "three")],
        IssueKind.ALIKE: [("one", "two")],
    }


def test_one_name_under_two_questions_is_told_with_what_to_do() -> None:
    """However it is spelt; where each of them stands is said."""
    book = Codebook(
        questions=BOOK.questions,
        themes=(
            Theme(id="pause", name="Tea breaks", definition="Pauses.", questions=("Q1",)),
            Theme(id="wish", name="tea  Breaks", definition="A kettle each.", questions=("Q2",)),
            Theme(id="cake", name="Cake", definition="Cake."),
        ),
    )
    (issue,) = audit(book, None, Words(), stems).issues
    assert issue.kind is IssueKind.SAME_NAME
    assert "2 themes ('pause' of Q1; 'wish' of Q2)" in issue.detail
    assert "rename one, or merge them" in issue.detail


def test_a_theme_without_quotes_and_one_of_a_single_person_are_told() -> None:
    """Nobody spoke of cake; all quotes on tea are ann's. With an unsigned one, none is told."""
    said = [one for one in TWELVE if one[3] == "time"]
    mine = [("ann", f"tea number {n}", "Q1", "tea") for n in range(3)]
    found = issues(BOOK, coded([*said, *mine]))
    assert found[IssueKind.UNUSED] == [("cake",)]
    assert found[IssueKind.ONE_PERSON] == [("tea",)]
    unsigned = [*said, *mine, (None, "tea again", "Q1", "tea")]
    assert IssueKind.ONE_PERSON not in issues(BOOK, coded(unsigned))


def test_themes_given_together_more_often_than_apart_are_told() -> None:
    """Three of four quotes on time carry tea as well; two of four would be no news."""
    both = [(f"a{n}", f"tea and time {n}", "Q1", "tea time") for n in range(3)]
    alone = [(f"b{n}", f"time {n}", "Q1", "time") for n in range(3)]
    assert issues(BOOK, coded([*both, *alone[:1]]))[IssueKind.TOGETHER] == [("tea", "time")]
    tea = [(f"c{n}", f"tea {n}", "Q1", "tea") for n in range(3)]
    assert IssueKind.TOGETHER not in issues(BOOK, coded([*both, *alone, *tea]))


def test_a_quote_among_the_wrong_ones_is_far_from_its_theme() -> None:
    """One quote on rotas lies under tea."""
    tea = [(f"a{n}", f"we drink a pot of tea in kitchen {n}", "Q1", "tea") for n in range(4)]
    rotas = [(f"b{n}", f"night shift rotas leave nobody free {n}", "Q1", "time") for n in range(4)]
    stray = ("c", "night shift rotas leave nobody free at all", "Q1", "tea")
    check = audit(BOOK, coded([*tea, *rotas, stray]), Words(), stems)
    far = [issue for issue in check.issues if issue.kind is IssueKind.FAR]
    assert [issue.theme_ids for issue in far] == [("tea", "time")]
    assert [quote.post_id for quote in far[0].quotes] == ["p8"]
    assert check.n_quotes == 9


def test_a_quote_that_shares_no_word_with_its_theme_is_stray_wherever_it_belongs() -> None:
    """No other theme is near it; what shares a word with the definition or a quote is not told."""
    tea = [(f"a{n}", f"we drink a pot of tea in kitchen {n}", "Q1", "tea") for n in range(4)]
    rotas = [(f"b{n}", f"night shift rotas leave nobody free {n}", "Q1", "time") for n in range(4)]
    others = [
        ("c", "communication. communication.", "Q1", "tea"),
        ("d", "the fear of whoever sends them home too early", "Q1", "tea"),
        ("e", "pausing helps", "Q1", "tea"),  # the definition: pauses together
        ("f", "pots and plants", "Q1", "tea"),  # quotes: a pot of tea
        ("g", "of the we", "Q1", "tea"),  # function words alone share nothing with anything
    ]
    check = audit(BOOK, coded([*tea, *rotas, *others]), Words(), stems)
    stray = [issue for issue in check.issues if issue.kind is IssueKind.STRAY]
    assert [issue.quotes[0].post_id for issue in stray] == ["p9", "p8"], "the longest first"
    assert {issue.theme_ids for issue in stray} == {("tea",)}
    assert "shares no word with “Tea breaks”" in stray[0].detail
    assert "its 8 other quotes" in stray[0].detail
    check = audit(BOOK, coded(TWELVE), Words(), stems)
    assert not [issue for issue in check.issues if issue.kind is IssueKind.STRAY], (
        "the quotes on time share nothing with each other: that is the theme's fault"
    )


GARDEN = Codebook(
    questions=(Question(id="Q1", text="What makes the garden grow?"),),
    themes=tuple(
        Theme(id=theme_id, name=name, definition=definition, questions=("Q1",))
        for theme_id, name, definition in (
            ("water", "Watering together", "Neighbours who water the beds on a rota."),
            ("rota", "A rota", "Neighbours on a rota, who water the beds."),
            ("soil", "Better soil", "Compost and leaf mould dug in before winter."),
            ("light", "Light", "Hedges cut back so that the sun gets in."),
            ("bees", "Bees", "Hives or flowers for insects."),
        )
    ),
)
"""Two themes that say nearly the same, and one that nobody spoke of."""
GROWN = [
    *(
        (f"a{n}", f"we share the watering cans on evening {n}", "Q1", "water rota")
        for n in range(4)
    ),
    *((f"b{n}", f"a barrow of old compost dug in, bed {n}", "Q1", "soil") for n in range(4)),
    *((f"c{n}", f"cut the tall hedge, the sun came in {n}", "Q1", "light") for n in range(4)),
    ("d", "another barrow of old compost dug in, deep", "Q1", "light"),
]


def test_all_that_is_wrong_with_a_codebook_is_told_with_figures_and_what_to_do() -> None:
    """Near-equal definitions, themes given together, no quote, a quote elsewhere; no more."""
    check = audit(GARDEN, coded(GROWN, GARDEN), Words(), stems)
    told = {issue.kind: issue for issue in check.issues}
    assert len(told) == len(check.issues) == 4
    alike = told[IssueKind.ALIKE]
    assert alike.theme_ids == ("water", "rota")
    figure = re.fullmatch(
        r"“Watering together” and “A rota” are worded (0\.\d\d) alike, where 1 is the same; merge "
        r"them, or say when to use which",
        alike.detail,
    )
    assert figure is not None
    assert 0.5 <= float(figure[1]) < 1
    assert told[IssueKind.UNUSED].theme_ids == ("bees",)
    assert "retire what nobody speaks of, or widen" in told[IssueKind.UNUSED].detail
    assert told[IssueKind.TOGETHER].detail == (
        "4 quotes carry both “A rota” and “Watering together”, of 4 and 4 (100 % of the rarer "
        "theme's); merge them, or redraw the border"
    )
    far = told[IssueKind.FAR]
    assert (far.theme_ids, [quote.post_id for quote in far.quotes]) == (("light", "soil"), ["p12"])
    own, other = map(float, re.findall(r"\d\.\d\d", far.detail))
    assert other > 2 * own
    assert "move it, or redraw the border" in far.detail


def test_what_is_looked_for_is_told_with_its_thresholds_even_if_nothing_is_found() -> None:
    """Without codings three kinds, with them eight; what was not looked for is not claimed."""
    themes = [theme for theme in GARDEN.themes if theme.id in {"soil", "light"}]
    book = GARDEN.changed(themes=tuple(themes))
    check = audit(book, coded(GROWN[4:12], book), Words(), stems)
    assert check.issues == ()
    assert [line.partition(":")[0] for line in check.looked_for] == [
        *("bare", "same-name", "alike", "unused", "one-person", "together", "far", "stray")
    ]
    told = " ".join(check.looked_for)
    for threshold in ("at least 0.50 alike", "at least 3 quotes carry both, and more than 50 %"):
        assert threshold in told
    assert "more than 2 times as much like another theme's quotes" in told
    assert len(audit(book, None, Words(), stems).looked_for) == 3


def test_of_many_far_quotes_the_farthest_ten_are_named_and_all_counted() -> None:
    """Twelve quotes on compost lie under light; thirty of each theme lie where they should."""
    said = {
        "light": "cut the tall hedge, the sun came in",
        "soil": "a barrow of old compost dug in",
        "water": "we share cans every evening",
        "bees": "three hives stand behind our shed",
    }
    grown = [
        (f"{one}{n}", f"{text} {n}", "Q1", one) for one, text in said.items() for n in range(30)
    ]
    stray = [(f"d{n}", f"{said['soil']} {40 + n}", "Q1", "light") for n in range(12)]
    check = audit(GARDEN, coded([*grown, *stray], GARDEN), Words(), stems)
    assert sum(issue.kind is IssueKind.FAR for issue in check.issues) == 10
    assert check.looked_for[-2].endswith("; 12 quotes are, of which the farthest 10 stand above")
