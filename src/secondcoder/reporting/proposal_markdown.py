"""A proposal as Markdown. Participants' words are escaped, so that none of them is markup."""

from collections.abc import Iterable, Iterator

from secondcoder.reporting.markdown import escaped, quoted
from secondcoder.reporting.proposal_pages import (
    CodePart,
    QuestionPart,
    QuoteLine,
    ThemePart,
    proposal_pages,
)
from secondcoder.schema.proposals import Proposal


def proposal_markdown(proposal: Proposal) -> str:
    """Return the proposal as Markdown, ending with a line break."""
    pages = proposal_pages(proposal)
    lines = [f"# {escaped(pages.title)}", "", escaped(pages.lead), ""]
    for note in pages.notes:
        lines += [f"Note: {escaped(note)}", ""]
    lines += _table(("What", "Value"), pages.facts)
    for question in pages.questions:
        lines += _question(question)
    return "\n".join(lines).rstrip("\n") + "\n"


def _question(question: QuestionPart) -> Iterator[str]:
    yield from (f"## {escaped(question.label)}. {escaped(question.text)}", "")
    yield from (question.tally, "")
    for theme in question.themes:
        yield from _theme(theme)
    if question.too_few:
        yield from ("### Of too few people", "", question.too_few_lead, "")
        for few in question.too_few:
            yield from (f"{escaped(few.name)}: {few.tally}" if few.name else few.tally, "")
            yield from _quotes(few.quotes)
            yield from _codes(few.codes)
    if question.residue:
        yield from ("### In no theme", "")
        yield from _quotes(question.residue)
    yield from ("### New themes met against posts read", "", question.saturation, "")
    yield from _table(("Posts read", "New themes met"), question.curve)


def _theme(theme: ThemePart) -> Iterator[str]:
    known = "" if theme.is_new else " (known)"
    yield from (f"### {escaped(theme.name)}{known}", "")
    yield from (f"`{theme.theme_id}` · {theme.tally}", "")
    if theme.definition:
        yield from (escaped(theme.definition), "")
    for title, rules in (
        ("Use it when", theme.use_when),
        ("Not when", theme.not_when),
    ):
        if rules:
            yield from (f"{title}:", "", *(f"- {escaped(rule)}" for rule in rules), "")
    yield from _quotes(theme.examples)
    yield from _codes(theme.codes)
    if theme.others:
        yield from ("More quotes:", "", *_quotes(theme.others))
    if theme.nearest:
        near = (f"{escaped(other.name)} ({other.similarity})" for other in theme.nearest)
        yield from (f"Nearest themes, and how alike of 1: {', '.join(near)}", "")
    if theme.counter_examples:
        yield from ("Near to it and not under it:", "", *_quotes(theme.counter_examples))


def _codes(codes: Iterable[CodePart]) -> Iterator[str]:
    """Yield the model's codes, each with the segments that it cited, one a line."""
    if not codes:
        return
    yield from ("Codes behind it, and the segments they cite:", "")
    for code in codes:
        yield f"- {escaped(code.name)} ({code.tally})"
        for segment in code.segments:
            text = escaped(" ".join(segment.text.split()))
            yield f"  - “{text}” — post {escaped(segment.post_id)}"
    yield ""


def _quotes(quotes: Iterable[QuoteLine]) -> Iterator[str]:
    for quote in quotes:
        yield from quoted(quote.text)
        author = f"{escaped(quote.author)}, " if quote.author else ""
        under = f", {escaped(quote.under)}" if quote.under else ""
        yield from (">", f"> — {author}post {escaped(quote.post_id)}{under}", "")


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"| {head[0]} | {head[1]} |"
    yield "| --- | --- |"
    for one, other in rows:
        yield f"| {escaped(one)} | {escaped(other)} |"
    yield ""
