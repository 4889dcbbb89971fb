"""The methods of a report: facts from the run, prompts by their hash, checklists."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import secondcoder
from secondcoder.coding.prompts import load_template
from secondcoder.errors import InputError
from secondcoder.reporting.checklists import TO_FILL_IN
from secondcoder.reporting.findings import findings
from secondcoder.reporting.methods import Methods
from secondcoder.schema.codings import Codings
from secondcoder.schema.edits import CodebookEdit, EditKind
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage

PROMPT = load_template("code-posts", version=1)
MODEL_RUN = Run(
    id="r",
    coder=Coder(id="openai/m", kind=CoderKind.MODEL),
    finished_at=datetime(2026, 5, 14, tzinfo=UTC),
    secondcoder_version="0.1.0",
    prompt_sha256=PROMPT.sha256,
    prompt_version="code-posts/v1",
    base_url="https://me:secret@example.org/v1",
    parameters={"temperature": 0.5, "mode": "auto"},
    usage=Usage(n_requests=3, prompt_tokens=1200, completion_tokens=90, cost_usd=0.04),
)


def with_run(codings: Codings, run: Run) -> Codings:
    """Return the codings as if that run had made them."""
    return Codings(info=codings.info.model_copy(update={"run": run}), posts=codings.posts)


def facts(found: Methods) -> dict[str, str]:
    """Return the facts by name."""
    return {fact.name: fact.value for fact in found.facts}


def test_a_models_run_says_who_what_when_where_and_for_how_much(codings: Codings) -> None:
    """Settings, prompt and hash, the address without its password, tokens and money."""
    found = facts(findings(with_run(codings, MODEL_RUN)).methods)
    assert found["Coded by"] == "openai/m, a language model, 14 May 2026"
    assert found["Model and settings"] == "openai/m (mode = auto, temperature = 0.5)"
    assert found["Prompt"] == f"code-posts/v1, SHA-256 {PROMPT.sha256}"
    assert found["Where words went"] == (
        "Posts were sent to https://example.org/v1 and nowhere else."
    )
    assert found["Cost"] == ("3 requests, 1,200 tokens sent and 90 received; cost 0.04 US dollars")
    assert found["Exclusions"] == "Greetings: 1; Reposts: 1; Duplicates: 1"
    assert (found["Failures"], found["Left to people"]) == ("1 post", "1 post")
    assert "secret" not in str(found)


def test_what_is_not_known_is_not_claimed(codings: Codings) -> None:
    """A run without an address, a price or a hash says so."""
    bare = MODEL_RUN.model_copy(
        update={
            "base_url": None,
            "prompt_sha256": None,
            "prompt_version": None,
            "usage": Usage(n_requests=1),
            "parameters": {},
        }
    )
    found = facts(findings(with_run(codings, bare)).methods)
    assert found["Where words went"] == "The address that posts were sent to is not recorded."
    assert found["Prompt"] == "not recorded"
    assert found["Cost"].endswith("cost not known")
    assert found["Model and settings"] == "openai/m"


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (CoderKind.PERSON, "People split the posts"),
        (CoderKind.EMBEDDED, "A program without a language model"),
        (CoderKind.PANEL, "Several coders coded each post on their own"),
    ],
)
def test_every_kind_of_coder_has_its_role(codings: Codings, kind: CoderKind, role: str) -> None:
    """Nothing left the machine where no model was asked."""
    run = Run(id="r", coder=Coder(id="c", kind=kind))
    found = facts(findings(with_run(codings, run)).methods)
    assert found["Role"].startswith(role)
    assert found["Where words went"] == "Nothing left the machine."
    assert found["Model and settings"] == "No language model coded."


def test_a_panel_names_each_member(codings: Codings) -> None:
    """The panel first, then its members, each with kind and day."""
    run = Run(
        id="p",
        coder=Coder(id="panel", kind=CoderKind.PANEL),
        members=(MODEL_RUN, Run(id="e", coder=Coder(id="e1", kind=CoderKind.EMBEDDED))),
    )
    found = facts(findings(with_run(codings, run)).methods)
    assert found["Coded by"] == (
        "panel, a panel of coders; openai/m, a language model, 14 May 2026; e1, the embedded "
        "coder, which runs on this machine"
    )


def test_the_prompt_is_printed_where_its_text_is_the_one_that_was_used(
    codings: Codings, tmp_path: Path
) -> None:
    """By its hash: a prompt of the same name and other text is not passed off as it."""
    path = tmp_path / "codings.jsonl"
    secondcoder.write_codings(with_run(codings, MODEL_RUN), path)
    assert "You are the second coder of a qualitative study." in secondcoder.report(path)
    other = MODEL_RUN.model_copy(update={"prompt_sha256": "0" * 64})
    report = secondcoder.report(with_run(codings, other))
    assert "You are the second coder of a qualitative study." not in report
    assert f"SHA-256 {'0' * 64}" in report


def test_the_edits_of_the_codebook_are_told(codings: Codings) -> None:
    """Each with the version it made and its reason."""
    edit = CodebookEdit(
        kind=EditKind.MERGE,
        before=("hours", "clock"),
        after=("time",),
        reason="one idea",
        version="2",
    )
    book = codings.info.codebook.changed(edits=(edit,))
    info = codings.info.model_copy(update={"codebook": book})
    found = facts(findings(Codings(info=info, posts=codings.posts)).methods)
    assert found["Codebook edits"] == "version 2: merge hours, clock → time (one idea)"


def test_the_checklist_says_what_is_answered_and_what_people_fill_in(codings: Codings) -> None:
    """Nine items of GAMER; ethics is never answered by a program."""
    rows = findings(with_run(codings, MODEL_RUN)).methods.checklist
    gamer = [row for row in rows if row.guideline == "GAMER"]
    assert len(gamer) == 9
    answers = {(row.guideline, row.item): row.answer for row in rows}
    assert answers["GAMER", "3 Prompting techniques"] == "see “Prompt”"
    assert answers["GAMER", "7 Content verification"] == TO_FILL_IN
    ethics = "S9 Ethical issues pertaining to human subjects"
    assert answers["SRQR", ethics] == TO_FILL_IN
    named = {fact.name for fact in findings(with_run(codings, MODEL_RUN)).methods.facts}
    for row in rows:
        if row.is_answered:
            assert row.answer.removeprefix("see “").removesuffix("”") in named


def test_agreement_is_stated_with_intervals_and_n(codings: Codings, tmp_path: Path) -> None:
    """From the file that `agree` wrote; a file of something else is refused."""
    others = with_run(codings, Run(id="o", coder=Coder(id="other", kind=CoderKind.PERSON)))
    path = tmp_path / "agreement.json"
    secondcoder.agree(codings, others, output=path)
    report = secondcoder.report(codings, agreement=path)
    assert "| Agreement | Compared: " in report
    assert "see “Agreement”" in report
    with pytest.raises(InputError, match="is no file of agreement"):
        secondcoder.report(codings, agreement=tmp_path / "nothing.json")


def test_a_private_report_does_not_say_where_the_chat_is(codings: Codings) -> None:
    """The address of the chat leads to everybody in it."""
    assert "Source" in facts(findings(codings).methods)
    report = secondcoder.report(codings, form="json", quotes="masked")
    assert '"Source"' not in report
