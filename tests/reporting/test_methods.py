"""The methods of a report: facts from the run, prompts by their hash, checklists."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import secondcoder
from secondcoder.coding.prompts import load_template
from secondcoder.errors import InputError
from secondcoder.reporting.checklists import TO_FILL_IN
from secondcoder.reporting.findings import findings
from secondcoder.reporting.methods import Methods
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings
from secondcoder.schema.edits import CodebookEdit, EditKind
from secondcoder.schema.proposed import Proposed, QuestionRead
from secondcoder.schema.refined import Refined, ScoreChange
from secondcoder.schema.runs import Coder, CoderKind, PromptUsed, Run, Usage

PROMPT = load_template("code-posts", version=1)
CODES = load_template("propose-codes", version=1)
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

WRITER = Run(
    id="w",
    coder=Coder(id="openai/w", kind=CoderKind.MODEL),
    base_url="https://words.example/v1",
    prompts=(PromptUsed(name="key-findings/v1", sha256="e" * 64),),
    usage=Usage(n_requests=1),
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


def test_a_duration_is_told_where_it_is_given_and_a_start_where_it_is_inferred(
    codings: Codings,
) -> None:
    """Nobody is told that a chat lasted an hour because nobody said how long it lasted."""
    for length, inferred, told, duration in (
        (None, True, "5 March 2026, 20:00 UTC (taken from the first question)", None),
        (timedelta(minutes=90), False, "5 March 2026, 20:00 UTC", "90 minutes"),
    ):
        chat = codings.info.chat.model_copy(
            update={"length": length, "start_is_inferred": inferred}
        )
        info = codings.info.model_copy(update={"chat": chat})
        found = findings(Codings(info=info, posts=codings.posts))
        facts = {fact.name: fact.value for fact in found.methods.facts}
        assert facts["Time of the chat"] == found.introduction.held == told
        assert facts.get("Duration") == duration
        (item,) = (row for row in found.methods.checklist if row.item == "21 Duration")
        assert item.is_answered is (duration is not None)


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
    """Every item of the four; ethics is never answered by a program, and what to write is said."""
    made = findings(with_run(codings, MODEL_RUN)).methods
    rows = made.checklist
    sizes = Counter(row.guideline for row in rows)
    assert sizes == {"GAMER": 9, "GUIDE-LLM": 15, "COREQ": 32, "SRQR": 21}
    for guideline, sign in (("COREQ", ""), ("SRQR", "S")):
        numbers = [row.item.split()[0] for row in rows if row.guideline == guideline]
        assert numbers == [f"{sign}{n}" for n in range(1, sizes[guideline] + 1)]
    answers = {(row.guideline, row.item): row.answer for row in rows}
    assert answers["GAMER", "3 Prompting techniques"] == "see “Prompt”"
    assert answers["GAMER", "7 Content verification"].startswith(f"{TO_FILL_IN}: who checked")
    ethics = "S9 Ethical issues pertaining to human subjects"
    assert answers["SRQR", ethics].startswith(f"{TO_FILL_IN}: approval")
    named = {fact.name for fact in made.facts}
    for row in rows:
        parts = re.fullmatch(f"(see “[^”]*”)?(?:; )?({TO_FILL_IN}: .+)?", row.answer)
        assert parts is not None
        seen, left = parts.groups()
        assert row.is_answered == (left is None)
        assert seen is None or seen.removeprefix("see “").removesuffix("”") in named
        assert seen or left


def with_book(codings: Codings, book: Codebook) -> Codings:
    """Return the codings as if they had been made under that codebook."""
    info = codings.info.model_copy(update={"codebook": book})
    return Codings(info=info, posts=codings.posts)


HOW = Proposed(
    secondcoder_version="0.1.0",
    coder=Coder(id="openai/m", kind=CoderKind.MODEL),
    endpoint="https://example.org/v1",
    prompts=(
        PromptUsed(name="propose-codes/v1", sha256=CODES.sha256),
        PromptUsed(name="merge-codes/v1", sha256="0" * 64),
        PromptUsed(name="gone/v9", sha256="0" * 64),
    ),
    parameters={"temperature": 0.0, "back_end": "words-v1"},
    chat="Small steps",
    start="nothing",
    grain="medium",
    seed=3,
    n_posts=20,
    n_read=12,
    posts_sha256="f" * 64,
    questions=(
        QuestionRead(question_id="Q1", n_posts=15, n_read=9, n_themes=3, last_new=4),
        QuestionRead(question_id="Q2a", n_posts=4, n_read=2, n_themes=1, last_new=2),
        QuestionRead(n_posts=1, n_read=1),
    ),
    n_failed=1,
    usage=Usage(n_requests=2, prompt_tokens=900, completion_tokens=80, cost_usd=0.01),
)


def proposed(codings: Codings) -> Codebook:
    """Return the codebook of which three themes were proposed by a model."""
    book = codings.info.codebook
    ids = ("data", "time", "safety")
    how = HOW.model_copy(update={"marks": {each: book.theme_by_id[each].mark for each in ids}})
    step = CodebookEdit(
        kind=EditKind.PROPOSE,
        after=ids,
        reason="proposed from the posts",
        version="3",
        made_at=datetime(2026, 5, 13, tzinfo=UTC),
        proposed=how,
    )
    return book.changed(edits=(step,))


def test_a_report_tells_which_themes_a_program_proposed_and_from_what(codings: Codings) -> None:
    """Model, address, prompts with hashes, sample, seed, saturation and cost, as recorded."""
    made = findings(with_book(codings, proposed(codings))).methods
    found = facts(made)
    assert found["Themes proposed by"] == (
        "A language model, openai/m behind https://example.org/v1 (temperature = 0.0), proposed 3 "
        "themes on 13 May 2026 (medium grain), starting from no themes: codebook version 3, "
        "secondcoder 0.1.0. 1 request failed, and what was asked about is in no theme."
    )
    assert found["Posts read for themes"] == (
        "12 of 20 posts with answers of “Small steps”, drawn by chance from each question in "
        "proportion (Q1: 9 of 15; Q2a: 2 of 4; no question: 1 of 1) with seed 3; SHA-256 of their "
        f"ids {'f' * 64}. Saturation counts them in an order shuffled with the same seed."
    )
    assert found["Saturation"] == (
        "Q1: the last of 3 new themes was met in post 4 of 9 read; Q2a: the last of 1 new "
        "theme was met in post 2 of 2 read (the last one: more posts may hold more themes); no "
        "question: no new theme in 1 post read."
    )
    assert found["Prompts of the proposal"].startswith(
        f"propose-codes/v1, SHA-256 {CODES.sha256}; merge-codes/v1"
    )
    assert found["Cost of the proposal"] == (
        "2 requests, 900 tokens sent and 80 received; cost 0.01 US dollars"
    )
    assert found["Derivation of themes"] == (
        "As they were proposed (3): data, time, safety. Not from a proposal (people's, or of the "
        "codebook that was extended) (1): thanks."
    )
    assert found["Model and settings"] == (
        "No language model coded. A language model proposed themes: see “Themes proposed by”."
    )
    assert found["Where words went"] == (
        "Posts were sent to https://example.org/v1 and nowhere else."
    )
    answers = {row.item: row.answer for row in made.checklist}
    assert answers["22 Data saturation"] == "see “Saturation”"
    assert answers["26 Derivation of themes"] == "see “Derivation of themes”"
    assert answers["10 Sampling"].startswith("see “Selection of posts”; to be filled in: why")
    assert answers["A.2 Human in the loop or fully automated"] == "see “People's part”"


def test_the_prompts_of_a_proposal_are_printed_where_their_text_is_the_one_used(
    codings: Codings,
) -> None:
    """The one whose hash is the shipped text's; not one of another hash, nor one that is gone."""
    report = secondcoder.report(with_book(codings, proposed(codings)))
    assert "### Prompt propose-codes/v1" in report
    assert CODES.text.splitlines()[-1] in report
    assert "### Prompt merge-codes/v1" not in report
    assert "### Prompt gone" not in report


def test_themes_that_people_changed_are_told_from_those_as_proposed(codings: Codings) -> None:
    """One renamed by a step, one reworded in the file, one retired; each step with who decided."""
    book = proposed(codings)
    book = secondcoder.rename_codebook(book, "data", "numbers", reason="clearer", by="Ann")
    book = secondcoder.retire_codebook(book, "safety", reason="thin")
    themes = tuple(
        theme.model_copy(update={"definition": "Hours."}) if theme.id == "time" else theme
        for theme in book.themes
    )
    book = book.changed(themes=themes)
    moved = secondcoder.follow_codebook(book, with_book(codings, proposed(codings))).codings
    found = facts(findings(moved).methods)
    assert found["Derivation of themes"] == (
        "Proposed, and changed by people since (2): numbers, time. Not from a proposal (people's, "
        "or of the codebook that was extended) (1): thanks. Proposed, and no longer there (1): "
        "safety."
    )
    assert "rename data → numbers (clearer, by Ann)" in found["Codebook edits"]
    assert found["People's part"] == (
        "Coding was automated: no person is recorded to have decided on a post; 1 post left to "
        "people. Themes: 2 proposed by a program and changed since; 1 not from a proposal; 2 "
        "recorded edits."
    )


def test_who_accepted_sharper_wording_and_what_it_gained_is_told(codings: Codings) -> None:
    """Scores before and after stand with the edit; a score without a value is said to be none."""
    how = Refined(
        secondcoder_version="0.1.0",
        coder="embedded",
        people="ann",
        coder_before="embedded",
        seed=0,
        n_learnt=30,
        n_held_back=28,
        n_suggested=4,
        accepted=(1, 2),
        scores=(
            ScoreChange(name="F1", before=0.56, after=0.565, low=-0.005, high=0.014),
            ScoreChange(name="alpha"),
        ),
        verdict="no telling",
    )
    step = CodebookEdit(
        kind=EditKind.REFINE,
        before=("time",),
        after=("time",),
        reason="examples",
        version="4",
        made_by="Bo",
        refined=how,
    )
    book = codings.info.codebook.changed(edits=(step,))
    assert facts(findings(with_book(codings, book)).methods)["Sharper wording"] == (
        "Version 4: embedded suggested 4 lines from 30 posts on which ann and embedded were "
        "compared; Bo accepted 2. On 28 posts held back (seed 0): F1 0.560 before, 0.565 after "
        "(difference -0.005 to 0.014); alpha undefined before, undefined after."
    )


def test_a_request_of_a_model_knows_of_no_other(codings: Codings) -> None:
    """What is said of state follows from how requests are made; posts may share one."""
    run = MODEL_RUN.model_copy(update={"parameters": {"posts_per_request": 8}})
    found = facts(findings(with_run(codings, run)).methods)
    assert "Up to 8 posts shared a request." in found["Memory between requests"]
    embedded = facts(findings(codings).methods)
    assert embedded["Memory between requests"] == "No language model coded."
    assert found["Selection of posts"] == (
        "None was left out by chance: what became of each of the 10 posts is told."
    )


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


def test_words_that_a_model_saw_for_themes_or_sentences_left_the_machine(codings: Codings) -> None:
    """The introduction says so, as the methods do, whoever coded."""
    embedded = Run(id="r", coder=Coder(id="c", kind=CoderKind.EMBEDDED))
    alone = with_run(codings, embedded)
    by_model = with_run(with_book(codings, proposed(codings)), embedded)
    for shown, writer, words in (
        (by_model, None, "for themes, sent to https://example.org/v1"),
        (alone, WRITER, "for sentences of the report, sent to https://words.example/v1"),
    ):
        found = findings(shown, writer=writer)
        told = {each.name: each.value for each in found.introduction.made}["Where words went"]
        assert told == f"for coding, nothing left this machine; {words}"
        assert facts(found.methods)["Where words went"].startswith("Posts were sent to https://")
    asked = findings(with_run(codings, MODEL_RUN), writer=WRITER).introduction.made
    (told,) = (each.value for each in asked if each.name == "Where words went")
    assert "nowhere else" not in told
    unrecorded = WRITER.model_copy(update={"base_url": None})
    (told,) = (
        each.value
        for each in findings(alone, writer=unrecorded).introduction.made
        if each.name == "Where words went"
    )
    assert told.endswith("for sentences of the report, sent to an address that is not recorded")


def test_the_checklist_points_to_the_model_that_wrote_where_none_coded(codings: Codings) -> None:
    """What is said of coding denies a model; items on models point to the sentences as well."""
    run = Run(id="r", coder=Coder(id="c", kind=CoderKind.EMBEDDED))
    items = {
        "GAMER": {"2": "Model and settings", "3": "Prompt", "4": "Role"},
        "GUIDE-LLM": {
            "A.1": "Role",
            "B.1": "Model and settings",
            "B.3": "Model and settings",
            "B.5": "Memory between requests",
            "C.1": "Prompt",
            "C.2": "Prompt",
        },
    }
    for writer, beside in ((WRITER, " and “Sentences of the report”"), (None, "")):
        made = findings(with_run(codings, run), writer=writer).methods
        told = {(row.guideline, row.item.split()[0]): row.answer for row in made.checklist}
        for guideline, pointed in items.items():
            for item, name in pointed.items():
                assert told[guideline, item] == f"see “{name}”{beside}"
        assert sum("Sentences of the report" in answer for answer in told.values()) == (
            9 if writer else 0
        )


def test_settings_stand_in_the_methods_alone(codings: Codings) -> None:
    """A reader of the introduction has no use for 'unasked_bar = 0.5'; an audit has."""
    run = codings.info.run.model_copy(update={"parameters": {"unasked_bar": 0.5, "near": 0.04}})
    info = codings.info.model_copy(update={"run": run})
    found = findings(Codings(info=info, posts=codings.posts))
    assert "unasked_bar" not in found.introduction.model_dump_json()
    facts = {fact.name: fact.value for fact in found.methods.facts}
    assert facts["Settings"] == "embedded (near = 0.04, unasked_bar = 0.5)"
