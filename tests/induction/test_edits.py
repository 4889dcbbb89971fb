"""Edits of a codebook: what each makes of the themes, and what codings make of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from induction.small_chat import BOOK, coded
from pydantic import ValidationError

import secondcoder
from secondcoder.errors import CodebookError
from secondcoder.induction import edits
from secondcoder.induction.codebook_difference import codebook_difference
from secondcoder.induction.following import followed
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.edits import CodebookEdit, EditKind, Reference

STEP = edits.Step("they were confused", None, datetime(2026, 5, 14, tzinfo=UTC))


def themes_of(book: Codebook) -> list[tuple[str, str]]:
    """Return ids and names, in order."""
    return [(theme.id, theme.name) for theme in book.themes]


def test_a_rename_keeps_the_place_and_is_recorded() -> None:
    """Version 1 becomes 2; the edit names both ids, the reason and the version it made."""
    made = edits.renamed(BOOK, "time", STEP, to="hours", name="Protected hours")
    assert themes_of(made) == [
        ("tea", "Tea breaks"),
        ("hours", "Protected hours"),
        ("cake", "Cake"),
    ]
    assert made.version == "2"
    assert made.edits == (
        CodebookEdit(
            kind=EditKind.RENAME,
            before=("time",),
            after=("hours",),
            reason="they were confused",
            version="2",
            made_at=STEP.made_at,
        ),
    )


def test_a_rename_is_followed_where_another_theme_points_to_it() -> None:
    """A proposal's border names its neighbour in quotation marks; other words stay."""
    rules = ("it speaks of rotas, as “Time” does", "Time as such")
    tea, time, cake = BOOK.themes
    book = BOOK.changed(themes=(tea.model_copy(update={"exclude": rules}), time, cake))
    after = edits.renamed(book, "time", STEP, to="time", name="Hours")
    assert after.theme_by_id["tea"].exclude == (
        "it speaks of rotas, as “Hours” does",
        "Time as such",
    )
    assert after.theme_by_id["cake"] == cake
    assert after.edits[0].references == (
        Reference(theme="tea", before=rules[0], after="it speaks of rotas, as “Hours” does"),
    )


def test_a_merge_loses_nothing_that_anybody_wrote() -> None:
    """The other's definition becomes a rule; rules, examples and questions of both stay."""
    book = BOOK.changed(
        themes=(
            BOOK.themes[0].model_copy(update={"include": ("a pot",), "examples": ("one",)}),
            Theme(
                id="time",
                name="Time",
                definition="Hours.",
                include=("a clock", "a pot"),
                examples=("two",),
                questions=("Q2",),
            ),
        )
    )
    made = edits.merged(book, ["tea", "time"], STEP, into="time", name=None)
    (one,) = made.themes
    assert (one.id, one.name, one.definition) == ("time", "Time", "Hours.")
    assert one.include == ("a clock", "a pot", "Pauses together.")
    assert one.examples == ("two", "one")
    assert one.questions == ("Q2", "Q1")


def test_a_merge_drops_the_border_between_its_themes_and_keeps_the_others() -> None:
    """“Tea breaks” is no reason against “Pauses”, which it is a part of now; cake points there."""
    tea, time, cake = BOOK.themes
    mine = ("it speaks of hours, as “Time” does", "it speaks of ovens, as “Cake” does")
    theirs = ("it speaks of kettles, as “Tea breaks” does",)
    book = BOOK.changed(
        themes=(
            tea.model_copy(update={"exclude": mine}),
            time.model_copy(update={"exclude": theirs}),
            cake.model_copy(update={"exclude": theirs}),
        )
    )
    after = edits.merged(book, ["tea", "time"], STEP, into="pause", name="Pauses")
    assert after.theme_by_id["pause"].exclude == mine[1:]
    assert after.theme_by_id["cake"].exclude == ("it speaks of kettles, as “Pauses” does",)


def test_a_merge_with_a_general_theme_is_general() -> None:
    """Cake may answer any question; what it becomes a part of may, too. It stands where tea did."""
    made = edits.merged(BOOK, ["tea", "cake"], STEP, into="food", name="Food")
    assert themes_of(made) == [("food", "Food"), ("time", "Time")]
    assert made.themes[0].questions == ()


def test_a_split_keeps_the_questions_and_one_may_keep_the_id() -> None:
    """The part that keeps the id keeps the definition; the new one is to be defined."""
    made = edits.split(BOOK, "tea", STEP, into={"tea": "Tea", "talk": "Talk"})
    assert themes_of(made)[:2] == [("tea", "Tea"), ("talk", "Talk")]
    assert [theme.definition for theme in made.themes[:2]] == ["Pauses together.", ""]
    assert [theme.questions for theme in made.themes[:2]] == [("Q1",), ("Q1",)]


def test_a_retired_theme_is_gone() -> None:
    """The last theme can't go."""
    made = edits.retired(BOOK, "tea", STEP)
    assert [theme_id for theme_id, _ in themes_of(made)] == ["time", "cake"]
    with pytest.raises(CodebookError, match="the only one"):
        edits.retired(BOOK.changed(themes=BOOK.themes[:1]), "tea", STEP)


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (lambda: edits.renamed(BOOK, "nap", STEP, to="rest", name=None), "no theme 'nap'"),
        (lambda: edits.renamed(BOOK, "tea", STEP, to="cake", name=None), "'cake' is there already"),
        (lambda: edits.renamed(BOOK, "tea", STEP, to="tea", name="Tea breaks"), "named so already"),
        (lambda: edits.merged(BOOK, ["tea"], STEP, into="tea", name=None), "two different themes"),
        (lambda: edits.merged(BOOK, ["tea", "tea"], STEP, into="tea", name=None), "two different"),
        (lambda: edits.merged(BOOK, ["tea", "time"], STEP, into="cake", name=None), "already"),
        (lambda: edits.split(BOOK, "tea", STEP, into={"pot": "Pot"}), "two themes or more"),
        (lambda: edits.split(BOOK, "tea", STEP, into={"a": "A", "cake": "B"}), "already"),
        (lambda: edits.retired(BOOK, "tea", STEP._replace(reason=" ")), "give the reason"),
    ],
)
def test_an_edit_that_makes_no_sense_says_why(edit: object, complaint: str) -> None:
    """Nothing is changed."""
    assert callable(edit)
    with pytest.raises(CodebookError, match=complaint):
        edit()


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [("merge", ["a"], ["b"]), ("rename", ["a"], []), ("split", ["a"], ["b", "b"])],
)
def test_a_record_of_an_edit_that_cannot_be_is_refused(
    kind: str, before: list[str], after: list[str]
) -> None:
    """A merge of one, a rename into nothing, a split into one twice."""
    with pytest.raises(ValidationError, match="edit"):
        CodebookEdit.model_validate({
            "kind": kind,
            "before": before,
            "after": after,
            "reason": "r",
            "version": "2",
        })


def test_what_a_codebook_says_does_not_depend_on_its_history() -> None:
    """Renamed there and back, version 1 again: another history, the same hash."""
    there = edits.renamed(BOOK, "tea", STEP, to="pot", name=None)
    back = edits.renamed(there, "pot", STEP._replace(version="1"), to="tea", name=None)
    assert len(back.edits) == 2
    assert back.sha256 == BOOK.sha256


def test_codings_follow_renames_and_merges_step_by_step() -> None:
    """Tea and time become pause, pause becomes rest: 12 quotes move, other ideas stay."""
    merged = edits.merged(BOOK, ["tea", "time"], STEP, into="pause", name="Pause")
    book = edits.renamed(merged, "pause", STEP, to="rest", name=None)
    codings = coded()
    found = followed(codings, book)
    assert found.n_moved == 12
    assert (found.n_retired, found.to_code_again) == (0, ())
    given = {theme_id for coding in found.codings.quotes for theme_id in coding.theme_ids}
    assert given == {"rest"}
    assert [one.quote for one in found.codings.quotes] == [one.quote for one in codings.quotes]
    assert found.codings.info.codebook == book


def test_quotes_of_a_retired_theme_become_other_ideas_with_a_note() -> None:
    """Eight quotes carried tea alone."""
    found = followed(coded(), edits.retired(BOOK, "tea", STEP))
    assert found.n_retired == 8
    notes = [coding.note for coding in found.codings.quotes if coding.note]
    assert notes == ["theme 'tea' was retired"] * 8


def test_quotes_of_a_split_theme_are_listed_for_a_coder() -> None:
    """Which part they belong to is a decision; the note says into what it was split."""
    book = edits.split(BOOK, "time", STEP, into={"hours": "Hours", "rotas": "Rotas"})
    found = followed(coded(), book)
    assert found.to_code_again == ("p8", "p9", "p11", "p12")
    notes = {coding.note for coding in found.codings.quotes if coding.note}
    assert notes == {"theme 'time' was split into hours, rotas: code again"}
    assert followed(found.codings, book).to_code_again == found.to_code_again, "they wait still"
    report = secondcoder.report(found.codings)
    assert "4 quotes wait to be coded again, since their theme was split" in report
    assert " without a theme; 4 of them wait to be coded again." in report


def test_codings_do_not_follow_a_codebook_of_another_history() -> None:
    """Two people edited apart: neither version goes on from the other."""
    mine = edits.retired(BOOK, "cake", STEP)
    theirs = edits.renamed(BOOK, "cake", STEP, to="pie", name=None)
    codings = followed(coded(), mine).codings
    with pytest.raises(CodebookError, match="does not go on from"):
        followed(codings, theirs)


def test_a_difference_names_what_is_asked_again() -> None:
    """A theme of Q2 alone got a definition: Q2 is asked again. A key finding asks nothing."""
    book = BOOK.changed(
        themes=(
            BOOK.themes[0].model_copy(update={"key_finding": "Tea helps."}),
            BOOK.themes[1].model_copy(update={"questions": ("Q2",), "definition": "Hours."}),
            BOOK.themes[2],
        )
    )
    narrow = BOOK.changed(
        themes=(
            BOOK.themes[0],
            BOOK.themes[1].model_copy(update={"questions": ("Q2",)}),
            BOOK.themes[2],
        )
    )
    found = codebook_difference(narrow, book)
    assert found.asked_again == ("Q2",)
    assert [(one.id, one.field, one.after) for one in found.changes] == [
        ("tea", "key_finding", "Tea helps."),
        ("time", "definition", "Hours."),
    ]
    assert (found.themes_added, found.themes_removed, found.edits) == ((), (), ())


def test_a_difference_lists_the_recorded_steps_between() -> None:
    """A general theme with another name is asked about everywhere; with another id, nowhere."""
    made = edits.renamed(BOOK, "cake", STEP, to="pie", name=None)
    found = codebook_difference(BOOK, made)
    assert (found.themes_added, found.themes_removed) == ((), ())
    assert [(one.id, one.field, one.before) for one in found.changes] == [("pie", "id", "cake")]
    assert [edit.kind for edit in found.edits] == [EditKind.RENAME]
    assert found.asked_again == ()
    named = edits.renamed(made, "pie", STEP, to="pie", name="Pie")
    assert codebook_difference(BOOK, named).asked_again == ("Q1", "Q2", None)
    back = codebook_difference(made, BOOK)
    assert (back.edits, back.themes_added, back.themes_removed) == ((), ("cake",), ("pie",))


def test_a_difference_tells_a_rule_that_follows_from_one_that_was_edited() -> None:
    """Tea's border names Time; that is Hours now. A rule more is an edit, and is asked about."""
    tea, time, cake = BOOK.themes
    tea = tea.model_copy(update={"exclude": ("hours are “Time”",)})
    before = BOOK.changed(themes=(tea, time.model_copy(update={"questions": ("Q2",)}), cake))
    after = edits.renamed(before, "time", STEP, to="time", name="Hours")
    found = codebook_difference(before, after)
    assert [(one.id, one.field, one.follows) for one in found.changes] == [
        ("tea", "exclude", True),
        ("time", "name", False),
    ]
    assert found.asked_again == ("Q2",)
    tea, *rest = after.themes
    longer = tea.model_copy(update={"exclude": (*tea.exclude, "biscuits")})
    found = codebook_difference(before, after.changed(themes=(longer, *rest)))
    assert [(one.id, one.follows) for one in found.changes] == [("tea", False), ("time", False)]
    assert found.asked_again == ("Q1", "Q2")


def test_a_name_that_two_themes_have_is_followed_where_it_means_the_one() -> None:
    """Two themes are called Time. Tea stands beside the one of Q1; Cake may meet both."""
    tea, time, cake = BOOK.themes
    rule = ("that is “Time”",)
    before = BOOK.changed(
        themes=(
            tea.model_copy(update={"exclude": rule}),
            time.model_copy(update={"questions": ("Q1",)}),
            Theme(id="other", name="Time", questions=("Q2",)),
            cake.model_copy(update={"exclude": rule}),
        )
    )
    mine = edits.renamed(before, "time", STEP, to="time", name="Hours").theme_by_id
    assert (mine["tea"].exclude, mine["cake"].exclude) == (("that is “Hours”",), rule)
    theirs = edits.renamed(before, "other", STEP, to="other", name="Hours").theme_by_id
    assert (theirs["tea"].exclude, theirs["cake"].exclude) == (rule, rule)
    both = edits.merged(before, ["time", "other"], STEP, into="time", name="Hours").theme_by_id
    assert both["cake"].exclude == ("that is “Hours”",)


def test_references_are_kept_in_the_file(tmp_path: Path) -> None:
    """A codebook that was written and read again is the same, and tells the same difference."""
    tea, *rest = BOOK.themes
    before = BOOK.changed(themes=(tea.model_copy(update={"exclude": ("1: “Time”",)}), *rest))
    path = tmp_path / "book.yaml"
    made = secondcoder.rename_codebook(before, "time", name="No", reason="r", output=path)
    assert made.edits[0].references
    assert secondcoder.read_codebook(path) == made
