"""Key findings: a sentence per theme, from the codebook, from a model, or from counts alone."""

import asyncio
from collections.abc import Iterator
from typing import NamedTuple

from secondcoder.induction.amounts import FEWEST_TO_SCALE, amount
from secondcoder.induction.finding_prompts import finding_prompt
from secondcoder.induction.numbers import numbers_of, unheld_numbers
from secondcoder.induction.theme_quotes import Group, ThemeQuotes
from secondcoder.induction.typical import Typicality
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Codings, Failure
from secondcoder.schema.drafting import Asker
from secondcoder.schema.key_findings import FindingOrigin, KeyFinding
from secondcoder.schema.quotes import Quote


class _Subject(NamedTuple):
    """A theme under a question, with what can be counted of it."""

    question_id: str | None
    theme: Theme
    group: Group
    whole: Group
    quotes: tuple[Quote, ...]
    """The group's, the most typical first."""


def key_findings(codings: Codings) -> tuple[KeyFinding, ...]:
    """Return a finding for every theme that has quotes, by question; no model is asked.

    The codebook's own sentence stands where it has one; where that names a number which the
    codings do not hold, a note says so. Every other sentence is put together from counts, with the
    most typical quote.

    Args:
        codings: What was coded.
    """
    return tuple(_unasked(subject) for subject in _subjects(codings))


async def draft_key_findings(codings: Codings, asker: Asker) -> tuple[KeyFinding, ...]:
    """Return findings as `key_findings` does, those without a sentence of the codebook by a model.

    A sentence of the model's cites quotes that exist, and names no number but theirs. Where it
    gave none that can be used, the sentence from counts stands, with a note that says why.

    Args:
        codings: What was coded.
        asker: Asks the model.
    """
    subjects = list(_subjects(codings))
    codebook = codings.info.codebook
    return tuple(await asyncio.gather(*(_asked(one, codebook, asker) for one in subjects)))


def _subjects(codings: Codings) -> Iterator[_Subject]:
    shelf = ThemeQuotes(codings)
    typicality = Typicality(coding.quote.text for coding in codings.quotes)
    for question_id, theme, group in shelf.themes():
        order = typicality.order([quote.text for quote in group.quotes])
        quotes = tuple(group.quotes[place] for place in order)
        yield _Subject(question_id, theme, group, shelf.question(question_id), quotes)


def _unasked(subject: _Subject) -> KeyFinding:
    own = subject.theme.key_finding
    return KeyFinding(
        question_id=subject.question_id,
        theme_id=subject.theme.id,
        text=own or _counted(subject),
        origin=FindingOrigin.CODEBOOK if own else FindingOrigin.COUNTS,
        cites=subject.quotes[:1],
        note=_unheld(own, subject) if own else None,
    )


async def _asked(subject: _Subject, codebook: Codebook, asker: Asker) -> KeyFinding:
    plain = _unasked(subject)
    if plain.origin is FindingOrigin.CODEBOOK:
        return plain
    prompt = finding_prompt(
        codebook, subject.question_id, subject.theme, subject.quotes, counted=plain.text
    )
    reply = await asker.ask(prompt)
    if isinstance(reply, Failure):
        note = f"The model gave no sentence that can be used: {reply.detail}"
        return plain.model_copy(update={"note": note})
    return KeyFinding(
        question_id=subject.question_id,
        theme_id=subject.theme.id,
        text=" ".join(reply.sentence.split()),
        origin=FindingOrigin.MODEL,
        cites=tuple(subject.quotes[number - 1] for number in dict.fromkeys(reply.quotes)),
    )


def _counted(subject: _Subject) -> str:
    """Return a sentence that says how many spoke of a theme, and nothing that was not counted.

    People are counted where every quoted post of the question is signed, posts otherwise.
    """
    group, whole = subject.group, subject.whole
    by_people = not whole.n_unsigned
    n, of = (
        (len(group.authors), len(whole.authors)) if by_people else (group.n_posts, whole.n_posts)
    )
    who = amount(n, of, "participant" if by_people else "post")
    where = "quoted on this question" if subject.question_id else "quoted outside the questions"
    # Where the words hide the numbers, they stand behind.
    shares = f" ({n:,} of {of:,})" if of >= FEWEST_TO_SCALE and n < of else ""
    posts = f", in {group.n_posts:,} {'post' if group.n_posts == 1 else 'posts'}"
    return (
        f"{who[:1].upper()}{who[1:]} {where}{shares} spoke of “{subject.theme.name}”"
        f"{posts if by_people else ''}."
    )


def _unheld(sentence: str, subject: _Subject) -> str | None:
    """Return a note on the numbers that a sentence names and nothing in the codings does."""
    counts = {
        str(count)
        for part in (subject.group, subject.whole)
        for count in (len(part.quotes), part.n_posts, len(part.authors))
    }
    held = counts | numbers_of(quote.text for quote in subject.quotes)
    unheld = unheld_numbers(sentence, held)
    if not unheld:
        return None
    return (
        f"The codebook's sentence names {', '.join(unheld)}, which these codings do not hold; "
        f"check it before you publish."
    )
