"""The report as a Word document, in the styles of a template of the user's or of Word itself."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from secondcoder.reporting.accounting import Accounting, UnquotedPost
from secondcoder.reporting.breakdown import (
    WITHHELD,
    CitedQuote,
    Finding,
    ReportQuote,
    ThemeSection,
    WithheldLine,
)
from secondcoder.reporting.charts import Chart, apart
from secondcoder.reporting.findings import Findings
from secondcoder.reporting.introduction import Introduction
from secondcoder.reporting.methods import Methods
from secondcoder.reporting.word_page import SOURCE, Page, printable
from secondcoder.reporting.wording import count, not_shown, number


def word_report(findings: Findings, *, template: Path | None = None) -> bytes:
    """Return the report as a .docx file.

    Args:
        findings: What to print.
        template: A .docx or .dotx file whose styles, page and header are taken; what it holds
            stays in front. It should know Word's own style names: Title, Heading 1 to 4, Quote,
            List Bullet, Source (below quotes) and Table Grid; one it lacks is printed as plain
            text, Source small and grey.
            One that can't be read is an `InputError`; no python-docx, a `MissingExtraError`.
    """
    page = Page.opened(template)
    _introduction(page, findings.introduction, findings)
    _key_themes(page, findings)
    _breakdown(page, findings)
    _appendix(page, findings.accounting, findings.charts_at("left-out"))
    _methods(page, findings.methods, list(findings.breakdown.withheld()))
    return page.saved(findings.introduction.title)


def _introduction(page: Page, introduction: Introduction, findings: Findings) -> None:
    page.heading(introduction.title, 0)
    about = [apart(f"#{introduction.hashtag}")] if introduction.hashtag else []
    about += [introduction.held] if introduction.held else []
    if about:
        page.add(" · ".join(about), "Subtitle")
    page.heading("1. Introduction", 1)
    page.add(" ".join(introduction.figures))
    page.add(findings.summary)
    if introduction.source_url:
        page.add(f"The chat can be read at {introduction.source_url}.")
    elif introduction.source:
        page.add(f"The posts were read from {introduction.source}.")
    page.charts(findings.charts_at("introduction"))
    page.heading("What became of the posts", 2)
    rows = ((name, number(value)) for name, value in findings.accounting.rows)
    page.table(("Posts", "Number"), rows, (7, 3))
    page.heading("How it was made", 2)
    facts = ((fact.name, fact.value) for fact in introduction.made)
    page.table(("What", "Value"), facts, (3, 7))


def _key_themes(page: Page, findings: Findings) -> None:
    page.heading("2. Key themes", 1)
    page.add(findings.breakdown.order)
    if findings.breakdown.amounts:
        page.add(findings.breakdown.amounts)
    for place, question in enumerate(findings.breakdown.questions, 1):
        page.heading(question.heading, 2)
        page.lead(question.tally.sentence)
        page.charts(findings.charts_at(f"question-{place}"))
        for theme in question.themes:
            item = page.add("", "List Bullet")
            name = item.add_run(printable(f"{_named(theme)}. "))
            name.bold = name.font.cs_bold = True
            sentence = f"{theme.finding.text} " if theme.finding else ""
            item.add_run(printable(f"{sentence}({theme.tally.words})"))
            if theme.finding:
                # The sentence stays on the page of the quote below it.
                item.paragraph_format.keep_with_next = _rests_on(page, theme.finding)
        if question.other_ideas:
            item = page.add("", "List Bullet")
            item.add_run("Other ideas. ").bold = True
            item.add_run(f"({question.other_tally.words})")
    page.charts(findings.charts_at("key-themes"))


def _rests_on(page: Page, finding: Finding) -> bool:
    """Add what a sentence rests on, and return whether that is anything."""
    if finding.typical:
        page.add(finding.typical.text or "", "Quote", indent=True)
        page.add(f"typical: {_cited(finding.typical)}", SOURCE, indent=True)
    elif finding.rests_on:
        page.add(f"Rests on {', '.join(map(_cited, finding.rests_on))}.", SOURCE, indent=True)
    if finding.note:
        page.add(f"Note: {finding.note}", SOURCE, indent=True)
    return bool(finding.typical or finding.rests_on or finding.note)


def _cited(quote: CitedQuote) -> str:
    return f"quote {quote.number}"


def _breakdown(page: Page, findings: Findings) -> None:
    page.heading("3. Breakdown of quotes by theme", 1)
    for question in findings.breakdown.questions:
        page.heading(question.heading, 2)
        if question.parent_text:
            page.lead(f"Part of: {question.parent_text}")
        if not question.tally.n_quotes:
            page.add(question.nothing)
            continue
        for theme in question.themes:
            page.heading(_named(theme), 3)
            above = [theme.tally.sentence, theme.definition]
            _lead(page, filter(None, above), is_above=bool(theme.quotes))
            _quotes(page, theme.quotes)
        if question.other_ideas:
            page.heading("Other ideas", 3)
            page.lead(question.other_tally.sentence)
            _quotes(page, question.other_ideas)


def _lead(page: Page, sentences: Iterable[str], *, is_above: bool) -> None:
    """Add what stands between a theme's heading and its quotes, if it has any."""
    for sentence in sentences:
        (page.lead if is_above else page.add)(sentence)


def _quotes(page: Page, quotes: tuple[ReportQuote, ...]) -> None:
    unshown = [quote for quote in quotes if quote.text is None]
    for quote in quotes:
        if quote.text is None:
            continue
        page.add(quote.text, "Quote")
        details = [*_source(quote), f"quote {quote.number}"]
        if quote.confidence is not None:
            details.append(f"confidence {quote.confidence:.2f}")
        if quote.votes is not None:
            details.append(quote.votes)
        if quote.also_under:
            details.append(f"also under {', '.join(quote.also_under)}")
        if quote.note:
            details.append(f"note: {apart(quote.note)}")
        page.add(f"— {' · '.join(details)}", SOURCE)
    if unshown:
        which = ", ".join(f"quote {quote.number}" for quote in unshown)
        page.add(f"{not_shown(len(unshown), 'quote')}: {which}.")


def _appendix(page: Page, account: Accounting, charts: tuple[Chart, ...]) -> None:
    page.heading("4. What was left out, and why", 1)
    page.charts(charts)
    if account.left_out:
        page.add(f"{count(account.n_left_out, 'post')} gave no quote.")
    else:
        page.add("No post was left out.")
    for group in account.left_out:
        page.heading(f"{group.title} ({number(len(group.posts))})", 2)
        page.lead(group.sentence)
        _unquoted(page, group.posts)
    page.heading("5. For people to decide", 1)
    if account.abstained:
        page.lead("The coder looked and declined to decide; people should.")
        _unquoted(page, account.abstained)
    else:
        page.add("The coder left no post to people.")
    page.heading("6. What failed", 1)
    if account.failed:
        page.lead("These posts were not coded because of a fault; nothing was decided.")
        _unquoted(page, account.failed)
    else:
        page.add("No post failed.")


def _methods(page: Page, found: Methods, withheld: Sequence[WithheldLine]) -> None:
    page.heading("7. Methods, for a journal and an audit", 1)
    page.table(("What", "Value"), ((fact.name, fact.value) for fact in found.facts), (3, 7))
    if withheld:
        page.heading("Sentences withheld from the findings", 2)
        page.add(WITHHELD)
        for one in withheld:
            page.add(one.words, "List Bullet")
    page.heading("Ethics, to be filled in", 2)
    for line in found.ethics:
        page.add(f"{line}: …", "List Bullet")
    page.heading("Checklist", 2)
    page.table(
        ("Guideline", "Item", "Answer"),
        ((row.guideline, row.item, row.answer) for row in found.checklist),
        (2, 4, 4),
    )
    for prompt in found.prompts:
        page.heading(f"Prompt {prompt.name}", 2)
        page.add(f"SHA-256 {prompt.sha256}")
        page.add(prompt.text)


def _unquoted(page: Page, posts: tuple[UnquotedPost, ...]) -> None:
    for post in posts:
        if post.text is None:
            continue
        page.add(post.text, "Quote")
        details = list(_source(post))
        if post.same_as:
            details.append(f"repeats post {post.same_as}")
        if post.why:
            details.append(apart(post.why))
        page.add(f"— {' · '.join(details)}", SOURCE)
    if n_unshown := sum(post.text is None for post in posts):
        page.add(f"{not_shown(n_unshown, 'post')}.")


def _source(post: ReportQuote | UnquotedPost) -> Iterable[str]:
    if post.author:
        yield apart(post.author)
    if isinstance(post, ReportQuote) and post.is_by_moderator:
        yield "moderator"
    if post.written:
        yield post.written
    yield f"post {post.post_id}"


def _named(theme: ThemeSection) -> str:
    return f"Theme {theme.number}: {apart(theme.name)}"
