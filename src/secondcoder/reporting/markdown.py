"""The report as Markdown. Participants' words are escaped, so that none of them is markup."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from urllib.parse import quote as percent_encoded

from secondcoder.reporting.accounting import Accounting, UnquotedPost
from secondcoder.reporting.breakdown import (
    WITHHELD,
    CitedQuote,
    Finding,
    QuestionSection,
    ReportQuote,
    ThemeSection,
    WithheldLine,
)
from secondcoder.reporting.charts import Chart, apart, told_cell
from secondcoder.reporting.findings import Findings
from secondcoder.reporting.introduction import Introduction
from secondcoder.reporting.methods import Methods
from secondcoder.reporting.wording import count, not_shown, number

ANYWHERE = re.compile(r"([\\`*_\[\]<>|~&$])")
"""Characters that may be markup wherever they stand."""

LINE_START = re.compile(r"^([#+=-]|:(?=-))|^(\d+)([.)])")
"""Headings, lists, rules and table edges, which are markup at the start of a line."""

LINK_START = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(:)|\b(www)(\.)")
"""Bare addresses that some readers turn into links."""

STEPS = "▁▂▃▄▅▆▇█"
"""Heights of a column in one line of text."""

FULL, LONGEST = "█", 24
"""What a bar is made of, and how many of it the longest one takes."""


def escaped(text: str) -> str:
    r"""Return one line of text in which nothing is markup, and that turns no words around it.

    >>> escaped("# *not* a [link](x)")
    '\\# \\*not\\* a \\[link\\](x)'
    """
    return apart(_plain(text))


def _plain(text: str) -> str:
    line = " ".join(text.split())
    line = ANYWHERE.sub(r"\\\1", line)
    line = LINK_START.sub(r"\1\3\\\2\4", line)
    return LINE_START.sub(r"\1\2\\\3" if line[:1].isdigit() else r"\\\1", line)


def quoted(text: str) -> list[str]:
    r"""Return the lines of a block quotation that shows the text, line breaks kept.

    Nothing unseen is put around it, so that it may be copied as it was written.

    >>> quoted("one\ntwo\n\nthree")
    ['> one\\', '> two', '>', '> three']
    """
    lines = [_plain(line) for line in text.splitlines()] or [""]
    following = [*lines[1:], ""]
    return [
        f"> {line}\\" if line and after else f"> {line}".rstrip()
        for line, after in zip(lines, following, strict=True)
    ]


def markdown_report(findings: Findings) -> str:
    """Return the report as Markdown, ending with a line break."""
    lines = [
        *_introduction(findings.introduction, findings),
        *_key_themes(findings),
        *_breakdown(findings),
        *_appendix(findings.accounting, findings.charts_at("left-out")),
        *_methods(findings.methods, list(findings.breakdown.withheld())),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _introduction(introduction: Introduction, findings: Findings) -> Iterator[str]:
    yield f"# {escaped(introduction.title)}"
    yield ""
    about = []
    if introduction.hashtag:
        about.append(escaped(f"#{introduction.hashtag}"))
    if introduction.held:
        about.append(introduction.held)
    if about:
        yield from (" · ".join(about), "")
    yield from ("## 1. Introduction", "")
    yield from (" ".join(introduction.figures), "")
    yield from (findings.summary, "")
    if introduction.source_url:
        yield from (f"The chat can be read at <{introduction.source_url}>.", "")
    elif introduction.source:
        yield from (f"The posts were read from {escaped(introduction.source)}.", "")
    yield from _charts(findings.charts_at("introduction"))
    yield from ("### What became of the posts", "")
    yield from _table(
        ("Posts", "Number"),
        ((name, number(value)) for name, value in findings.accounting.rows),
    )
    yield from ("### How it was made", "")
    yield from _table(
        ("What", "Value"), ((fact.name, escaped(fact.value)) for fact in introduction.made)
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _charts(charts: tuple[Chart, ...]) -> Iterator[str]:
    for chart in charts:
        yield from (f"**{escaped(chart.title)}.** {escaped(chart.alt)}", "")
        top = chart.top
        if chart.is_told_in_a_line:
            high = len(STEPS) - 1
            steps = (max(1, round(high * value / top)) if value else 0 for value in chart.values)
            yield from (f"`{''.join(STEPS[step] for step in steps)}`", "")
            yield from (escaped(chart.line), "")
        else:
            bars = [FULL * round(LONGEST * (value or 0) / top) for value in chart.values]
            cells = (tuple(escaped(told_cell(cell)) for cell in row) for row in chart.rows)
            rows = zip_longest(cells, bars, fillvalue="")
            yield from _table((*chart.columns, ""), ((*row, bar) for row, bar in rows))


def _key_themes(findings: Findings) -> Iterator[str]:
    yield from ("## 2. Key themes", "", findings.breakdown.order, "")
    if findings.breakdown.amounts:
        yield from (findings.breakdown.amounts, "")
    for place, question in enumerate(findings.breakdown.questions, 1):
        yield from (f"### {_heading(question)}", "")
        yield from (question.tally.sentence, "")
        yield from _charts(findings.charts_at(f"question-{place}"))
        for theme in question.themes:
            finding = f" {escaped(theme.finding.text)}" if theme.finding else ""
            yield f"- **{_named(theme)}.**{finding} ({theme.tally.words})"
            if theme.finding:
                yield from _rests_on(theme.finding)
        if question.other_ideas:
            yield f"- **Other ideas.** ({question.other_tally.words})"
        yield ""
    yield from _charts(findings.charts_at("key-themes"))


def _rests_on(finding: Finding) -> Iterator[str]:
    """Yield lines of the theme's item: the typical quote, or those cited, and what to note."""
    if finding.typical:
        yield ""
        yield from (f"  {line}" for line in quoted(finding.typical.text or ""))
        yield "  >"
        yield f"  > — typical: {_cited(finding.typical)}"
        yield ""
    elif finding.rests_on:
        yield f"  Rests on {', '.join(map(_cited, finding.rests_on))}."
    if finding.note:
        yield f"  Note: {escaped(finding.note)}"


def _cited(quote: CitedQuote) -> str:
    return f"[quote {quote.number}](#post-{percent_encoded(quote.post_id, safe='')})"


def _breakdown(findings: Findings) -> Iterator[str]:
    yield from ("## 3. Breakdown of quotes by theme", "")
    for question in findings.breakdown.questions:
        yield from (f"### {_heading(question)}", "")
        if question.parent_text:
            yield from (f"Part of: {escaped(question.parent_text)}", "")
        if not question.tally.n_quotes:
            yield from (question.nothing, "")
            continue
        for theme in question.themes:
            yield from (f"#### {_named(theme)}", "")
            yield from (theme.tally.sentence, "")
            if theme.definition:
                yield from (escaped(theme.definition), "")
            yield from _quotes(theme.quotes)
        if question.other_ideas:
            yield from ("#### Other ideas", "")
            yield from (question.other_tally.sentence, "")
            yield from _quotes(question.other_ideas)


def _quotes(quotes: tuple[ReportQuote, ...]) -> Iterator[str]:
    unshown = [quote for quote in quotes if quote.text is None]
    for quote in quotes:
        if quote.text is None:
            continue
        yield from quoted(quote.text)
        details = [*_source(quote), f"quote {quote.number}"]
        if quote.confidence is not None:
            details.append(f"confidence {quote.confidence:.2f}")
        if quote.votes is not None:
            details.append(quote.votes)
        if quote.also_under:
            details.append(f"also under {escaped(', '.join(quote.also_under))}")
        if quote.note:
            details.append(f"note: {escaped(quote.note)}")
        yield from (">", f"> — {_anchored(quote)}{' · '.join(details)}", "")
    if unshown:
        which = ", ".join(f"{_anchored(quote)}quote {quote.number}" for quote in unshown)
        yield from (f"{not_shown(len(unshown), 'quote')}: {which}.", "")


def _appendix(account: Accounting, charts: tuple[Chart, ...]) -> Iterator[str]:
    yield from ("## 4. What was left out, and why", "")
    yield from _charts(charts)
    if account.left_out:
        yield from (f"{count(account.n_left_out, 'post')} gave no quote.", "")
    else:
        yield from ("No post was left out.", "")
    for group in account.left_out:
        yield from (f"### {group.title} ({number(len(group.posts))})", "")
        yield from (group.sentence, "")
        yield from _unquoted(group.posts)
    yield from ("## 5. For people to decide", "")
    if account.abstained:
        yield from ("The coder looked and declined to decide; people should.", "")
        yield from _unquoted(account.abstained)
    else:
        yield from ("The coder left no post to people.", "")
    yield from ("## 6. What failed", "")
    if account.failed:
        yield from ("These posts were not coded because of a fault; nothing was decided.", "")
        yield from _unquoted(account.failed)
    else:
        yield from ("No post failed.", "")


def _methods(found: Methods, withheld: Sequence[WithheldLine]) -> Iterator[str]:
    yield from ("## 7. Methods, for a journal and an audit", "")
    facts = ((fact.name, escaped(fact.value)) for fact in found.facts)
    yield from _table(("What", "Value"), facts)
    if withheld:
        yield from ("### Sentences withheld from the findings", "", WITHHELD, "")
        yield from (*(f"- {escaped(line.words)}" for line in withheld), "")
    yield from ("### Ethics, to be filled in", "")
    yield from (*(f"- {escaped(line)}: …" for line in found.ethics), "")
    yield from ("### Checklist", "")
    yield "| Guideline | Item | Answer |"
    yield "| --- | --- | --- |"
    for row in found.checklist:
        yield f"| {row.guideline} | {escaped(row.item)} | {escaped(row.answer)} |"
    yield ""
    for prompt in found.prompts:
        yield from (f"### Prompt {escaped(prompt.name)}", "", f"SHA-256 {prompt.sha256}", "")
        yield from ("~~~~text", *prompt.text.splitlines(), "~~~~", "")


def _unquoted(posts: tuple[UnquotedPost, ...]) -> Iterator[str]:
    for post in posts:
        if post.text is None:
            continue
        details = list(_source(post))
        if post.same_as:
            name = f"post {escaped(post.same_as)}"
            target = f"#post-{percent_encoded(post.same_as, safe='')}"
            details.append(f"repeats {f'[{name}]({target})' if post.same_is_here else name}")
        if post.why:
            details.append(escaped(post.why))
        yield from quoted(post.text)
        yield from (">", f"> — {_anchor(post.post_id)}{' · '.join(details)}", "")
    if n_unshown := sum(post.text is None for post in posts):
        yield from (f"{not_shown(n_unshown, 'post')}.", "")


def _source(post: ReportQuote | UnquotedPost) -> Iterator[str]:
    if post.author:
        yield escaped(post.author)
    if isinstance(post, ReportQuote) and post.is_by_moderator:
        yield "moderator"
    if post.written:
        yield post.written
    name = f"post {escaped(post.post_id)}"
    yield f"[{name}]({post.url.replace('(', '%28').replace(')', '%29')})" if post.url else name


def _anchored(quote: ReportQuote) -> str:
    return _anchor(quote.post_id) if quote.is_anchor else ""


def _anchor(post_id: str) -> str:
    return f'<a id="post-{percent_encoded(post_id, safe="")}"></a>'


def _heading(question: QuestionSection) -> str:
    return _plain(question.heading)


def _named(theme: ThemeSection) -> str:
    return f"Theme {theme.number}: {escaped(theme.name)}"
