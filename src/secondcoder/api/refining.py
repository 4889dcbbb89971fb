"""Refining: a codebook made sharper where people and a coder differ, and whether that helps."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from secondcoder.api.beside import not_of_people, read_beside, refuse_other_codebook
from secondcoder.api.codebook_files import COPY_NOTE, refuse_losing_codebook, replace_codebook
from secondcoder.api.estimating import WorkEstimateReport
from secondcoder.api.loops import finish
from secondcoder.coding.coders import EMBEDDED, coder_named, is_embedded, seat
from secondcoder.errors import CodingsError, InputError
from secondcoder.reporting.wording import endpoint
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import (
    Abstention,
    Codings,
    Failure,
    LeftOut,
    LeftOutReason,
    PostCodings,
)
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.progress import Listener
from secondcoder.schema.readings import Note
from secondcoder.schema.refined import Refined, ScoreChange
from secondcoder.schema.refinements import BeforeAfter, Refinement, Suggestion
from secondcoder.schema.runs import CoderKind, Run
from secondcoder.schema.statistics import Interval, Statistic
from secondcoder.version import __version__

if TYPE_CHECKING:
    from secondcoder.api.readers import Work
    from secondcoder.api.refinement_making import Scored, Suggested
    from secondcoder.induction.refine import Pair

PathLike = str | Path
Accept = Literal["all"] | Collection[int] | Callable[[Sequence[Suggestion]], Collection[int]]
"""Numbers of the lines that are accepted, all, or who is shown the lines and says which."""

By = str | Callable[[], str] | None
"""Who accepts, or who is asked for that once lines were accepted."""


def refine(  # noqa: PLR0913  # all but the codings by keyword, each with a default
    codings: Codings | PathLike,
    people: Codings | PathLike,
    *,
    accept: Accept = (),
    coder: str = EMBEDDED,
    options: ModelOptions | None = None,
    held_back: float = 0.5,
    seed: int = 0,
    output: PathLike | None = None,
    ledger: PathLike | None = None,
    by: By = None,
    progress: Listener | None = None,
) -> Refinement:
    """Return sharper definitions, rules and examples as lines to accept, and what they gain.

    Suggestions are learnt from one part of the posts that both coded. The rest, by other authors,
    is coded with the codebook before and after by the same coder, and both are compared with
    people's codings. Where no line is accepted, all of them are scored and the codebook stays.

    Args:
        codings: The coder's codings so far, or their file.
        people: What people coded of the same posts with the same codebook; a sheet of one person
            serves too.
        accept: Numbers of lines, counted from 1; `all`; or a function that is given the lines and
            returns such numbers. Default: none.
        coder: Who words suggestions and codes the held-back posts: `embedded`, which suggests
            examples and borders from the quotes, or a model such as `openai/gpt-5-mini`. Where that
            is another than made the codings, a note says so: no model is asked unless it is named.
        options: How a model is reached and asked.
        held_back: About which share of the posts to hold back.
        seed: Of the split.
        output: YAML file for the codebook with the accepted lines.
        ledger: SQLite file that keeps what a model answered. Default: beside `output`.
        by: Who accepts, by name or initials, or a function that says so once lines were accepted;
            recorded with the edits, beside the scores.
        progress: Called as held-back posts are coded, before and after.

    More than the options' budget is not spent: before it would be, a `BudgetError` ends the run,
    and the same call with a larger budget goes on from there. Several people's codings, or too few
    posts that both coded, are a `CodingsError`; a share or number out of its range an `InputError`.
    """
    from secondcoder.api.readers import CoderReader  # noqa: PLC0415  # scikit-learn
    from secondcoder.api.refinement_making import scored, suggested  # noqa: PLC0415  # as above
    from secondcoder.induction.refine import refined, told_how  # noqa: PLC0415  # as above

    target = Path(output) if output is not None else None
    of_coder, of_people, learnt, held, notes = _split(codings, people, held_back, seed)
    book = of_coder.info.codebook
    if target is not None:
        refuse_losing_codebook(target, book)
    reader = CoderReader(_work(coder, options, ledger, target), progress)

    async def suggest() -> "Suggested":
        with reader:
            return await suggested(book, learnt, held, of_coder, reader)

    async def score_them(books: tuple[Codebook, Codebook]) -> "Scored":
        with reader:
            return await scored(books, held, of_coder, reader, seed=seed)

    lines, failures = finish(suggest())
    accepted = _accepted(lines, accept)
    now = datetime.now(UTC).replace(microsecond=0)
    who = by() if accepted and callable(by) else by
    chosen = [lines[number - 1] for number in accepted]
    codebook = refined(book, chosen, now, made_by=who if isinstance(who, str) else None)
    tried = codebook if accepted else refined(book, lines, now)
    score = finish(score_them((book, tried)))
    refinement = Refinement(
        coder=coder,
        coder_before=of_coder.info.run.coder.id,
        people=of_people.info.run.coder.id,
        seed=seed,
        n_learnt=len(learnt),
        n_disagreed=sum(bool(pair.missed or pair.wrong) for pair in learnt),
        n_held_back=len(held),
        n_failed=score.n_failed,
        n_changed=score.n_changed,
        suggestions=lines,
        accepted=accepted,
        scored="accepted" if accepted else "all",
        scores=score.scores,
        codebook=codebook,
        usage=reader.run.usage,
        notes=tuple(
            Note(message=message) for message in (*_other_coder(coder, of_coder), *notes, *failures)
        ),
    )
    if accepted:
        told = told_how(codebook, _how(refinement, reader.run))
        refinement = refinement.model_copy(update={"codebook": told})
    if target is not None and accepted:
        copy = replace_codebook(refinement.codebook, target, book)
        if copy is not None:
            note = Note(message=COPY_NOTE.format(target=target, copy=copy))
            refinement = refinement.model_copy(update={"notes": (*refinement.notes, note)})
    return refinement


def estimate_refinement(  # noqa: PLR0913  # as `refine`
    codings: Codings | PathLike,
    people: Codings | PathLike,
    *,
    coder: str,
    options: ModelOptions | None = None,
    held_back: float = 0.5,
    seed: int = 0,
    output: PathLike | None = None,
    ledger: PathLike | None = None,
) -> WorkEstimateReport:
    """Return what `refine` with the same arguments would ask a model, and what that would cost.

    Nothing is sent or written, and no key is needed. Scoring is counted for a codebook with every
    line accepted, each of ordinary length.

    Args:
        codings: The coder's codings so far, or their file.
        people: What people coded of the same posts.
        coder: A model such as `openai/gpt-5-mini`; the embedded coder costs nothing.
        options: How the model would be reached and asked.
        held_back: About which share of the posts would be held back.
        seed: Of the split.
        output: Where the codebook would be written: the ledger is looked for beside it.
        ledger: Answers there are already are not asked for again.
    """
    from secondcoder.api.readers import PlanningReader  # noqa: PLC0415  # scikit-learn
    from secondcoder.api.refinement_making import coded_twice, suggested  # noqa: PLC0415  # as above
    from secondcoder.induction.refine import refined  # noqa: PLC0415  # as above

    of_coder, _, learnt, held, _ = _split(codings, people, held_back, seed)
    book = of_coder.info.codebook
    target = Path(output) if output is not None else None
    reader = PlanningReader(_work(coder, options, ledger, target))

    async def plan() -> None:
        with reader:
            lines, _ = await suggested(book, learnt, held, of_coder, reader)
            after = refined(book, lines, datetime.now(UTC).replace(microsecond=0))
            if after != book:
                await coded_twice((book, after), held, of_coder, reader)

    finish(plan())
    return WorkEstimateReport.model_validate(dict(reader.estimate))


def _other_coder(coder: str, of_coder: Codings) -> Iterator[str]:
    """Yield what to know where the scores are of another coder than the codings are."""
    before = of_coder.info.run.coder
    if is_embedded(coder):
        book = of_coder.info.codebook
        names = {coder_named(coder, book).describe(of_coder.info.run).coder.id}
    else:
        names = {coder, seat(coder).model}
    if before.id in names:
        return
    remedy = f"; --coder {before.id} scores that one" if before.kind is CoderKind.MODEL else ""
    yield (
        f"scored is {coder}, another coder than {before.id}, whose codings the lines were learnt "
        f"from: what helps one may not help the other{remedy}"
    )


def _how(found: Refinement, run: Run) -> Refined:
    """Return how the accepted lines came about and what they gained, for the codebook to tell."""
    return Refined(
        secondcoder_version=__version__,
        coder=found.coder,
        endpoint=endpoint(run.base_url) if run.base_url is not None else None,
        prompts=run.prompts,
        people=found.people,
        coder_before=found.coder_before,
        seed=found.seed,
        n_learnt=found.n_learnt,
        n_held_back=found.n_held_back,
        n_suggested=len(found.suggestions),
        accepted=found.accepted,
        scores=tuple(map(_change, found.scores)),
        verdict=found.verdict,
    )


def _change(score: BeforeAfter) -> ScoreChange:
    spread = score.difference.interval if isinstance(score.difference, Statistic) else None
    known = spread if isinstance(spread, Interval) else None
    return ScoreChange(
        name=score.name,
        before=score.before.value,
        after=score.after.value,
        low=known.low if known is not None else None,
        high=known.high if known is not None else None,
    )


def _work(
    coder: str, options: ModelOptions | None, ledger: PathLike | None, beside: Path | None
) -> "Work":
    from secondcoder.api.readers import Work  # noqa: PLC0415  # scikit-learn

    return Work("refine", coder, options, Path(ledger) if ledger is not None else None, beside)


class _Split(NamedTuple):
    """Both codings, and their posts in two parts."""

    of_coder: Codings
    of_people: Codings
    learnt: "list[Pair]"
    held: "list[Pair]"
    notes: Sequence[str]


def _split(
    codings: Codings | PathLike, people: Codings | PathLike, held_back: float, seed: int
) -> _Split:
    """Return the posts to learn from and those held back.

    Raises:
        CodingsError: If there are several people, or too few posts that both coded.
        InputError: If the share is out of its range.
    """
    from secondcoder.induction.refine import halves  # noqa: PLC0415  # light, beside the others

    if not 0 < held_back < 1:
        raise InputError(f"held back {held_back:g}: give a share between 0 and 1, such as 0.5")
    of_coder, everyone, notes = read_beside(codings, [people])
    if len(everyone) > 1:
        raise CodingsError(
            f"the sheet holds {len(everyone)} people's codings; give those of one, or what they "
            f"agreed on"
        )
    of_people = everyone[0]
    pairs = _pairs(of_coder, of_people)
    learnt, held = halves(pairs, held_back, seed)
    if not learnt or not held:
        raise CodingsError(
            f"people and {of_coder.info.run.coder.id} both coded {len(pairs):,} posts, too few or "
            f"by too few authors to learn from some and hold back others; code more posts"
        )
    return _Split(of_coder, of_people, learnt, held, (*notes, *not_of_people(everyone)))


def _pairs(of_coder: Codings, people: Codings) -> "list[Pair]":
    """Return the posts that people decided and the coder looked at.

    Raises:
        CodingsError: If the texts or codebooks differ.
    """
    from secondcoder.induction.refine import Pair  # noqa: PLC0415  # light, beside the others

    refuse_other_codebook(of_coder, people)
    theirs = {coded.post.id: coded for coded in people.posts}
    pairs = []
    for coded in of_coder.posts:
        other = theirs.get(coded.post.id)
        if other is None or not (_is_looked_at(coded) and _is_decided(other)):
            continue
        if other.post.text != coded.post.text:
            raise CodingsError(
                f"post {coded.post.id} reads differently in the two codings; code the same file"
            )
        pairs.append(Pair(other, coded))
    return pairs


def _is_looked_at(coded: PostCodings) -> bool:
    """Return whether a coder read the post; one that it left to people got no theme from it."""
    outcome = coded.outcome
    if isinstance(outcome, LeftOut):
        return outcome.reason is not LeftOutReason.NOT_CODED
    return not isinstance(outcome, Failure)


def _is_decided(coded: PostCodings) -> bool:
    return _is_looked_at(coded) and not isinstance(coded.outcome, Abstention)


def _accepted(lines: Sequence[Suggestion], accept: Accept) -> tuple[int, ...]:
    """Return the numbers of the accepted lines, in order.

    Raises:
        InputError: If there is no line of a number.
    """
    numbers = range(1, len(lines) + 1)
    if accept == "all":
        return tuple(numbers)
    wanted = accept(lines) if callable(accept) else accept
    unknown = [number for number in wanted if number not in numbers]
    if unknown:
        raise InputError(
            f"accept {unknown[0]}: there is no such line; {len(lines)} lines are suggested"
        )
    return tuple(sorted({int(number) for number in wanted}))
