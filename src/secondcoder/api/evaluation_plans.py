"""Evaluation plans: a task becomes posts to code, codebooks to code them with, and references."""

import random
from collections.abc import Sequence
from typing import NamedTuple

from secondcoder.errors import InputError
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.ingest.report_text import read_report
from secondcoder.schema.chat import Attribution, AttributionRule, Post
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Coding, Codings, PostCodings, Quoted
from secondcoder.schema.evaluation import Condition, EvaluationTask
from secondcoder.schema.examples import ExampleQuote, Examples
from secondcoder.schema.near_copies import letters_of, near_copy_groups
from secondcoder.schema.options import ChatFile
from secondcoder.schema.quotes import Quote, Span
from secondcoder.store.files import read_codings

JOINERS = (" ", "\n", " / ", " + ")
JOINER_WEIGHTS = (60, 30, 5, 5)
"""How people put two ideas into one post. Our choice of shares."""
TWINS = {1: 2, 2: 1, 3: 5, 5: 3}
"""Version of the prompt → the one that says the same in other words. Version 4 has none."""


class Item(NamedTuple):
    """A post to code, as the reference coded it."""

    reference: PostCodings
    cluster: str
    """What its errors may have in common with: near-copies, another attack on the same post."""
    target: str | None = None
    """The theme that an attack asks for."""
    clean: str | None = None
    """Id of the post without the attack."""
    is_compared: bool = True
    """Whether its coding matters; an attack of its own is there for its neighbours."""


class Batch(NamedTuple):
    """Posts coded with one codebook."""

    codebook: Codebook
    items: tuple[Item, ...]
    examples: Examples | None = None
    """Quotations of other folds, which a model is shown."""


class Plan(NamedTuple):
    """What a coder does under one condition."""

    condition: str
    batches: tuple[Batch, ...]
    chat: ChatFile | None = None
    """Where given, the chat is coded as it is, rules for greetings and reposts included."""
    ledger: str = "ledger"
    """Name of the file of answers. Coding again needs another, or it would be read back."""
    against: tuple[str, ...] = ()
    """Conditions to compare with, beside the reference."""
    is_scored: bool = True
    """Whether it is compared with the reference."""
    is_reworded: bool = False
    """Whether models are asked with their prompt's twin, and coders without one left out."""
    posts_per_request: int | None = None
    """Where given, models are asked about so many at once; other coders take posts one by one."""
    shows_examples: bool = False
    """Whether models are shown examples of their own for each post, which no other coder is."""
    is_for_models: bool = False
    """Whether other coders are left out: they would do the same again."""


class Quotation(NamedTuple):
    """Words of a report that stand under themes of one question."""

    text: str
    question_id: str
    themes: tuple[str, ...]
    group: int


def chat_plans(task: EvaluationTask) -> list[Plan]:
    """Return the plan of a chat coded as it is."""
    reference = read_codings(task.file("reference"))
    info = reference.info.chat
    chat = ChatFile(
        path=task.file("chat"),
        moderators=info.moderators,
        starts_at=info.starts_at,
        length=info.length,
        title=info.title,
        hashtag=info.hashtag,
    )
    items = tuple(Item(coded, coded.post.id) for coded in reference.posts)
    batch = Batch(read_codebook(task.file("codebook")), items)
    return [Plan(condition.name, (batch,), chat=chat) for condition in task.conditions]


def report_plans(task: EvaluationTask) -> list[Plan]:
    """Return one plan per condition: each quotation of a report alone."""
    book, quotations = quotations_of(task)
    folds = _folds(quotations, task)
    drawn = _drawn(quotations, task)
    items = [item_of(f"q{number}", (one,), "") for number, one in enumerate(quotations, start=1)]
    return [
        Plan(
            condition.name,
            tuple(
                Batch(
                    _with_examples(book, condition, quotations, fold),
                    tuple(
                        _asked(items[place], condition, book) for place in fold if place in drawn
                    ),
                    _nearest(condition, quotations, fold),
                )
                for fold in _used(folds, condition)
                if not drawn.isdisjoint(fold)
            ),
            shows_examples=condition.examples == "nearest",
        )
        for condition in task.conditions
    ]


def spliced_plans(task: EvaluationTask) -> list[Plan]:
    """Return one plan per condition: quotations in pairs, both of one fold."""
    book, quotations = quotations_of(task)
    folds = _folds(quotations, task)
    chance = random.Random(task.seed)  # noqa: S311  # a sample, no secret
    pairs: dict[int, list[Item]] = {}
    for number in range(1, task.pairs + 1):
        place = chance.choices(range(len(folds)), [len(fold) for fold in folds])[0]
        first, second = _pair(quotations, folds[place], chance)
        joiner = chance.choices(JOINERS, JOINER_WEIGHTS)[0]
        pairs.setdefault(place, []).append(item_of(f"p{number}", (first, second), joiner))
    return [
        Plan(
            condition.name,
            tuple(
                Batch(
                    _with_examples(book, condition, quotations, folds[place]),
                    tuple(_asked(item, condition, book) for item in of_fold),
                    _nearest(condition, quotations, folds[place]),
                )
                for place, of_fold in sorted(pairs.items())
            ),
            shows_examples=condition.examples == "nearest",
        )
        for condition in task.conditions
    ]


def stability_plans(task: EvaluationTask) -> list[Plan]:
    """Return the plans for the posts a reference quotes.

    They are coded once, again, the last first, and once more with the prompt in other words.
    """
    codings, book = reference_of(task)
    items = tuple(Item(coded, coded.post.id) for coded in codings.posts if coded.codings)
    batch, backwards = Batch(book, items), Batch(book, items[::-1])
    return [
        Plan("first", (batch,)),
        Plan("again", (batch,), ledger="ledger-again", against=("first",), is_scored=False),
        Plan("backwards", (backwards,), ledger="ledger-back", against=("first",), is_scored=False),
        Plan("reworded", (batch,), against=("first",), is_scored=False, is_reworded=True),
    ]


def reference_of(task: EvaluationTask) -> tuple[Codings, Codebook]:
    """Return the reference coding of a task, and its codebook."""
    return read_codings(task.file("reference")), read_codebook(task.file("codebook"))


def quotations_of(task: EvaluationTask) -> tuple[Codebook, list[Quotation]]:
    """Return the codebook of a report, and each quotation once with all the themes it has."""
    reading = read_report(task.file("report"))
    book = reading.codebook
    found: dict[tuple[str, str], tuple[str, dict[str, None]]] = {}
    for coding in reading.codings.quotes:
        if coding.question_id is None:
            continue
        key = (coding.question_id, letters_of(coding.quote.text))
        _, themes = found.setdefault(key, (coding.quote.text, {}))
        themes |= dict.fromkeys(coding.theme_ids)
    kept = [
        (text, question_id, tuple(themes))
        for (question_id, _), (text, themes) in found.items()
        if (themes or task.other_ideas)
        and not (task.several_themes and len(book.themes_for(question_id)) <= 1)
    ]
    groups = near_copy_groups([text for text, _, _ in kept])
    return book, [Quotation(*one, group) for one, group in zip(kept, groups, strict=True)]


def _folds(quotations: Sequence[Quotation], task: EvaluationTask) -> list[tuple[int, ...]]:
    """Return the places of the quotations by fold; near-copies share one."""
    groups = sorted({one.group for one in quotations})
    random.Random(task.seed).shuffle(groups)  # noqa: S311  # a split, no secret
    fold_of = {group: place % task.folds for place, group in enumerate(groups)}
    folds: dict[int, list[int]] = {}
    for place, one in enumerate(quotations):
        folds.setdefault(fold_of[one.group], []).append(place)
    return [tuple(places) for _, places in sorted(folds.items())]


def _drawn(quotations: Sequence[Quotation], task: EvaluationTask) -> frozenset[int]:
    """Return the places of the quotations that are coded; the others may be examples."""
    places = range(len(quotations))
    n = len(places) if task.quotations is None else min(task.quotations, len(places))
    return frozenset(random.Random(task.seed).sample(places, n))  # noqa: S311  # no secret


def _used(folds: list[tuple[int, ...]], condition: Condition) -> list[tuple[int, ...]]:
    """Return the folds; without examples one codebook serves all."""
    if condition.examples != "none":
        return folds
    return [tuple(sorted(place for fold in folds for place in fold))]


def _pair(
    quotations: Sequence[Quotation], fold: Sequence[int], chance: random.Random
) -> tuple[Quotation, Quotation]:
    """Return two quotations of a fold that are no near-copies.

    Raises:
        InputError: If the fold holds none.
    """
    first = quotations[chance.choice(fold)]
    others = [place for place in fold if quotations[place].group != first.group]
    if not others:
        raise InputError("a fold holds one quotation; give the task fewer 'folds:'")
    return first, quotations[chance.choice(others)]


def item_of(item_id: str, quotations: Sequence[Quotation], joiner: str) -> Item:
    """Return a post made of quotations, coded as the report codes them."""
    text, spans = "", []
    for one in quotations:
        start = len(text) + (len(joiner) if text else 0)
        text += (joiner if text else "") + one.text
        spans.append(Span(start=start, end=len(text)))
    post = Post(id=item_id, text=text)
    codings = tuple(
        Coding(quote=Quote.cut(post, [span]), question_id=one.question_id, theme_ids=one.themes)
        for span, one in zip(spans, quotations, strict=True)
    )
    asked = tuple(dict.fromkeys(one.question_id for one in quotations))
    attribution = Attribution(question_ids=asked, rule=AttributionRule.GIVEN)
    coded = PostCodings(post=post, attribution=attribution, outcome=Quoted(codings=codings))
    return Item(coded, f"g{quotations[0].group}")


def _asked(item: Item, condition: Condition, book: Codebook) -> Item:
    """Return the item with the question given, or any question possible."""
    if condition.question == "given":
        return item
    every = tuple(leaf.id for leaf in book.leaves)
    attribution = Attribution(question_ids=every, rule=AttributionRule.GIVEN)
    return item._replace(reference=item.reference.model_copy(update={"attribution": attribution}))


def _with_examples(
    book: Codebook, condition: Condition, quotations: Sequence[Quotation], unseen: Sequence[int]
) -> Codebook:
    """Return the codebook, with the quotations of the other folds as examples where asked for."""
    if condition.examples != "others":
        return book
    others = [one for place, one in enumerate(quotations) if place not in set(unseen)]

    def with_others(theme: Theme) -> Theme:
        texts = tuple(one.text for one in others if theme.id in one.themes)
        return theme.model_copy(update={"examples": (*theme.examples, *texts)})

    return book.model_copy(update={"themes": tuple(map(with_others, book.themes))})


def _nearest(
    condition: Condition, quotations: Sequence[Quotation], unseen: Sequence[int]
) -> Examples | None:
    """Return the quotations of the other folds, for a model to be shown the nearest of them."""
    if condition.examples != "nearest":
        return None
    quotes = tuple(
        ExampleQuote(
            post_id=f"g{one.group}",
            text=one.text,
            question_id=one.question_id,
            theme_ids=one.themes,
        )
        for place, one in enumerate(quotations)
        if place not in set(unseen) and one.themes
    )
    return Examples(quotes=quotes, per_theme=condition.per_theme)
