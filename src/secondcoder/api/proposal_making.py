"""Making a proposal: the chat is read, themes are found or worded, evidence is gathered."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import uuid4

from secondcoder.api.drafting import drafting
from secondcoder.api.proposal_reading import Reader, covered_by, questions_of, without_far_ones
from secondcoder.api.sources import Source
from secondcoder.api.survey import survey
from secondcoder.coding.coders import is_embedded
from secondcoder.coding.sifting import sift
from secondcoder.coding.similarity import Words, load_embeddings, stems, words
from secondcoder.coding.tasks import Task
from secondcoder.errors import InputError
from secondcoder.induction.asked_themes import asked_themes
from secondcoder.induction.draft_themes import DraftTheme
from secondcoder.induction.found_themes import found_themes
from secondcoder.induction.propose import Question, assembled
from secondcoder.induction.theme_prompts import Setting
from secondcoder.induction.typical import Typicality
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings, Failure
from secondcoder.schema.proposals import Grain, Proposal, ReadSample
from secondcoder.schema.readings import Note
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage
from secondcoder.schema.similarity import SimilarityBackEnd
from secondcoder.version import __version__


class Wanted(NamedTuple):
    """How finely to look, at how much, and by whom."""

    reader: Reader
    grain: Grain | int
    sample: int
    seed: int


async def proposed(
    source: Source, start: Codebook | None, people: Codings | None, wanted: Wanted
) -> Proposal:
    """Return a codebook proposed from the posts, with the evidence of each theme.

    Args:
        source: The posts.
        start: The codebook to extend.
        people: Codings whose quotes its themes cover.
        wanted: How finely to look, at how much, and by whom.

    Raises:
        InputError: If no post holds an answer.
    """
    started = datetime.now(UTC)
    found = survey(source, start or Codebook(title=""))
    book, reader = found.codebook, wanted.reader
    answers = [
        task
        for placed in found.place(source)
        if isinstance(task := sift(placed, language=book.language), Task)
    ]
    if not answers:
        raise InputError("no post of the chat holds an answer; there is nothing to find themes in")
    tasks = drawn(answers, wanted.sample, wanted.seed)
    covered, usage, notes = await covered_by(book, tasks, people, reader)
    back_end = _back_end(reader.coder, book.language)
    parts = questions_of(book, tasks, covered, back_end, wanted.seed)
    if is_embedded(reader.coder):
        if people is None:
            parts = [without_far_ones(part, book, back_end) for part in parts]
        whole, failures = _found(parts, book, wanted.grain), list[Failure]()
    else:
        whole, failures, spent = await _asked(parts, book, wanted)
        usage = usage.plus(spent)
    made = assembled(book, whole, {task.post.id: task.post for task in tasks})
    codebook = made.codebook.changed(title=book.title or f"Themes of {found.info.title}")
    return Proposal(
        codebook=codebook,
        run=_run(wanted, codebook, back_end.name, usage, started),
        grain=wanted.grain,
        sample=ReadSample(
            seed=wanted.seed,
            n_posts=len(answers),
            n_read=len(tasks),
            post_ids=() if len(tasks) == len(answers) else [task.post.id for task in tasks],
        ),
        themes=made.themes,
        residue=made.residue,
        saturation=made.saturation,
        notes=(*source.notes, *notes, *map(_note, failures)),
    )


def drawn(tasks: list[Task], most: int, seed: int) -> list[Task]:
    """Return at most so many posts, in their order: of each question a part in proportion.

    Every question keeps at least one post.
    """
    if len(tasks) <= most:
        return tasks
    by_question: dict[tuple[str, ...], list[int]] = {}
    for place, task in enumerate(tasks):
        by_question.setdefault(task.attribution.question_ids, []).append(place)
    chance = random.Random(seed)  # noqa: S311  # a sample, no secret
    chosen: list[int] = []
    for _, places in sorted(by_question.items()):
        n = max(1, round(most * len(places) / len(tasks)))
        chosen += chance.sample(places, min(n, len(places)))
    return [tasks[place] for place in sorted(chosen)]


def _found(parts: Sequence[Question], book: Codebook, grain: Grain | int) -> list[Question]:
    """Return the questions with the themes that clusters of their units make."""
    typicality = Typicality(unit.quote.text for part in parts for unit in part.units)
    whole = []
    for part in parts:
        places = _uncovered(part, book)
        drafts = found_themes(
            [part.units[place] for place in places],
            part.alike[places][:, places],
            grain=grain,
            typicality=typicality,
            analyze=stems if book.language == "en" else words,
        )
        whole.append(part._replace(drafts=[_placed(draft, places) for draft in drafts]))
    return whole


async def _asked(
    parts: Sequence[Question], book: Codebook, wanted: Wanted
) -> tuple[list[Question], list[Failure], Usage]:
    """Return the questions with the themes that a model sees, what failed, and the cost."""
    reader, whole, failures = wanted.reader, list[Question](), list[Failure]()
    async with drafting(reader.coder, reader.options, reader.ledger, beside=reader.beside) as asker:
        for part in parts:
            places = _uncovered(part, book)
            drafts, failed = await asked_themes(
                [part.units[place] for place in places],
                _setting(book, part.question_id),
                grain=wanted.grain,
                asker=asker,
            )
            failures += failed
            whole.append(part._replace(drafts=[_placed(draft, places) for draft in drafts]))
        return whole, failures, asker.usage


def _uncovered(part: Question, book: Codebook) -> list[int]:
    """Return the places of the units among which themes are looked for.

    None of posts that answer no question, where there are questions: they are small talk.
    """
    if part.question_id is None and book.questions:
        return []
    covered = {place for places in part.known.values() for place in places}
    return [place for place in range(len(part.units)) if place not in covered]


def _placed(draft: DraftTheme, places: Sequence[int]) -> DraftTheme:
    """Return the draft, its places among all units of the question."""
    return draft._replace(places=tuple(places[at] for at in draft.places))


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


def _run(wanted: Wanted, codebook: Codebook, back_end: str, usage: Usage, started: datetime) -> Run:
    name, embedded = wanted.reader.coder, is_embedded(wanted.reader.coder)
    return Run(
        id=uuid4().hex[:12],
        coder=Coder(
            id=f"embedded/{back_end}" if embedded else name,
            kind=CoderKind.EMBEDDED if embedded else CoderKind.MODEL,
        ),
        started_at=started,
        finished_at=datetime.now(UTC),
        secondcoder_version=__version__,
        codebook_sha256=codebook.sha256,
        parameters={"grain": wanted.grain, "seed": wanted.seed, "back_end": back_end},
        usage=usage,
    )


def _note(failure: Failure) -> Note:
    return Note(message=f"a request failed, and what it was about is in no theme: {failure.detail}")
