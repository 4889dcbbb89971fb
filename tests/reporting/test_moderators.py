"""Who moderated is no participant where it is told how many spoke, and is marked where quoted."""

import json
from pathlib import Path

import docx
import pytest
from api.series_cases import chat
from induction.small_chat import coded

import secondcoder
from secondcoder.induction.summarise import key_findings
from secondcoder.reporting.findings import findings
from secondcoder.reporting.opting_out import without_authors
from secondcoder.schema.chat import Question
from secondcoder.schema.codings import Codings
from secondcoder.schema.key_findings import KeyFinding


def moderated(codings: Codings, *names: str, asked_by: str | None = None) -> Codings:
    """Return the codings of the chat moderated by these, its first question asked by that post."""
    questions = (Question(id="Q1", asked_by=asked_by),)
    update = {"moderators": names, "questions": questions}
    info = codings.info.model_copy(update={"chat": codings.info.chat.model_copy(update=update)})
    return Codings(info=info, posts=codings.posts)


def sentences(found: tuple[KeyFinding, ...]) -> list[str]:
    """Return what was found of each theme."""
    return [one.text for one in found]


def test_findings_count_participants_and_tell_moderators_posts_apart() -> None:
    """Of three who spoke of tea the host is one, of two that spoke of time the only one."""
    said = [
        ("host", "tea is on", "Q1", "tea"),
        ("ann", "tea at ten", "Q1", "tea"),
        ("bo", "tea at ten", "Q1", "tea"),
        ("@HOST", "more time", "Q1", "time"),
    ]
    codings = coded(said)
    assert sentences(key_findings(codings)) == [
        "All three participants quoted on this question spoke of “Tea breaks”, in 3 posts.",
        "One of three participants quoted on this question spoke of “Time”, in 1 post.",
    ]
    assert sentences(key_findings(moderated(codings, "Host"))) == [
        "Both participants quoted on this question spoke of “Tea breaks”, in 3 posts, 1 of them "
        "by a moderator.",
        "Only a moderator spoke of “Time”, in 1 post.",
    ]


def test_unsigned_posts_and_moderators_are_each_told_apart() -> None:
    """Of three posts of tea one is unsigned and one the host's."""
    said = [
        ("host", "tea is on", "Q1", "tea"),
        ("ann", "tea at ten", "Q1", "tea"),
        (None, "tea at ten", "Q1", "tea"),
        ("host", "more time", "Q1", "time"),
        ("cy", "time for it", "Q1", "time"),
    ]
    assert sentences(key_findings(moderated(coded(said), "host"))) == [
        "Three of five posts quoted on this question (1 by one participant, 1 unsigned, 1 of them "
        "by a moderator) spoke of “Tea breaks”.",
        "One participant spoke of “Time”, in 2 of the 5 posts quoted on this question, 1 of them "
        "by a moderator.",
    ]


@pytest.mark.parametrize("named", [True, False])
def test_who_asked_a_question_moderates_as_who_is_named_does(
    codings: Codings, *, named: bool
) -> None:
    """Bo is named, or wrote the post that asks: two of the three who spoke of time are left."""
    told = moderated(codings, *(("@BO",) if named else ()), asked_by=None if named else "p2")
    found = findings(told)
    first = found.breakdown.questions[0]
    assert first.tally.words == "5 quotes from 2 authors and 1 moderator"
    assert found.breakdown.tally.words == "8 quotes from 3 authors and 1 moderator"
    assert "1 participant moderated the chat: not counted" in " ".join(found.introduction.figures)
    assert {quote.author for quote in found.quotes() if quote.is_by_moderator} == {"bo"}
    (bars,) = found.charts_at("question-1")
    assert [row[1] for row in bars.rows] == [2, 1]
    (busiest,) = (one for one in found.charts if one.id == "participation")
    assert "1 author moderated the chat." in busiest.alt
    facts = {fact.name: fact.value for fact in found.methods.facts}
    assert facts["Moderated by"] == (
        "@BO" if named else "bo (not named as such; posted a question)"
    )
    (item,) = (row for row in found.methods.checklist if row.item == "1 Interviewer/facilitator")
    assert (item.answer, item.is_answered) == ("see “Moderated by”", True)


def test_every_form_marks_a_moderators_quote(codings: Codings, tmp_path: Path) -> None:
    """Bo is quoted twice and one post of theirs was left out; the mark is on the quotes."""
    told = moderated(codings, "bo")
    page = secondcoder.report(told, form="html")
    assert page.count("<span>moderator</span>") == 2
    assert secondcoder.report(told, form="markdown").count("bo · moderator · ") == 2
    secondcoder.report(told, output=tmp_path / "r.docx")
    lines = [one.text for one in docx.Document(str(tmp_path / "r.docx")).paragraphs]
    assert sum("· moderator ·" in line for line in lines) == 2


def test_a_masked_report_counts_moderators_and_names_none(codings: Codings) -> None:
    """In a chat that is known, the mark would name a person."""
    report = secondcoder.report(moderated(codings, "bo"), form="json", quotes="masked")
    facts = {fact["name"]: fact["value"] for fact in json.loads(report)["methods"]["facts"]}
    assert facts["Moderated by"] == "1 person"
    assert '"is_by_moderator":true' not in report.replace(" ", "")
    assert '"bo"' not in report


def test_a_moderator_who_opted_out_is_not_named(codings: Codings) -> None:
    """Neither as named nor by a question of theirs."""
    kept = without_authors(moderated(codings, "bo", "Ann", asked_by="p2"), ["@Bo"])
    assert list(kept.codings.moderators.values()) == ["Ann"]


def test_without_moderators_people_are_to_name_them(codings: Codings) -> None:
    """No fact is made up, and no sentence says that anybody moderated."""
    found = findings(codings)
    assert "Moderated by" not in {fact.name for fact in found.methods.facts}
    assert "moderated" not in " ".join(found.introduction.figures)


def test_a_series_counts_participants_too() -> None:
    """Of two who spoke of time in March the host is one; of tea the host alone spoke."""
    said = (("ann", "Q1", "time"), ("host", "Q1", "time+tea"), ("bo", "Q1", "time"))
    chats = [moderated(chat(month, *said), "host") for month in (1, 3)]
    report = json.loads(secondcoder.report(chats, form="json"))
    question = next(one for one in report["questions"] if one["question_id"] == "Q1")
    time, tea = (question["themes"][place] for place in (0, 1))
    assert [point["n_authors"] for point in question["points"]] == [2, 2]
    assert (time["n_authors"], tea["n_authors"]) == (2, 0)
    assert "by both participants" in time["finding"]
    assert "by moderators alone" in tea["finding"]
