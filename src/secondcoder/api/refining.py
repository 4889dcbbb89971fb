"""Refining: a codebook made sharper where people and a coder differ, and whether that helps."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from secondcoder.api.beside import read_beside, refuse_other_codebook
from secondcoder.api.codebooks import CODEBOOK_START
from secondcoder.api.loops import finish
from secondcoder.api.writing import refuse_overwriting, write_codebook
from secondcoder.coding.coders import EMBEDDED
from secondcoder.errors import CodingsError, InputError
from secondcoder.schema.codings import (
    Abstention,
    Codings,
    Failure,
    LeftOut,
    LeftOutReason,
    PostCodings,
)
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.readings import Note
from secondcoder.schema.refinements import Refinement, Suggestion

if TYPE_CHECKING:
    from secondcoder.induction.refine import Pair

PathLike = str | Path
Accept = Literal["all"] | Collection[int] | Callable[[int, Suggestion], bool]
"""Numbers of the lines that are accepted, all, or who is asked about each."""


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
) -> Refinement:
    """Return sharper definitions, rules and examples as lines to accept, and what they gain.

    Suggestions are learnt from one part of the posts that both coded. The rest, by other authors,
    is coded with the codebook before and after by the same coder, and both are compared with
    people's codings. Where no line is accepted, all of them are scored and the codebook stays.

    Args:
        codings: The coder's codings so far, or their file.
        people: What people coded of the same posts with the same codebook; a sheet of one person
            serves too.
        accept: Numbers of lines, counted from 1; `all`; or a function that is given each line's
            number and the line. Default: none.
        coder: Who words suggestions and codes the held-back posts: `embedded`, which suggests
            examples and borders from the quotes, or a model such as `openai/gpt-5-mini`.
        options: How a model is reached and asked.
        held_back: About which share of the posts to hold back.
        seed: Of the split.
        output: YAML file for the codebook with the accepted lines.
        ledger: SQLite file that keeps what a model answered. Default: beside `output`.

    Raises:
        CodingsError: If there are several people, or too few posts that both coded.
        InputError: If the share or a line's number is out of its range.
    """
    from secondcoder.api.proposal_reading import Reader  # noqa: PLC0415  # scikit-learn
    from secondcoder.api.refinement_making import scored, suggested  # noqa: PLC0415  # as above
    from secondcoder.induction.refine import halves, refined  # noqa: PLC0415  # as above

    if not 0 < held_back < 1:
        raise InputError(f"held back {held_back:g}: give a share between 0 and 1, such as 0.5")
    target = Path(output) if output is not None else None
    if target is not None:
        refuse_overwriting(target, unless_it_starts_with=CODEBOOK_START)
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
    book = of_coder.info.codebook
    reader = Reader(coder, options, Path(ledger) if ledger is not None else None, target)
    lines, failures, usage = finish(suggested(book, learnt, held, reader))
    accepted = _accepted(lines, accept)
    now = datetime.now(UTC).replace(microsecond=0)
    codebook = refined(book, [lines[number - 1] for number in accepted], now)
    tried = codebook if accepted else refined(book, lines, now)
    score = finish(scored((book, tried), held, of_coder, reader, seed=seed))
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
        usage=usage.plus(score.usage),
        notes=tuple(Note(message=message) for message in (*notes, *failures)),
    )
    if target is not None and accepted:
        write_codebook(codebook, target)
    return refinement


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
    if callable(accept):
        return tuple(number for number in numbers if accept(number, lines[number - 1]))
    if accept == "all":
        return tuple(numbers)
    unknown = [number for number in accept if number not in numbers]
    if unknown:
        raise InputError(
            f"accept {unknown[0]}: there is no such line; {len(lines)} lines are suggested"
        )
    return tuple(sorted({int(number) for number in accept}))
