"""Making a proposal: the chat is read, themes are found or worded, evidence is gathered."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from secondcoder.api.proposal_reading import (
    Cover,
    as_people_coded,
    covered_by,
    question_of,
    questions_of,
    without_far_ones,
)
from secondcoder.api.proposal_sifting import NOT_TOLD, moderators_of, sifted
from secondcoder.api.readers import CoderReader, Reader
from secondcoder.api.sources import Source
from secondcoder.api.survey import survey
from secondcoder.coding.coders import is_embedded
from secondcoder.coding.similarity import Words, load_embeddings, stems, words
from secondcoder.coding.tasks import Task
from secondcoder.coding.triage import seem_english
from secondcoder.errors import InputError
from secondcoder.induction.asked_themes import asked_themes
from secondcoder.induction.edits import proposed_step
from secondcoder.induction.found_themes import Wording, found_themes
from secondcoder.induction.propose import Assembled, Question, assembled
from secondcoder.induction.terms import without_function_words
from secondcoder.induction.theme_prompts import Setting
from secondcoder.reporting.wording import count, endpoint
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings, Failure, LeftOutReason
from secondcoder.schema.identity import sha256
from secondcoder.schema.proposals import Proposal, ReadSample, Saturation
from secondcoder.schema.proposed import Grain, Proposed, QuestionRead
from secondcoder.schema.readings import Note
from secondcoder.schema.runs import Coder, CoderKind, Run
from secondcoder.schema.similarity import SimilarityBackEnd
from secondcoder.version import __version__

_NOT_ENGLISH = (
    "most posts hold none of the words that English sentences have: themes are named and described "
    "by their own words and quotes alone. To tell the chat's language, start from a codebook with "
    "a line such as 'language: es' (-c START.yaml)"
)


class Wanted(NamedTuple):
    """How finely to look, and at how much."""

    grain: Grain | int
    sample: int
    seed: int
    opt_out: tuple[str, ...] = ()
    """Authors who are not read."""


class Read(NamedTuple):
    """What was read, and the themes that are drafted for it."""

    title: str
    book: Codebook
    answers: Sequence[Task]
    """The posts that hold one."""
    repeats: Mapping[str, str]
    """Of those that repeat another person's words, the id of the post that they repeat."""
    left_out: Mapping[LeftOutReason, int]
    """The other posts, by reason."""
    tasks: Sequence[Task]
    """Of those, what was read."""
    n_coded: int
    """Of what was read, posts that people had coded."""
    questions: Sequence[Question]
    back_end: str
    n_failed: int
    """Requests for codes and themes that came to nothing."""
    notes: tuple[Note, ...]


async def proposed(
    source: Source,
    start: Codebook | None,
    people: Codings | None,
    wanted: Wanted,
    reader: CoderReader,
) -> Proposal:
    """Return a codebook proposed from the posts, with the evidence of each theme.

    Args:
        source: The posts.
        start: The codebook to extend.
        people: Codings whose quotes its themes cover.
        wanted: How finely to look, and at how much.
        reader: Who reads.
    """
    with reader:
        found = await read(source, start, people, wanted, reader)
    tasks, book = found.tasks, found.book
    made = assembled(book, found.questions, {task.post.id: task.post for task in tasks})
    run = _described(reader.run, wanted, found.back_end)
    how = _how(found, made, start, people, wanted, run)
    new = [theme.id for theme in made.codebook.themes if theme.id in how.marks]
    codebook = proposed_step(
        made.codebook.changed(title=book.title or f"Themes of {found.title or 'the chat'}"),
        how,
        new,
        made_at=run.started_at,
        extends=bool(book.themes),
    )
    is_whole = len(tasks) == len(found.answers)
    return Proposal(
        codebook=codebook,
        run=run.model_copy(update={"codebook_sha256": codebook.sha256}),
        grain=wanted.grain,
        sample=ReadSample(
            seed=wanted.seed,
            n_posts=len(found.answers),
            n_read=len(tasks),
            left_out={reason.value: n for reason, n in found.left_out.items()},
            post_ids=() if is_whole else [task.post.id for task in tasks],
        ),
        themes=made.themes,
        residue=made.residue,
        saturation=made.saturation,
        notes=found.notes,
    )


async def read(
    source: Source,
    start: Codebook | None,
    people: Codings | None,
    wanted: Wanted,
    reader: Reader,
) -> Read:
    """Return what was read of a chat, with a draft of every theme that was seen in it.

    Args:
        source: The posts.
        start: The codebook to extend.
        people: Codings whose quotes its themes cover.
        wanted: How finely to look, and at how much.
        reader: Who reads; within its context.

    Raises:
        InputError: If too few posts hold an answer, or none is to be read.
    """
    if wanted.sample < 1:
        raise InputError(f"a sample of {wanted.sample:,} posts: read one at least")
    found = survey(source, start or Codebook(title=""))
    reader.handles = found.handles
    book = found.codebook
    answers, repeats, left_out, unread = sifted(source, found, wanted.opt_out)
    tasks = drawn(answers, wanted.sample, wanted.seed)
    theirs = as_people_coded(tasks, people, repeats)
    covered, notes = await covered_by(book, tasks, theirs, reader, repeats)
    back_end = _back_end(reader.coder, book.language)
    hosts = moderators_of(source, found)
    cover = Cover(covered, theirs)
    parts = questions_of(book, tasks, cover, back_end, wanted.seed, moderators=hosts)
    in_english = book.language == "en" and seem_english(task.post.text for task in tasks)
    wording = _wording(parts, in_english=in_english)
    if is_embedded(reader.coder):
        parts = [without_far_ones(part, book, back_end, theirs) for part in parts]
        if book.language == "en" and not in_english:
            notes = [*notes, Note(message=_NOT_ENGLISH)]
            # Nobody said English: a codebook that did would be coded by its word lists.
            book = book.changed(language=NOT_TOLD) if start is None else book
        whole, failed = _found(parts, book, wanted.grain, wording), list[Note]()
    else:
        whole, failed = await _asked(parts, book, wanted.grain, back_end, wording, reader)
    return Read(
        title=found.info.title,
        book=book,
        answers=answers,
        repeats=repeats,
        left_out=left_out,
        tasks=tasks,
        n_coded=len(theirs),
        questions=whole,
        back_end=back_end.name,
        n_failed=len(failed),
        notes=(
            *source.notes,
            *unread,
            *notes,
            *failed,
            *(note for part in whole for note in _short_of(part, book, wanted.grain)),
        ),
    )


def drawn(tasks: list[Task], most: int, seed: int) -> list[Task]:
    """Return at most so many posts, in their order: of each question a part in proportion.

    Every question keeps at least one post. One that may answer several counts for the first.
    """
    if len(tasks) <= most:
        return tasks
    by_question: dict[tuple[str, ...], list[int]] = {}
    for place, task in enumerate(tasks):
        by_question.setdefault(task.attribution.question_ids[:1], []).append(place)
    parts = [places for _, places in sorted(by_question.items())]
    chance = random.Random(seed)  # noqa: S311  # a sample, no secret
    chosen: list[int] = []
    for places, n in zip(parts, _shares([len(places) for places in parts], most), strict=True):
        chosen += chance.sample(places, n)
    return [tasks[place] for place in sorted(chosen)]


def _shares(sizes: Sequence[int], most: int) -> list[int]:
    """Return how many to take of each part: in proportion, one at least, and `most` in all.

    Only where there are more parts than that, there are more in all. What rounding leaves goes to
    the parts with the largest remainders, and what one at least costs is taken from the largest.

    >>> _shares([90, 9, 1], 10), _shares([5, 5], 5), _shares([98, 1, 1], 3)
    ([8, 1, 1], [3, 2], [1, 1, 1])
    """
    exact = [most * size / sum(sizes) for size in sizes]
    shares = [max(1, int(share)) for share in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda place: int(exact[place]) - exact[place])
    for place in by_remainder[: max(0, most - sum(shares))]:
        shares[place] += 1
    while sum(shares) > most and max(shares) > 1:
        shares[shares.index(max(shares))] -= 1
    return shares


def _wording(parts: Iterable[Question], *, in_english: bool) -> Wording:
    if in_english:
        return Wording(stems, in_english=True)
    said = (unit.quote.text for part in parts for unit in part.units)
    return Wording(without_function_words(said, words), in_english=False)


def _found(
    parts: Sequence[Question], book: Codebook, grain: Grain | int, wording: Wording
) -> list[Question]:
    """Return the questions with the themes that clusters of their units make."""
    whole = []
    for part in parts:
        drafts, too_few = found_themes(
            part.voices, _uncovered(part, book), part.alike, grain=grain, wording=wording
        )
        whole.append(part._replace(drafts=drafts, too_few=too_few))
    return whole


async def _asked(  # noqa: PLR0913, PLR0917  # each decides what comes of it
    parts: Sequence[Question],
    book: Codebook,
    grain: Grain | int,
    back_end: SimilarityBackEnd,
    wording: Wording,
    reader: Reader,
) -> tuple[list[Question], list[Note]]:
    """Return the questions with the themes that a model's codes make, and a note per failure."""
    whole, notes = list[Question](), list[Note]()
    async with reader.drafting("codes and themes") as asker:
        for part in parts:
            asked = await asked_themes(
                part.voices,
                _uncovered(part, book),
                part.alike,
                _setting(book, part.question_id),
                grain=grain,
                back_end=back_end,
                wording=wording,
                asker=asker,
            )
            whole.append(part._replace(drafts=asked.drafts, too_few=asked.too_few))
            notes += map(_uncoded, asked.uncoded)
            notes += (_unnamed(failure, part.question_id) for failure in asked.unnamed)
        return whole, notes


def _uncovered(part: Question, book: Codebook) -> list[int]:
    """Return the places of the units among which themes are looked for.

    None of posts that answer no question, where there are questions: they are small talk.
    """
    if part.question_id is None and book.questions:
        return []
    covered = {place for places in part.known.values() for place in places}
    return [place for place in range(len(part.units)) if place not in covered]


def _setting(book: Codebook, question_id: str | None) -> Setting:
    known = (
        f"{theme.name}: {theme.definition}" if theme.definition else theme.name
        for theme in book.themes_for(question_id)
    )
    text = book.question(question_id).text if question_id is not None else ""
    return Setting(book.language, text, tuple(known))


def _back_end(coder: str, language: str) -> SimilarityBackEnd:
    model = coder.partition(":")[2] if is_embedded(coder) else ""
    return load_embeddings(model, language=language) if model else Words(language=language)


def _described(run: Run, wanted: Wanted, back_end: str) -> Run:
    """Return the run with what else decided what came of it."""
    is_model = run.coder.kind is CoderKind.MODEL
    coder = run.coder if is_model else Coder(id=f"embedded/{back_end}", kind=run.coder.kind)
    parameters = {"grain": wanted.grain, "seed": wanted.seed, "back_end": back_end}
    return run.model_copy(update={"coder": coder, "parameters": {**run.parameters, **parameters}})


def _how(  # noqa: PLR0913, PLR0917  # all that decided what came of it
    found: Read,
    made: Assembled,
    start: Codebook | None,
    people: Codings | None,
    wanted: Wanted,
    run: Run,
) -> Proposed:
    """Return how the themes were proposed, for the codebook to tell."""
    known = start if start is not None and start.themes else None
    old = known.theme_by_id if known is not None else {}
    apart = {"verb", "grain", "seed"}  # said already
    return Proposed(
        secondcoder_version=__version__,
        coder=run.coder,
        endpoint=endpoint(run.base_url) if run.base_url is not None else None,
        prompts=run.prompts,
        parameters={name: value for name, value in run.parameters.items() if name not in apart},
        chat=found.title,
        start="coded" if people is not None else "codebook" if known is not None else "nothing",
        start_sha256=known.sha256 if known is not None else None,
        n_coded=found.n_coded,
        coded_by=people.info.run.coder if people is not None else None,
        grain=wanted.grain,
        seed=wanted.seed,
        n_posts=len(found.answers),
        n_read=len(found.tasks),
        n_other_language=found.left_out.get(LeftOutReason.NOT_ENGLISH, 0),
        posts_sha256=sha256([task.post.id for task in found.tasks]),
        questions=tuple(_questions_read(found, made.saturation)),
        usage=run.usage,
        n_failed=found.n_failed,
        marks={theme.id: theme.mark for theme in made.codebook.themes if theme.id not in old},
    )


def _questions_read(found: Read, curves: Iterable[Saturation]) -> Iterator[QuestionRead]:
    """Yield how much of each question was read, and when its last new theme was met."""
    all_posts, read_posts = (
        Counter(question_of(task, found.book) for task in tasks)
        for tasks in (found.answers, found.tasks)
    )
    curve_of = {curve.question_id: curve for curve in curves}
    order = [*(leaf.id for leaf in found.book.leaves), None]
    for question_id in order:
        if not all_posts[question_id]:
            continue
        curve = curve_of.get(question_id)
        last = curve.last_new if curve is not None else None
        yield QuestionRead(
            question_id=question_id,
            n_posts=all_posts[question_id],
            n_read=read_posts[question_id],
            n_themes=last.n_themes if last is not None else 0,
            last_new=last.n_posts if last is not None and last.n_themes else 0,
        )


def _short_of(part: Question, book: Codebook, grain: Grain | int) -> Iterator[Note]:
    """Yield what keeps the question from themes of three people, or from so many themes."""
    places = _uncovered(part, book)
    if not places:
        return
    where = part.question_id or "the posts"
    n_voices, n_found = part.voices.n_voices, len(part.drafts)
    if n_voices < part.voices.fewest:
        yield Note(
            message=f"{where}: one person can be quoted, and what one says alone is no theme"
        )
    elif n_voices < 3 and n_found:  # noqa: PLR2004 - as many as a theme has examples elsewhere
        yield Note(
            message=f"{where}: only two people can be quoted, so its themes have two examples"
        )
    if isinstance(grain, int) and n_found != grain:
        yield Note(
            message=f"{where}: {grain:,} {'theme was' if grain == 1 else 'themes were'} asked "
            f"for, and {n_found:,} came: a theme needs {part.voices.fewest} people who can be "
            f"quoted"
        )
    elif not n_found and n_voices >= part.voices.fewest:
        yield Note(
            message=f"{where}: no theme came of {count(len(places), 'stretch', 'stretches')} that "
            f"no theme covers: too few people say the same. --grain many, or a number, looks for "
            f"smaller themes"
        )


def _uncoded(failure: Failure) -> Note:
    return Note(message=f"a request failed, and what it was about is in no theme: {failure.detail}")


def _unnamed(failure: Failure, question_id: str | None) -> Note:
    return Note(
        message=f"{question_id or 'the posts'}: a request for names failed, so themes are called "
        f"by a code of theirs and defined by their quotes; the same command asks for them again: "
        f"{failure.detail}"
    )
