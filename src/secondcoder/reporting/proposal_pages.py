"""What the pages of a proposal say: each theme with what it rests on, the same in every form."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import NamedTuple

from secondcoder.reporting.accounting import REASONS
from secondcoder.reporting.charts import Chart
from secondcoder.reporting.derivation_wording import read_as_coded
from secondcoder.reporting.wording import (
    count,
    day,
    in_quotation_marks,
    joined,
    number,
    other_language,
    shown,
)
from secondcoder.schema.codings import LeftOutReason
from secondcoder.schema.proposals import (
    InitialCode,
    Proposal,
    Residue,
    Saturation,
    ThemeEvidence,
    TooFew,
)
from secondcoder.schema.quotes import Quote
from secondcoder.schema.runs import CoderKind

_MOST_DRAWN = 40
"""Points of a curve that are drawn."""


class QuoteLine(NamedTuple):
    """A quote as it is printed, and where it stands."""

    text: str
    post_id: str
    author: str = ""
    """Of an example, where it is known."""
    under: str = ""
    """Of a counter-example: the themes that it is laid under instead, in words."""


class NearLine(NamedTuple):
    """Another theme of the question, and how alike the two are, 0 to 1."""

    name: str
    anchor: str
    similarity: str


class CodePart(NamedTuple):
    """A model's initial code, and the segments that it cited."""

    name: str
    tally: str
    segments: tuple[QuoteLine, ...]


class ThemePart(NamedTuple):
    """One theme of a question."""

    anchor: str
    theme_id: str
    name: str
    is_new: bool
    definition: str
    use_when: tuple[str, ...]
    not_when: tuple[str, ...]
    tally: str
    examples: tuple[QuoteLine, ...]
    others: tuple[QuoteLine, ...]
    """Its further quotes."""
    nearest: tuple[NearLine, ...]
    counter_examples: tuple[QuoteLine, ...]
    codes: tuple[CodePart, ...]


class FewPart(NamedTuple):
    """Quotes that lie together, and are of too few people to be a theme."""

    name: str
    """What a model called it; empty where none was asked."""
    tally: str
    quotes: tuple[QuoteLine, ...]
    codes: tuple[CodePart, ...]


class QuestionPart(NamedTuple):
    """One question, or the posts that answer none."""

    label: str
    text: str
    tally: str
    themes: tuple[ThemePart, ...]
    too_few_lead: str
    """Why what follows is no theme; empty where nothing does."""
    too_few: tuple[FewPart, ...]
    residue: tuple[QuoteLine, ...]
    """What else is in no theme."""
    saturation: str
    """The curve in a sentence."""
    curve: tuple[tuple[str, str], ...]
    """Posts read, and new themes met by then."""
    picture: Chart | None
    """The curve; None where there is none to see."""


class ProposalPages(NamedTuple):
    """All that is printed."""

    title: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    questions: tuple[QuestionPart, ...]
    notes: tuple[str, ...]


def proposal_pages(proposal: Proposal) -> ProposalPages:
    """Return what the pages say of a proposal."""
    residues = {part.question_id: part for part in proposal.residue}
    return ProposalPages(
        title=proposal.codebook.title,
        lead=lead(proposal),
        facts=tuple(_facts(proposal)),
        questions=tuple(
            _question(proposal, curve, residues[curve.question_id], place)
            for place, curve in enumerate(proposal.saturation, 1)
        ),
        notes=tuple(note.message for note in proposal.notes),
    )


def saturation_chart(curve: Saturation, place: int) -> Chart | None:
    """Return the curve as a line that rises where a theme was met; None of fewer than two posts.

    Args:
        curve: Of one question.
        place: The question's, counted from 1.
    """
    n_read = curve.points[-1].n_posts
    if n_read < 2 or not curve.last_new.n_themes:  # noqa: PLR2004 - a line has two ends
        return None
    step = -(-n_read // _MOST_DRAWN)
    read = [*range(step, n_read, step), n_read]
    met = {n: max((at.n_themes for at in curve.points if at.n_posts <= n), default=0) for n in read}
    return Chart(
        id=f"saturation-{place}",
        kind="line",
        place=f"question-{place}",
        title="New themes met against posts read",
        alt=saturation_sentence(curve),
        columns=("posts read", "new themes met"),
        rows=tuple((number(n), met[n]) for n in read),
        n_drawn=len(read),
    )


def saturation_sentence(curve: Saturation) -> str:
    """Return when the last new theme was met, and of how many posts."""
    n_read, last = curve.points[-1].n_posts, curve.last_new
    if not last.n_themes:
        return f"No new theme was met in {count(n_read, 'post')}."
    if last.n_posts == n_read:
        return (
            f"The last new theme was met in the last of {count(n_read, 'post')} read: more posts "
            f"may hold more themes."
        )
    return f"The last new theme was met in post {number(last.n_posts)} of {number(n_read)} read."


def lead(proposal: Proposal) -> str:
    """Return what was found, in what was read."""
    n_new = sum(theme.is_new for theme in proposal.themes)
    n_left = sum(len(part.quotes) for part in proposal.residue)
    known = len({theme.theme_id for theme in proposal.themes if not theme.is_new})
    extended = f" beside {count(known, 'theme')} that it had" if known else ""
    return (
        f"{count(n_new, 'theme')} proposed{extended}, from {_read(proposal)}; "
        f"{count(n_left, 'quote')} {'is' if n_left == 1 else 'are'} in no theme. "
        f"A proposal is a place to start: read the quotes, then rename, merge and split."
    )


def _read(proposal: Proposal) -> str:
    sample = proposal.sample
    n_foreign = sample.left_out.get(LeftOutReason.NOT_ENGLISH, 0)
    if sample.n_read == sample.n_posts and n_foreign:
        return f"{count(sample.n_posts, 'post')} with answers ({other_language(n_foreign)})"
    if sample.n_read == sample.n_posts:
        return f"all {count(sample.n_posts, 'post')} with answers"
    return (
        f"{number(sample.n_read)} of {count(sample.n_posts, 'post')} with answers, drawn by "
        f"chance from each question in proportion"
        f"{f' ({other_language(n_foreign)})' if n_foreign else ''}"
    )


def _left_out(proposal: Proposal) -> str:
    """Return how many posts were left out before reading, by reason."""
    return "; ".join(
        f"{REASONS[LeftOutReason(reason)][0]}: {number(n)}"
        for reason, n in proposal.sample.left_out.items()
    )


def _facts(proposal: Proposal) -> list[tuple[str, str]]:
    run, usage = proposal.run, proposal.run.usage
    facts = [
        ("Coder", run.coder.id),
        ("Posts read", _read(proposal)),
        *_known(proposal),
        *((("Posts left out", _left_out(proposal)),) if proposal.sample.left_out else ()),
        ("Seed", f"{proposal.sample.seed} (of the sample and of the reading order)"),
        ("Grain", _grain(proposal)),
        ("Version", f"Second Coder {run.secondcoder_version}"),
        ("Codebook", f"version {proposal.codebook.version}, SHA-256 {run.codebook_sha256}"),
    ]
    if run.started_at is not None:
        facts.append(("Day", day(run.started_at)))
    if run.coder.kind is CoderKind.MODEL:
        cost = f", {usage.cost_usd:.4f} USD" if usage.cost_usd is not None else ""
        cost = ", cost not known" if usage.has_unknown_cost else cost
        asked = f"{count(usage.n_requests, 'request')}{cost}"
        facts.append(("Asked", f"{asked}; {count(usage.n_reused, 'answer')} known before"))
    return facts


def _known(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Yield who said what was covered, where somebody had coded posts; masked pages don't know."""
    how = proposal.codebook.edits[-1].proposed if proposal.codebook.edits else None
    if how is not None and how.start == "coded":
        told = read_as_coded(how)
        yield "Known before", f"{told[0].upper()}{told[1:]}."


def _grain(proposal: Proposal) -> str:
    if isinstance(proposal.grain, int):
        return f"about {count(proposal.grain, 'theme')} per question"
    return proposal.grain


def _question(proposal: Proposal, curve: Saturation, residue: Residue, place: int) -> QuestionPart:
    question_id = curve.question_id
    found = [theme for theme in proposal.themes if theme.question_id == question_id]
    return QuestionPart(
        label=question_id or "No question",
        text=_asked(proposal, question_id),
        tally=f"{count(len(found), 'theme')} in {count(curve.points[-1].n_posts, 'post')}; "
        f"{count(len(residue.quotes), 'quote')} in no theme",
        themes=tuple(_theme(proposal, theme, found) for theme in found),
        too_few_lead=_too_few_lead(residue) if residue.too_few else "",
        too_few=tuple(_few(few) for few in residue.too_few),
        residue=_lines(
            quote
            for quote in residue.quotes
            if not any(_overlap(quote, other) for few in residue.too_few for other in few.quotes)
        ),
        saturation=saturation_sentence(curve),
        curve=tuple((number(at.n_posts), number(at.n_themes)) for at in curve.points),
        picture=saturation_chart(curve, place),
    )


def _asked(proposal: Proposal, question_id: str | None) -> str:
    if question_id is None:
        return "Posts that answer no question"
    return proposal.codebook.question(question_id).text


def _theme(
    proposal: Proposal, evidence: ThemeEvidence, all_found: list[ThemeEvidence]
) -> ThemePart:
    theme = proposal.theme(evidence.theme_id)
    examples = set(evidence.examples)
    return ThemePart(
        anchor=_anchor(evidence.question_id, theme.id),
        theme_id=theme.id,
        name=theme.name,
        is_new=evidence.is_new,
        definition=theme.definition,
        use_when=theme.include,
        not_when=theme.exclude,
        tally=_tally(evidence.n_authors, evidence.n_posts),
        examples=tuple(
            line._replace(author=author or "")
            # Evidence of before authors were kept names none.
            for line, author in zip_longest(_lines(evidence.examples), evidence.example_authors)
        ),
        others=_lines(quote for quote in evidence.quotes if quote not in examples),
        nearest=tuple(
            NearLine(
                proposal.theme(near.theme_id).name,
                _anchor(evidence.question_id, near.theme_id),
                f"{near.similarity:.2f}",
            )
            for near in evidence.nearest
        ),
        counter_examples=tuple(
            QuoteLine(_words(quote), quote.post_id, under=_under(quote, proposal, all_found))
            for quote in evidence.counter_examples
        ),
        codes=_codes(evidence.codes),
    )


def _too_few_lead(residue: Residue) -> str:
    return (
        f"Alike, and of too few people: of a theme, {number(residue.fewest_voices)} people can be "
        f"quoted."
    )


def _few(few: TooFew) -> FewPart:
    n_posts = len({quote.post_id for quote in few.quotes})
    return FewPart(few.name, _tally(few.n_authors, n_posts), _lines(few.quotes), _codes(few.codes))


def _codes(codes: Iterable[InitialCode]) -> tuple[CodePart, ...]:
    return tuple(
        CodePart(
            code.name,
            count(len(code.segments), "segment") if code.segments else "segments not kept",
            _lines(code.segments),
        )
        for code in codes
    )


def _tally(n_authors: int, n_posts: int) -> str:
    people = count(n_authors, "person", "people")
    posts = count(n_posts, "post")
    return f"{people} in {posts}" if n_authors else f"{posts}, by no known participant"


def _under(quote: Quote, proposal: Proposal, found: list[ThemeEvidence]) -> str:
    """Return the themes that hold a quote of the question, in words."""
    names = [
        in_quotation_marks(proposal.theme(theme.theme_id).name)
        for theme in found
        if any(_overlap(quote, other) for other in theme.quotes)
    ]
    return f"under {joined(names)}" if names else "in no theme"


def _overlap(one: Quote, other: Quote) -> bool:
    return one.post_id == other.post_id and any(
        span.overlap(beside) for span in one.spans for beside in other.spans
    )


def _lines(quotes: Iterable[Quote]) -> tuple[QuoteLine, ...]:
    return tuple(QuoteLine(_words(quote), quote.post_id) for quote in quotes)


def _words(quote: Quote) -> str:
    return shown(quote.text)


def _anchor(question_id: str | None, theme_id: str) -> str:
    return f"{question_id or 'none'}-{theme_id}"
