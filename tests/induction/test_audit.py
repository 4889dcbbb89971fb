"""What an audit of a codebook finds, and what it leaves alone."""

from induction.small_chat import BOOK, TWELVE, coded

from secondcoder.coding.similarity import Words
from secondcoder.induction.audit import audit
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codebook_checks import IssueKind
from secondcoder.schema.codings import Codings


def issues(
    book: Codebook, codings: Codings | None = None
) -> dict[IssueKind, list[tuple[str, ...]]]:
    """Return the themes of each kind of issue."""
    found: dict[IssueKind, list[tuple[str, ...]]] = {}
    for issue in audit(book, codings, Words()).issues:
        found.setdefault(issue.kind, []).append(issue.theme_ids)
    return found


def test_a_theme_of_a_name_alone_is_bare() -> None:
    """Tea has a definition; time and cake have nothing."""
    assert issues(BOOK) == {IssueKind.BARE: [("time",), ("cake",)]}


def test_an_empty_codebook_has_no_issues() -> None:
    """There is nothing to look at, and that is no error."""
    assert audit(Codebook(), None, Words()).issues == ()


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
    assert issues(book) == {IssueKind.ALIKE: [("one", "two")]}


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
    check = audit(BOOK, coded([*tea, *rotas, stray]), Words())
    far = [issue for issue in check.issues if issue.kind is IssueKind.FAR]
    assert [issue.theme_ids for issue in far] == [("tea", "time")]
    assert [quote.post_id for quote in far[0].quotes] == ["p8"]
    assert check.n_quotes == 9
