"""What the commands print: to standard output what was asked for, the rest to standard error."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from secondcoder.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from secondcoder.api.estimating import EstimateReport
    from secondcoder.schema.quotes import Segment
    from secondcoder.schema.readings import Note, ReportReading
    from secondcoder.schema.runs import Usage
    from secondcoder.schema.summaries import CodingsSummary, ThemeSummary
    from secondcoder.schema.surveys import QuestionsSummary

NOTES_SHOWN = 8


def show_error(message: str) -> None:
    """Print one sentence that says what went wrong."""
    Console(stderr=True, soft_wrap=True).print(f"[bold red]error:[/] {escape(message)}")


def show_json(value: object) -> None:
    """Print a value as JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def show_text(text: str, output: Path | None) -> None:
    """Print a text, or where it was written."""
    sys.stdout.write(f"wrote {output}\n" if output else text)


def show_summary(summary: "CodingsSummary", *, as_json: bool) -> None:
    """Print what became of the posts."""
    if as_json:
        _show_model(summary)
        return
    console = Console()
    run = summary.run
    console.print(f"\n[bold]{escape(summary.title)}[/], coded by {escape(run.coder.id)}")
    console.print(
        f"{_count(summary.n_posts, 'post')}: {summary.n_quoted:,} quoted, "
        f"{sum(summary.left_out.values()):,} left out, {summary.n_abstained:,} for people to "
        f"decide, {summary.n_failed:,} failed (the report lists each)"
    )
    if summary.left_out:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in summary.left_out.items())
        console.print(f"left out: {reasons}")
    console.print(
        f"{_count(summary.n_quotes, 'quote')}, {summary.n_other_ideas:,} of them other ideas"
    )
    if summary.votes:
        votes = ", ".join(f"{n:,} with {share} votes" for share, n in summary.votes.items())
        console.print(f"votes: {votes}")
    console.print()
    console.print(_theme_table(summary.themes))
    if run.usage.n_requests or run.usage.n_reused:
        console.print(
            f"{_count(run.usage.n_requests, 'request')}, {_tokens(run.usage)}"
            f"{_cached_and_cost(run.usage)}; "
            f"{_count(run.usage.n_reused, 'post')} answered from the ledger"
        )
    if run.packing is not None:
        console.print(escape(run.packing.words), soft_wrap=True, highlight=False)
    if summary.members:
        _show_members(summary)
    for failure in summary.failures:
        console.print(f"[red]failed[/] {escape(failure)}", soft_wrap=True)
    if summary.n_failed > len(summary.failures):
        console.print(f"[red]and {summary.n_failed - len(summary.failures):,} more failed[/]")
    _show_notes(summary.notes)
    if summary.output:
        console.print(
            f"wrote {escape(str(summary.output))}; "
            f"next: secondcoder report {escape(str(summary.output))} -o report.html",
            soft_wrap=True,
        )


def _show_members(summary: "CodingsSummary") -> None:
    """Print what each member of a panel did, and how their agreement is measured."""
    table = Table("member", "quotes", "left out", "for people", "failed", "codings", box=None)
    for member in summary.members:
        counts = (sum(member.left_out.values()), member.n_abstained, member.n_failed)
        table.add_row(
            escape(member.run.coder.id),
            f"{member.n_quotes:,}",
            *(f"{n:,}" for n in counts),
            escape(str(member.output)),
        )
    console = Console(soft_wrap=True)
    console.print()
    console.print(table)
    files = " ".join(str(member.output) for member in summary.members)
    console.print(f"how far they agree: secondcoder agree {escape(files)}")


def _tokens(usage: "Usage") -> str:
    if usage.has_no_tokens:
        return "no tokens counted"
    return f"{usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens"


def _cached_and_cost(usage: "Usage") -> str:
    cached = f" ({usage.cached_tokens:,} of them cached)" if usage.cached_tokens else ""
    if usage.has_unknown_cost:
        return f"{cached}, cost unknown"
    # Where nothing was asked there is no cost to tell.
    return cached if usage.cost_usd is None else f"{cached}, {usage.cost_usd:.4f} USD"


def show_estimate(estimate: "EstimateReport", *, as_json: bool) -> None:
    """Print what a run would ask a model, and what that would cost."""
    if as_json:
        _show_model(estimate)
        return
    console = Console()
    console.print(f"\n[bold]{escape(estimate.title)}[/], by {escape(estimate.coder)}; not sent\n")
    console.print(estimate.table())


def show_reading(reading: "ReportReading", folder: Path, *, as_json: bool) -> None:
    """Print what a people's report gave, and what could not be placed."""
    if as_json:
        _show_model(reading)
        return
    book, codings = reading.codebook, reading.codings
    placements = sum(max(1, len(coding.theme_ids)) for coding in codings.quotes)
    others = sum(not coding.theme_ids for coding in codings.quotes)
    console = Console(soft_wrap=True)
    console.print(
        f"{_count(len(book.themes), 'theme')} and {_count(len(book.questions), 'question')}; "
        f"{_count(placements, 'quotation')}, {others} of them other ideas"
    )
    _show_notes(reading.notes)
    console.print(f"wrote {folder / 'codebook.yaml'} and {folder / 'codings.jsonl'}")


def show_questions(summary: "QuestionsSummary", *, as_json: bool) -> None:
    """Print the questions, the posts that answer each and the rules, and the chat's counts."""
    if as_json:
        _show_model(summary)
        return
    from secondcoder.reporting.wording import within  # noqa: PLC0415  # --help is fast

    console, counts = Console(), summary.counts
    console.print(
        f"[bold]{escape(summary.title)}[/]: {_count(counts.n_posts, 'post')} "
        f"({_count(counts.n_reposts, 'repost')}, {_count(counts.n_duplicates, 'duplicate')}) by "
        f"{_count(counts.n_participants, 'participant')}"
    )
    for window in counts.windows:
        console.print(
            f"{within(window.hours)}: "
            f"{_count(window.n_posts, 'post')} ({_count(window.n_reposts, 'repost')}) by "
            f"{_count(window.n_participants, 'participant')}"
        )
    table = Table("question", "posts", "by rule", box=None)
    for row in summary.questions:
        rules = ", ".join(f"{rule} {count:,}" for rule, count in row.by_rule.items())
        name = f"{row.question.id} {row.question.text}" if row.question else "general"
        table.add_row(escape(name.strip()), f"{row.n_posts:,}", rules)
    console.print(table)
    _show_notes(summary.notes)


def show_segments(text: str, pieces: "Sequence[Segment]", *, as_json: bool) -> None:
    """Print the pieces of a text, numbered, furniture marked."""
    if as_json:
        show_json([
            piece.model_dump(mode="json") | {"text": piece.span.of(text)} for piece in pieces
        ])
        return
    table = Table("", "kind", "text", box=None)
    for piece in pieces:
        table.add_row(str(piece.number), piece.kind.value, escape(piece.span.of(text).strip()))
    Console().print(table)


def words_of(text: str) -> str:
    """Return the words of a file of that name, of standard input for `-`, else the text itself.

    Raises:
        IngestError: If the file is not UTF-8 text.
    """
    if text == "-":
        return sys.stdin.read()
    try:
        path = Path(text)
        # Line ends stay as they are: offsets count the characters of the file.
        return path.read_bytes().decode("utf-8") if path.is_file() else text
    except UnicodeDecodeError as error:
        raise IngestError(f"{text} is not UTF-8 text; save it as UTF-8") from error
    except (OSError, ValueError):  # too long for a name, or with a NUL: it is a text
        return text


def _show_model(model: "BaseModel") -> None:
    sys.stdout.write(model.model_dump_json(indent=2) + "\n")


def _theme_table(themes: "Sequence[ThemeSummary]") -> Table:
    table = Table("question", "theme", "quotes", "authors", box=None)
    last: str | None = ""
    for row in themes:
        question = (row.question_id or "general") if row.question_id != last else ""
        last = row.question_id
        style = "dim" if not row.n_quotes else None
        # As in the report, who moderated is none of the authors.
        nobody = "moderators alone" if row.n_moderators else "not known"
        authors = f"{row.n_authors:,}" if row.n_authors or not row.n_quotes else nobody
        table.add_row(question, escape(row.name), f"{row.n_quotes:,}", authors, style=style)
    return table


def _show_notes(notes: "Sequence[Note]") -> None:
    console = Console(stderr=True, soft_wrap=True)
    for note in notes[:NOTES_SHOWN]:
        where = f"{note.unit} {note.where}: " if note.where else ""
        console.print(f"[yellow]note:[/] {escape(where + note.message)}", highlight=False)
    if len(notes) > NOTES_SHOWN:
        console.print(f"[yellow]and {len(notes) - NOTES_SHOWN} more notes; --json shows all[/]")


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
