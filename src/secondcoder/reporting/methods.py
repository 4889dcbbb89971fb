"""The methods of a report: who coded what when and with what, for a journal and for an audit."""

from collections.abc import Callable, Iterator, Sequence

from secondcoder.reporting.accounting import REASONS, Accounting
from secondcoder.reporting.breakdown import Breakdown
from secondcoder.reporting.charts import apart
from secondcoder.reporting.checklists import ChecklistRow, checklist
from secondcoder.reporting.derivation_wording import (
    cost_words,
    derivation_facts,
    edit_words,
    model_addresses,
    prompt_words,
    proposed_by_model,
    themes_words,
)
from secondcoder.reporting.introduction import CODER_WORDS, Fact, Introduction
from secondcoder.reporting.wording import count, day, endpoint
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import CodingsInfo, LeftOutReason, awaits_coding
from secondcoder.schema.derivation import derivation
from secondcoder.schema.edits import EditKind
from secondcoder.schema.key_findings import FindingOrigin
from secondcoder.schema.record import Record
from secondcoder.schema.runs import CoderKind, Run

TIME = "Time of the chat"
"""What the fact is called that says when the chat began."""
MODERATED = "Moderated by"
"""What the fact is called that names who moderated."""
EDITS = "Codebook edits"
QUOTES = "Quotes"
ASKED = "Questions asked"
ETHICS = (
    "Approval or exemption, by whom and when",
    "What participants were told, and how they could object",
    "How quotes may be searched back to people, and what was done about it",
    "Where the posts, the codings and the ledger are kept, for how long, and who may see them",
)
"""What the program can't know and a journal asks; each line is for people to fill in."""


class PromptText(Record):
    """A prompt as it was sent, less the posts."""

    name: str
    sha256: str
    text: str


class Methods(Record):
    """Facts of how the coding was made, the prompts behind it, and checklists."""

    facts: tuple[Fact, ...]
    prompts: tuple[PromptText, ...]
    ethics: tuple[str, ...] = ETHICS
    checklist: tuple[ChecklistRow, ...]

    def replacing(self, name: str, old: str | None, new: str | None) -> "Methods":
        """Return the methods with other words in a fact, where it and both words are given."""
        if old is None or new is None:
            return self
        facts = tuple(
            fact.model_copy(update={"value": fact.value.replace(old, new)})
            if fact.name == name
            else fact
            for fact in self.facts
        )
        return self.model_copy(update={"facts": facts})

    def with_words(self, name: str, words_of: Callable[[str], str]) -> "Methods":
        """Return the methods with what is shown of a fact's words."""
        facts = tuple(
            fact.model_copy(update={"value": words_of(fact.value)}) if fact.name == name else fact
            for fact in self.facts
        )
        return self.model_copy(update={"facts": facts})

    def stating(self, fact: Fact) -> "Methods":
        """Return the methods with one more fact, which no item of a checklist asks for."""
        return self.model_copy(update={"facts": (*self.facts, fact)})

    def without(self, name: str) -> "Methods":
        """Return the methods without a fact; what it answered is to be filled in."""
        facts = tuple(fact for fact in self.facts if fact.name != name)
        return self.model_copy(
            update={"facts": facts, "checklist": checklist([fact.name for fact in facts])}
        )


def methods(  # noqa: PLR0913, PLR0917  # the parts of a report that the facts are taken from
    info: CodingsInfo,
    introduction: Introduction,
    breakdown: Breakdown,
    account: Accounting,
    prompts: Sequence[PromptText] = (),
    agreement: Fact | None = None,
    writer: Run | None = None,
    asked_out: str | None = None,
) -> Methods:
    """Return the methods of a report.

    Args:
        info: Chat, codebook and run of the codings.
        introduction: The report's introduction.
        breakdown: The report's quotes and findings.
        account: What became of every post.
        prompts: Texts of the prompts that the runs name.
        agreement: What `agree` found, as it is stated.
        writer: The run in which a model wrote sentences of the report.
        asked_out: Says how many people asked to be left out, where some did.
    """
    facts = {
        **dict(_source(info, introduction)),
        **dict(_coding(info, writer)),
        **dict(_codebook(info)),
        "People's part": _peoples_part(info, account),
        "Selection of posts": _selection(account),
        **dict(_results(breakdown, account)),
    }
    if asked_out is not None:
        facts["Asked to be left out"] = asked_out
        facts["Exclusions"] += f". {asked_out}"
    if writer is not None and writer.prompts:
        facts["Sentences of the report"] = _written(writer)
    if agreement is not None:
        facts[agreement.name] = agreement.value
    return Methods(
        facts=tuple(Fact(name=name, value=value) for name, value in facts.items()),
        prompts=tuple(prompts),
        checklist=checklist(facts),
    )


def _source(info: CodingsInfo, introduction: Introduction) -> Iterator[tuple[str, str]]:
    chat = info.chat
    place = introduction.source_url or introduction.source
    if place:
        yield "Source", place
    if introduction.held is not None:
        yield TIME, introduction.held
    if chat.length is not None:
        yield "Duration", count(round(chat.length.total_seconds() / 60), "minute")
    if introduction.moderated_by is not None:
        yield MODERATED, introduction.moderated_by
    yield "Posts and participants", " ".join(introduction.figures)
    questions = info.codebook.leaves
    if questions:
        yield (
            ASKED,
            "; ".join(
                f"{one.id}: {apart(one.text) or '–'}"  # noqa: RUF001
                for one in questions
            ),
        )


def _coding(info: CodingsInfo, writer: Run | None) -> Iterator[tuple[str, str]]:
    run = info.run
    runs = run.members or (run,)
    told = proposed_by_model(info.codebook)
    yield (
        "Coded by",
        "; ".join(_who(each) for each in ((run,) if not run.members else (run, *runs))),
    )
    models = [each for each in runs if each.coder.kind is CoderKind.MODEL]
    if models:
        yield "Model and settings", "; ".join(map(_model, models))
        yield "Prompt", "; ".join(map(_prompt, models))
        yield "Memory between requests", _memory(models)
    else:
        yield "Model and settings", f"No language model coded.{told}"
        yield "Prompt", f"None for coding.{told}" if told else "None."
        yield "Memory between requests", f"No language model coded.{told}"
    others = [each for each in runs if each.coder.kind is not CoderKind.MODEL and each.parameters]
    if others:
        yield "Settings", "; ".join(map(_model, others))
    yield "Role", f"{_role(run)}{told}"
    yield "Where words went", _where(runs, info.codebook, writer)
    if run.usage.n_requests:
        yield "Cost", cost_words(run.usage)
    if run.secondcoder_version:
        yield "Program", f"secondcoder {run.secondcoder_version}"


def _who(run: Run) -> str:
    when = run.finished_at or run.started_at
    on = f", {day(when)}" if when is not None else ""
    names = dict.fromkeys((apart(run.coder.id), CODER_WORDS[run.coder.kind]))
    return f"{', '.join(names)}{on}"


def _model(run: Run) -> str:
    settings = ", ".join(f"{name} = {value}" for name, value in sorted(run.parameters.items()))
    return f"{run.coder.id}{f' ({settings})' if settings else ''}"


def _prompt(run: Run) -> str:
    name = run.prompt_version or "not recorded"
    return f"{name}, SHA-256 {run.prompt_sha256}" if run.prompt_sha256 else name


def _role(run: Run) -> str:
    match run.coder.kind:
        case CoderKind.PERSON:
            return "People split the posts into quotes and gave each its themes."
        case CoderKind.EMBEDDED:
            return (
                "A program without a language model split the posts into verbatim quotes and gave "
                "each the themes whose words it shares."
            )
        case CoderKind.MODEL if run.parameters.get("likelihoods"):
            return (
                "Each piece of a post was given the theme of its question that a language model "
                "found likeliest; quotes were cut from the posts by the program, so they are "
                "verbatim."
            )
        case CoderKind.MODEL:
            return (
                "A language model named numbered segments of each post and gave them themes of the "
                "codebook; quotes were cut from the posts by the program, so they are verbatim."
            )
        case CoderKind.PANEL:
            return (
                "Several coders coded each post on their own and the program counted their votes; "
                "quotes were cut from the posts, so they are verbatim."
            )


def _memory(models: Sequence[Run]) -> str:
    """Return what a request knew of others."""
    sizes = [
        size
        for run in models
        if isinstance(
            size := run.packing.posts_per_request
            if run.packing is not None
            else run.parameters.get("posts_per_request"),
            int,
        )
    ]
    together = max(sizes, default=1)
    shared = f" Up to {together:,} posts shared a request." if together > 1 else ""
    return (
        f"None: every request held all that it was to be answered from, and no conversation was "
        f"kept.{shared} Only a reply that could not be used was asked for again with a note of "
        f"what was wrong with it. What the provider keeps is not known."
    )


def _peoples_part(info: CodingsInfo, account: Accounting) -> str:
    """Return what people decided, as far as it is recorded."""
    run = info.run
    kinds = {each.coder.kind for each in (run.members or (run,))}
    n_left = count(len(account.abstained), "post")
    if kinds == {CoderKind.PERSON}:
        coding = "People coded."
    elif CoderKind.PERSON in kinds:
        coding = f"People and programs coded together; {n_left} left to people."
    else:
        coding = (
            f"Coding was automated: no person is recorded to have decided on a post; {n_left} left "
            f"to people."
        )
    found = derivation(info.codebook)
    if found is None:
        return f"{coding} Who wrote the themes is not recorded."
    n_steps = sum(edit.kind is not EditKind.PROPOSE for edit in info.codebook.edits)
    return f"{coding} Themes: {themes_words(found)}; {count(n_steps, 'recorded edit')}."


def _selection(account: Accounting) -> str:
    """Return whether posts were chosen among those that were read in."""
    n_unseen = sum(
        len(group.posts) for group in account.left_out if group.reason is LeftOutReason.NOT_CODED
    )
    posts = count(account.n_posts, "post")
    if n_unseen:
        return (
            f"{count(n_unseen, 'post')} of {posts} not looked at: outside the sample, or the run "
            f"was stopped before them."
        )
    return f"None was left out by chance: what became of each of the {posts} is told."


def _where(runs: Sequence[Run], book: Codebook, writer: Run | None) -> str:
    """Return which servers were sent words: for coding, for the themes, or for this report."""
    addresses = [
        *(run.base_url for run in runs if run.coder.kind is CoderKind.MODEL),
        *model_addresses(book),
        *((writer.base_url,) if writer is not None and writer.prompts else ()),
    ]
    known = dict.fromkeys(endpoint(url) for url in addresses if url is not None)
    if None in addresses:
        return "The address that posts were sent to is not recorded."
    if known:
        return f"Posts were sent to {', '.join(known)} and nowhere else."
    return "Nothing left the machine."


def _written(writer: Run) -> str:
    """Return which model wrote sentences of the report, with which prompts, and what it took."""
    return (
        f"{_model(writer)}; {'; '.join(map(prompt_words, writer.prompts))}; "
        f"{cost_words(writer.usage)}"
    )


def _codebook(info: CodingsInfo) -> Iterator[tuple[str, str]]:
    book = info.codebook
    yield (
        "Codebook",
        f"{apart(book.title)}, version {book.version}, {count(len(book.themes), 'theme')}, SHA-256 "
        f"{book.sha256}",
    )
    if book.edits:
        yield EDITS, "; ".join(map(edit_words, book.edits))
    yield from derivation_facts(book)


def _results(breakdown: Breakdown, account: Accounting) -> Iterator[tuple[str, str]]:
    yield QUOTES, f"{breakdown.tally.sentence} Every one is a range of its post's characters."
    yield "Order of themes", breakdown.order
    if breakdown.amounts:
        yield "Amounts in key findings", breakdown.amounts
    n_other = sum(section.other_tally.n_quotes for section in breakdown.questions)
    n_waiting = sum(
        awaits_coding(quote.note)
        for section in breakdown.questions
        for quote in section.other_ideas
    )
    waiting = f"; {n_waiting:,} of them wait to be coded again" if n_waiting else ""
    yield "Other ideas", f"{count(n_other, 'quote')} without a theme{waiting}."
    left = "; ".join(f"{REASONS[one.reason][0]}: {len(one.posts):,}" for one in account.left_out)
    yield "Exclusions", left or "No post was left out."
    yield "Failures", count(len(account.failed), "post")
    yield "Left to people", count(len(account.abstained), "post")
    origins = {
        theme.finding.origin
        for section in breakdown.questions
        for theme in section.themes
        if theme.finding
    }
    if origins:
        words = {
            FindingOrigin.CODEBOOK: "people, in the codebook",
            FindingOrigin.MODEL: "a language model, from quotes it cites",
            FindingOrigin.COUNTS: "the program, from counts",
        }
        yield "Key findings written by", "; ".join(words[one] for one in words if one in origins)
