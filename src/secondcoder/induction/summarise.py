"""Key findings: a sentence per theme, from the codebook, from a model, or from counts alone."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from secondcoder.induction.amounts import FEWEST_TO_SCALE, amount, named
from secondcoder.induction.claims import beside_claims, claims_of
from secondcoder.induction.counted import Counted, CountedTheme
from secondcoder.induction.finding_prompts import finding_prompt
from secondcoder.induction.held_numbers import unheld_numbers
from secondcoder.induction.terms import in_marks
from secondcoder.induction.theme_quotes import Group, ThemeQuotes
from secondcoder.induction.together import together
from secondcoder.induction.typical import Typicality
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Codings, Failure
from secondcoder.schema.copies import Said
from secondcoder.schema.drafting import Asker
from secondcoder.schema.key_findings import REPEATS, FindingOrigin, KeyFinding, Withheld
from secondcoder.schema.quotes import Quote


class _Subject(NamedTuple):
    """A theme under a question, with what can be counted of it."""

    question_id: str | None
    theme: Theme
    group: Group
    whole: Group
    quotes: tuple[Quote, ...]
    """The group's, the most typical first."""
    others: tuple[CountedTheme, ...]
    """The other themes of the question that have quotes."""


def key_findings(codings: Codings) -> tuple[KeyFinding, ...]:
    """Return a finding for every theme that has quotes, by question; no model is asked.

    The codebook's own sentence stands where it has one that names no number but what the codings
    hold. Every other sentence is put together from counts, with the most typical quote; where it
    stands in place of the codebook's, that one is told as withheld, with the reason.

    Args:
        codings: What was coded.
    """
    return tuple(_unasked(subject) for subject in _subjects(codings))


async def draft_key_findings(codings: Codings, asker: Asker) -> tuple[KeyFinding, ...]:
    """Return findings as `key_findings` does, those without a sentence of the codebook by a model.

    A sentence of the model's cites quotes that exist, and names no number but theirs. Where it
    gave none that can be used, the sentence from counts stands, and the model's is told as
    withheld.

    Args:
        codings: What was coded.
        asker: Asks the model.
    """
    subjects = list(_subjects(codings))
    codebook = codings.info.codebook
    return tuple(await together(_asked(one, codebook, asker) for one in subjects))


def unrepeated(found: Iterable[KeyFinding], codings: Codings) -> tuple[KeyFinding, ...]:
    """Return findings with the sentence from counts for every one that repeats what was said.

    Args:
        found: What was found of each theme, by question.
        codings: What it was found in.
    """
    said = Said(coded.post.text for coded in codings.posts)
    counted = {(one.question_id, one.theme.id): one for one in _subjects(codings)}
    return tuple(
        one.model_copy(
            update={
                "text": _counted(counted[one.question_id, one.theme_id]),
                "origin": FindingOrigin.COUNTS,
                "cites": counted[one.question_id, one.theme_id].quotes[:1],
                "withheld": Withheld(origin=one.origin, why=REPEATS),
            }
        )
        if one.origin is not FindingOrigin.COUNTS and said.is_in(one.text)
        else one
        for one in found
    )


def _subjects(codings: Codings) -> Iterator[_Subject]:
    shelf = ThemeQuotes(codings)
    typicality = Typicality(coding.quote.text for coding in codings.quotes)
    sizes: dict[str | None, list[tuple[Theme, CountedTheme]]] = {}
    for question_id, theme, group in shelf.themes():
        size = CountedTheme(theme.name, _size(group, shelf.question(question_id)), group.n_posts)
        sizes.setdefault(question_id, []).append((theme, size))
    for question_id, theme, group in shelf.themes():
        order = typicality.order([quote.text for quote in group.quotes])
        quotes = tuple(group.quotes[place] for place in order)
        others = tuple(size for other, size in sizes[question_id] if other.id != theme.id)
        yield _Subject(question_id, theme, group, shelf.question(question_id), quotes, others)


def _unasked(subject: _Subject) -> KeyFinding:
    own = subject.theme.key_finding
    why = _unheld(own, subject) if own else None
    stands = own is not None and why is None
    return KeyFinding(
        question_id=subject.question_id,
        theme_id=subject.theme.id,
        text=own if own is not None and stands else _counted(subject),
        origin=FindingOrigin.CODEBOOK if stands else FindingOrigin.COUNTS,
        cites=subject.quotes[:1],
        withheld=Withheld(origin=FindingOrigin.CODEBOOK, sentence=own, why=why) if why else None,
    )


async def _asked(subject: _Subject, codebook: Codebook, asker: Asker) -> KeyFinding:
    plain = _unasked(subject)
    if subject.theme.key_finding:  # a person's sentence is mended by a person
        return plain
    prompt = finding_prompt(
        codebook, subject.question_id, subject.theme, subject.quotes, counted=plain.text
    )
    reply = await asker.ask(prompt)
    if isinstance(reply, Failure):
        withheld = Withheld(origin=FindingOrigin.MODEL, why=reply.detail)
        return plain.model_copy(update={"withheld": withheld})
    return KeyFinding(
        question_id=subject.question_id,
        theme_id=subject.theme.id,
        text=" ".join(reply.sentence.split()),
        origin=FindingOrigin.MODEL,
        cites=tuple(subject.quotes[number - 1] for number in dict.fromkeys(reply.quotes)),
    )


def _counted(subject: _Subject) -> str:
    """Return a sentence that says how many spoke of a theme, and nothing that was not counted.

    People are counted where every quoted post of the question is signed. Where some are not,
    nobody knows of how many people: those of the theme are named by their number, or its posts
    are counted, with the people behind. Who moderated is none of the people; their posts are told.
    """
    group, whole = subject.group, subject.whole
    name = in_marks(subject.theme.name)
    where = "quoted on this question" if subject.question_id else "quoted outside the questions"
    by = "a moderator" if len(group.moderators) == 1 else "moderators"
    if group.n_moderated == group.n_posts:
        return f"Only {by} spoke of {name}, in {_posts(group.n_posts)}."
    theirs = f", {group.n_moderated:,} of them by {by}" if group.n_moderated else ""
    people = named(len(group.authors), "participant")
    if whole.n_unsigned and not group.n_unsigned:
        posts = f"{group.n_posts:,} of the {whole.n_posts:,} posts"
        return f"{_capital(people)} spoke of {name}, in {posts} {where}{theirs}."
    n, of = _counts(subject)
    who = amount(n, of, "post" if whole.n_unsigned else "participant")
    # Where the words hide the numbers, they stand behind; before the name, which may be of a
    # script that would turn them round.
    beside = [f"{n:,} of {of:,}"] if of >= FEWEST_TO_SCALE and n < of else []
    if whole.n_unsigned and group.authors:
        n_signed = n - group.n_unsigned - group.n_moderated
        beside.append(f"{n_signed:,} by {people}, {group.n_unsigned:,} unsigned{theirs}")
    elif whole.n_unsigned and whole.authors:
        beside.append("unsigned")
    shares = f" ({'; '.join(beside)})" if beside else ""
    posts = f", in {_posts(group.n_posts)}{theirs}"
    return f"{_capital(who)} {where}{shares} spoke of {name}{'' if whole.n_unsigned else posts}."


def _counts(subject: _Subject) -> tuple[int, int]:
    """Return how many spoke of the theme, and of how many: people, or posts if any is unsigned."""
    whole = subject.whole
    return _size(subject.group, whole), _size(whole, whole)


def _size(group: Group, whole: Group) -> int:
    return group.n_posts if whole.n_unsigned else len(group.authors)


def _posts(n: int) -> str:
    return f"{n:,} {'post' if n == 1 else 'posts'}"


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _unheld(sentence: str, subject: _Subject) -> str | None:
    """Return what a sentence says of how many and nothing in the codings does, in words.

    A number is held that counts the quotes, posts or people of the theme or of its question, or
    stands in a quote of the theme or in its name; of a hundred, the theme's share of its question.
    "Most participants", "more than 5 people", "named least often" and "named more often than
    rides" are held that the counts bear out.
    """
    group, whole = subject.group, subject.whole
    n, of = _counts(subject)
    counted = Counted(
        CountedTheme(subject.theme.name, n, group.n_posts),
        of=of,
        of_posts=whole.n_posts,
        others=subject.others,
    )
    why = next((why for claim in claims_of(sentence) if (why := claim.against(counted))), None)
    if why is not None:
        return why
    parts = [(len(part.quotes), part.n_posts, len(part.authors)) for part in (group, whole)]
    unheld = unheld_numbers(
        beside_claims(sentence),
        (*(quote.text for quote in subject.quotes), subject.theme.name),
        tuple(zip(*parts, strict=True)),
    )
    if unheld:
        return f"it names {', '.join(unheld)}, which these codings do not hold for the theme"
    return None
