"""Agreement in the methods: only on these posts, and checked by people only where people coded."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import secondcoder
from secondcoder.cli.main import app
from secondcoder.errors import InputError
from secondcoder.reporting.checklists import TO_FILL_IN
from secondcoder.reporting.findings import Findings
from secondcoder.schema.codings import Codings, LeftOut, LeftOutReason
from secondcoder.schema.runs import Coder, CoderKind, Run

VALIDATION = ("7 Content verification", "E.1 Human validation of outputs")


def by(codings: Codings, coder: str, kind: CoderKind) -> Codings:
    """Return the codings as if somebody else had made them."""
    run = Run(id=coder, coder=Coder(id=coder, kind=kind))
    return Codings(info=codings.info.model_copy(update={"run": run}), posts=codings.posts)


def reported(codings: Codings, *compared: Codings) -> tuple[dict[str, str], dict[str, str]]:
    """Return the facts of a report with an agreement, and the answers of its checklist."""
    agreement = secondcoder.agree(*compared)
    found = Findings.model_validate_json(
        secondcoder.report(codings, form="json", agreement=agreement)
    )
    answers = {row.item: row.answer for row in found.methods.checklist}
    return {fact.name: fact.value for fact in found.methods.facts}, answers


def test_two_programs_do_not_stand_for_people_who_checked(codings: Codings) -> None:
    """What to do stands there instead; with a person among them, the agreement answers."""
    model = by(codings, "openai/m", CoderKind.MODEL)
    facts, answers = reported(codings, codings, model)
    assert "No person is among them." in facts["Agreement between programs"]
    for item in VALIDATION:
        assert answers[item].startswith(f"{TO_FILL_IN}: who checked which codings")
        assert "'secondcoder agree'" in answers[item]
    trust = answers["S15 Techniques to enhance trustworthiness"]
    assert trust == "see “Agreement between programs”"
    _, answers = reported(codings, codings, model, by(codings, "ann", CoderKind.PERSON))
    assert {answers[item] for item in VALIDATION} == {"see “Agreement”"}


def test_people_who_compared_other_codings_did_not_check_these(codings: Codings) -> None:
    """Two people on the same posts: stated as theirs, and no answer on this coder."""
    people = [by(codings, name, CoderKind.PERSON) for name in ("ann", "bo")]
    facts, answers = reported(codings, *people)
    told = facts["Agreement of other coders"]
    assert "embedded, whose codings these are, is none of them." in told
    assert all(answers[item].startswith(TO_FILL_IN) for item in VALIDATION)


def test_an_agreement_on_another_chat_is_refused(codings: Codings, tmp_path: Path) -> None:
    """By the posts: rows are often numbered alike, and the embedded coder has one name in all."""
    others = tuple(
        one.model_copy(
            update={
                "post": one.post.model_copy(update={"text": one.post.text + " "}),
            }
        )
        for one in codings.posts
    )
    other = Codings(info=codings.info, posts=others)
    path = tmp_path / "agreement.json"
    secondcoder.agree(codings, by(codings, "ann", CoderKind.PERSON), output=path)
    with pytest.raises(InputError, match=r"agreement\.json is about another chat: none of the 10"):
        secondcoder.report(other, agreement=path)
    coded = tmp_path / "other.jsonl"
    secondcoder.write_codings(other, coded)
    result = CliRunner().invoke(app, ["report", str(coded), "--agreement", str(path)])
    assert isinstance(result.exception, InputError)
    assert result.exception.exit_code == 2


def test_posts_of_the_agreement_that_the_report_lacks_are_counted(codings: Codings) -> None:
    """An agreement on ten posts, and a report on eight of them."""
    some = Codings(info=codings.info, posts=codings.posts[:8])
    facts, _ = reported(some, codings, by(codings, "ann", CoderKind.PERSON))
    assert "Of the 10 posts, left out or compared, 8 are in this report." in facts["Agreement"]
    facts, _ = reported(codings, codings, by(codings, "ann", CoderKind.PERSON))
    assert "in this report" not in facts["Agreement"]


def test_brackets_are_told_for_what_they_are(codings: Codings) -> None:
    """The level and the kind of the intervals; nothing where there are none."""
    nothing = LeftOut(reason=LeftOutReason.NO_IDEA)
    posts = (codings.posts[0].model_copy(update={"outcome": nothing}), *codings.posts[1:])
    ann = by(codings.model_copy(update={"posts": posts}), "ann", CoderKind.PERSON)
    facts, _ = reported(codings, codings, ann)
    assert "In brackets: 95 % intervals over posts (" in facts["Agreement"]
    bare = secondcoder.agree(codings, ann, interval=None)
    assert "In brackets" not in secondcoder.report(codings, agreement=bare)


def test_why_there_is_no_interval_is_told_once(codings: Codings) -> None:
    """Two who agree everywhere: every value is 1.00, and nothing tells how far it could stray."""
    facts, _ = reported(codings, codings, by(codings, "ann", CoderKind.PERSON))
    told = facts["Agreement"]
    assert "1.00 (no interval)" in told
    assert told.count("every replicate has the same value") == 1
    assert "No interval of Same themes, " in told
