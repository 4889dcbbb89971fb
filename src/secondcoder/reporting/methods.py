"""The methods of a report: who coded what when and with what, for a journal and for an audit."""

from collections.abc import Iterator, Sequence

from secondcoder.reporting.accounting import REASONS, Accounting
from secondcoder.reporting.agreement_wording import number as statistic
from secondcoder.reporting.agreement_wording import theme_figures, what_was_compared
from secondcoder.reporting.breakdown import Breakdown
from secondcoder.reporting.checklists import ChecklistRow, checklist
from secondcoder.reporting.introduction import CODER_WORDS, Fact, Introduction
from secondcoder.reporting.wording import count, day, endpoint, time_of
from secondcoder.schema.agreement import Agreement
from secondcoder.schema.codings import CodingsInfo
from secondcoder.schema.key_findings import FindingOrigin
from secondcoder.schema.record import Record
from secondcoder.schema.runs import CoderKind, Run

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
    agreement: Agreement | None = None,
) -> Methods:
    """Return the methods of a report.

    Args:
        info: Chat, codebook and run of the codings.
        introduction: The report's introduction.
        breakdown: The report's quotes and findings.
        account: What became of every post.
        prompts: Texts of the prompts that the runs name.
        agreement: What `agree` found of these codings and others.
    """
    facts = {
        **dict(_source(info, introduction)),
        **dict(_coding(info)),
        **dict(_codebook(info)),
        **dict(_results(breakdown, account)),
    }
    if agreement is not None:
        facts["Agreement"] = _agreement(agreement)
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
    if chat.starts_at is not None:
        minutes = round(chat.length.total_seconds() / 60)
        yield "Time of the chat", f"{time_of(chat.starts_at)}, {count(minutes, 'minute')}"
    yield "Posts and participants", " ".join(introduction.figures)
    questions = info.codebook.leaves
    if questions:
        yield "Questions asked", "; ".join(f"{one.id}: {one.text or '–'}" for one in questions)  # noqa: RUF001


def _coding(info: CodingsInfo) -> Iterator[tuple[str, str]]:
    run = info.run
    runs = run.members or (run,)
    yield (
        "Coded by",
        "; ".join(_who(each) for each in ((run,) if not run.members else (run, *runs))),
    )
    models = [each for each in runs if each.coder.kind is CoderKind.MODEL]
    if models:
        yield "Model and settings", "; ".join(map(_model, models))
        yield "Prompt", "; ".join(map(_prompt, models))
    else:
        yield "Model and settings", "No language model coded."
        yield "Prompt", "None."
    yield "Role", _role(run)
    yield "Where words went", _where(runs)
    if run.usage.n_requests:
        yield "Cost", _cost(run)
    if run.secondcoder_version:
        yield "Program", f"secondcoder {run.secondcoder_version}"


def _who(run: Run) -> str:
    when = run.finished_at or run.started_at
    on = f", {day(when)}" if when is not None else ""
    return f"{run.coder.id}, {CODER_WORDS[run.coder.kind]}{on}"


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


def _where(runs: Sequence[Run]) -> str:
    urls = dict.fromkeys(endpoint(run.base_url) for run in runs if run.base_url is not None)
    if urls:
        return f"Posts were sent to {', '.join(urls)} and nowhere else."
    if any(run.coder.kind is CoderKind.MODEL for run in runs):
        return "The address that posts were sent to is not recorded."
    return "Nothing left the machine."


def _cost(run: Run) -> str:
    usage = run.usage
    money = "not known" if usage.cost_usd is None else f"{usage.cost_usd:.2f} US dollars"
    return (
        f"{count(usage.n_requests, 'request')}, {usage.prompt_tokens:,} tokens sent and "
        f"{usage.completion_tokens:,} received; cost {money}"
    )


def _codebook(info: CodingsInfo) -> Iterator[tuple[str, str]]:
    book = info.codebook
    yield (
        "Codebook",
        f"{book.title}, version {book.version}, {count(len(book.themes), 'theme')}, SHA-256 "
        f"{book.sha256}",
    )
    if book.edits:
        steps = (
            f"version {edit.version}: {edit.kind} {', '.join(edit.before)}"
            f"{f' → {chr(32).join(edit.after)}' if edit.after else ''} ({edit.reason})"
            for edit in book.edits
        )
        yield "Codebook edits", "; ".join(steps)


def _results(breakdown: Breakdown, account: Accounting) -> Iterator[tuple[str, str]]:
    yield "Quotes", f"{breakdown.tally.sentence} Every one is a range of its post's characters."
    yield "Order of themes", breakdown.order
    n_other = sum(section.other_tally.n_quotes for section in breakdown.questions)
    yield "Other ideas", f"{count(n_other, 'quote')} without a theme."
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


def _agreement(agreement: Agreement) -> str:
    figures = "; ".join(
        f"{figure.name} {statistic(figure.result)}" for figure in theme_figures(agreement.overall)
    )
    return f"{' '.join(what_was_compared(agreement))} {figures}."
