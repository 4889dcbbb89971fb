"""A thematic report made by people, read back from its text: their codebook and their codings."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from secondcoder.errors import IngestError
from secondcoder.ingest.plain_text import decode
from secondcoder.ingest.report_breakdown import Breakdown, Placement, read_breakdown
from secondcoder.ingest.report_findings import Finding, place
from secondcoder.ingest.report_fragments import fragment_notes
from secondcoder.ingest.report_introduction import chat_info
from secondcoder.ingest.report_lines import Line, heading, lines_of
from secondcoder.ingest.report_notes import OneOfMany, Remark, in_order
from secondcoder.ingest.report_questions import Findings, QuestionList, join_questions
from secondcoder.schema.chat import Attribution, AttributionRule, Post
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Coding, Codings, CodingsInfo, PostCodings, Quoted
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.readings import Note, ReportReading
from secondcoder.schema.runs import Coder, CoderKind, Run


def read_report(path: Path) -> ReportReading:
    """Return the codebook and the codings that a thematic report prints, with notes.

    The report has up to three sections: an introduction, key themes (questions with bullets) and
    the breakdown (questions, `Theme N: …` lines, quotations, "Other ideas"). Each distinct
    quotation becomes one post, quoted whole; the examples of the themes stay empty, so that the
    codebook can be used blind. Nothing is guessed silently: what was mended or not placed is a note
    with its line, and what was not placed comes first.

    Args:
        path: A text file: UTF-8, UTF-16 with a BOM, or Windows-1252.

    Raises:
        IngestError: If the file can't be read or is not such a report.
    """
    try:
        data = path.read_bytes()
    except OSError as refused:
        message = f"{path} can't be read ({refused.strerror}); check the name"
        raise IngestError(message) from refused
    source = decode(data, name=str(path), error=IngestError)
    sections = _sections(list(lines_of(source)), path)
    notes: list[Remark] = list(sections.notes)
    breakdown = read_breakdown(sections.breakdown, source)
    if not breakdown.placements:
        raise IngestError(
            f"{path} prints no quotation under its themes; a report has quotations as paragraphs "
            f"below lines such as 'Theme 6: …'"
        )
    entries = _key_findings(sections.findings, notes)
    joined = join_questions(entries, breakdown.headings)
    notes += [*joined.notes, *breakdown.notes, *_holes(breakdown)]
    themes = _themes(breakdown, entries, joined, notes)
    words = "\n".join(line.text for line in sections.introduction)
    first = sections.introduction[0].number if sections.introduction else 1
    info, said = chat_info(words, title=sections.title, source=path.name, line=first)
    codebook = Codebook(title=sections.title, questions=joined.questions, themes=themes)
    posts = _posts(breakdown.placements, notes)
    notes += [*said, *fragment_notes([coded.post for coded in posts])]
    run = Run(
        id=f"report-{hashlib.sha256(data).hexdigest()[:12]}",
        coder=Coder(id="people", kind=CoderKind.PERSON, description=f"Printed in {path.name}"),
        codebook_sha256=codebook.sha256,
    )
    codings = Codings(info=CodingsInfo(chat=info, codebook=codebook, run=run), posts=posts)
    return ReportReading(codebook=codebook, codings=codings, notes=in_order(notes))


class _Sections(NamedTuple):
    title: str
    introduction: Sequence[Line]
    findings: Sequence[Line]
    breakdown: Sequence[Line]
    notes: list[Note]


def _sections(lines: list[Line], path: Path) -> _Sections:
    """Return the lines of each section.

    Raises:
        IngestError: If no line is a theme's.
    """
    themes = [i for i, line in enumerate(lines) if line.theme is not None]
    if not themes:
        raise IngestError(
            f"{path} is not a thematic report: looked for a section such as '3. Breakdown of "
            f"quotes by theme' with lines such as 'Q2a: …?' and 'Theme 6: …', and found no "
            f"'Theme N: …' line; give the text of such a report"
        )
    # A sentence above the breakdown may start with `Theme 3` too, but has no colon there.
    certain = (i for i in themes if (theme := lines[i].theme) and theme.is_certain)
    first_theme = next(certain, themes[0])
    at = {line.section: i for i, line in reversed(list(enumerate(lines[:first_theme])))}
    if "breakdown" not in at:
        first_theme = themes[0]
        at = {section: i for section, i in at.items() if i < first_theme}
    notes = []
    if "breakdown" in at:
        end, start = at["breakdown"], at["breakdown"] + 1
    else:
        above = first_theme - 1
        asks = above >= 0 and heading(lines[above], before_theme=True) is not None
        end = start = above if asks else first_theme
        message = "no heading such as 'Breakdown of quotes by theme'; it was taken to start here"
        notes.append(Note(where=lines[start].number, message=message))
    if "findings" not in at:
        notes.append(Note(message="no section 'Key themes', so no theme has a key finding"))
    if "introduction" not in at:
        notes.append(Note(message="no section 'Introduction'"))
    findings = min(at.get("findings", end), end)
    introduction = at.get("introduction")
    has_title = introduction is not None and introduction > 0
    begin = 0 if introduction is None else introduction + 1
    return _Sections(
        title=lines[0].text.strip() if has_title else path.stem,
        introduction=lines[begin:findings],
        findings=lines[findings + 1 : end],
        breakdown=lines[start:],
        notes=notes,
    )


def _key_findings(lines: Sequence[Line], notes: list[Remark]) -> list[Findings]:
    """Return the questions of the key themes with their bullets."""
    entries: list[Findings] = []
    previous = 0
    for line in lines:
        bullet = line.bullet
        asked = heading(line, before_theme=False) if bullet is None else None
        if asked is not None:
            entries.append(Findings(asked, []))
        elif not entries:
            message = "above the first question of the key themes; left out"
            text = line.text.strip()
            notes.append(Note(where=line.number, message=message, text=text, kind="not-placed"))
        else:
            words = line.text[bullet or 0 :].strip()
            found = entries[-1].findings
            if bullet is None and found and line.number == previous + 1:
                found[-1] = Finding(found[-1].line, f"{found[-1].text} {words}")
            else:
                found.append(Finding(line.number, words))
                if bullet is None:
                    message = "a paragraph without a bullet was read as a key finding"
                    notes.append(Note(where=line.number, message=message, text=words))
        previous = line.number
    return entries


def _themes(
    breakdown: Breakdown, entries: list[Findings], joined: QuestionList, notes: list[Remark]
) -> tuple[Theme, ...]:
    """Return the themes of the breakdown, with the key findings that are about them."""
    themes = {
        printed.id: Theme(
            id=printed.id,
            name=printed.name,
            questions=tuple(printed.questions),
            number=printed.number,
        )
        for printed in breakdown.themes.values()
    }
    for asked, findings in entries:
        covered = set(joined.answered[asked.id])
        own = [theme for theme in themes.values() if covered & set(theme.questions)]
        if own:
            placed, said = place(findings, own, f"question {asked.id}")
            for theme_id, finding in placed.items():
                update = {"key_finding": finding.text}
                themes[theme_id] = themes[theme_id].model_copy(update=update)
            notes += said
        else:
            message = f"key finding of question {asked.id}, which has no themes in this file"
            sort = "key findings left out, of questions that have no themes in this file"
            for line, text in findings:
                note = Note(where=line, message=message, text=text, kind="not-placed")
                notes.append(OneOfMany(sort, note, f"of {asked.id}"))
    return tuple(themes.values())


def _holes(breakdown: Breakdown) -> list[Note]:
    numbers = {theme.number for theme in breakdown.themes.values()}
    missing = [str(n) for n in range(min(numbers), max(numbers)) if n not in numbers]
    if not missing:
        return []
    message = f"theme numbers that this file lacks: {', '.join(missing)}"
    return [Note(message=message, kind="routine")]


def _posts(placements: Sequence[Placement], notes: list[Remark]) -> tuple[PostCodings, ...]:
    """Return one post per distinct quotation, with a coding for each question it stands under."""
    by_text: dict[str, list[Placement]] = {}
    for placement in placements:
        by_text.setdefault(placement.text, []).append(placement)
    posts = []
    for n, (text, same) in enumerate(by_text.items(), start=1):
        post = Post(id=f"q{n:03}", text=text, row=same[0].line)
        quote = Quote.cut(post, [Span(start=0, end=len(text))])
        by_question: dict[str | None, list[Placement]] = {}
        for placement in same:
            by_question.setdefault(placement.question_id, []).append(placement)
        codings = tuple(
            Coding(
                quote=quote,
                question_id=question_id,
                theme_ids=tuple(dict.fromkeys(p.theme_id for p in placed if p.theme_id)),
                note="; ".join(p.remark for p in placed if p.remark) or None,
            )
            for question_id, placed in by_question.items()
        )
        notes += _repeats(post, same)
        question_ids = tuple(question_id for question_id in by_question if question_id)
        rule = AttributionRule.GIVEN if question_ids else AttributionRule.NONE
        attribution = Attribution(question_ids=question_ids, rule=rule)
        outcome = Quoted(codings=codings)
        posts.append(PostCodings(post=post, attribution=attribution, outcome=outcome))
    return tuple(posts)


def _repeats(post: Post, same: list[Placement]) -> list[OneOfMany]:
    """Return what is to be known of a quotation that is printed more than once."""
    notes: list[OneOfMany] = []
    for i, placement in enumerate(same[1:], start=1):
        twins = [p for p in same[:i] if p.question_id == placement.question_id]
        if any(twin.theme_id == placement.theme_id for twin in twins):
            message = f"printed twice under the same theme as {post.id}; counted once"
            sort = "quotations are printed twice under the same theme; counted once"
        elif placement.theme_id is None or any(twin.theme_id is None for twin in twins):
            message = f"printed under a theme and under other ideas; {post.id} keeps the theme"
            sort = "quotations are printed under a theme and under other ideas; they keep the theme"
        else:
            message = f"the same quotation as {post.id}, on line {same[0].line}; one post"
            sort = "quotations are printed before; one post each"
        note = Note(where=placement.line, message=message, text=post.text, kind="routine")
        notes.append(OneOfMany(sort, note, f"as {post.id}"))
    return notes
