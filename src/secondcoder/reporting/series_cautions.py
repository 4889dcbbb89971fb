"""What a reader should know before comparing chats: coders, posts and questions that differ."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from secondcoder.reporting.wording import count, joined
from secondcoder.schema.chats_over_time import ChatOfSeries, QuestionOverTime
from secondcoder.schema.codings import Codings
from secondcoder.schema.runs import Run

_SHOWN = 5


def cautions(
    chats: Sequence[ChatOfSeries],
    codings: Sequence[Codings],
    questions: Sequence[QuestionOverTime],
    *,
    is_by_date: bool,
) -> Iterator[str]:
    """Yield a sentence on each thing that makes a difference between chats doubtful.

    Args:
        chats: The chats in order of time.
        codings: Of each, as they were coded.
        questions: As they are shown.
        is_by_date: Whether the chats are in the order of their dates.
    """
    if not is_by_date:
        yield (
            "Not every chat has a date, so the chats are in the order in which they were given; "
            "check it before you read a change over time from them."
        )
    yield from _coders(chats, [one.info.run for one in codings])
    reworded = [question.question_id for question in questions if question.other_texts]
    if reworded:
        yield (
            f"{joined([str(name) for name in reworded])} {'was' if len(reworded) == 1 else 'were'} "
            f"not worded alike in every chat; the wordings stand under the question. A change "
            f"there may be the question's."
        )
    again = [chat for chat in chats if chat.n_to_code_again]
    for chat in again:
        yield (
            f"{count(chat.n_to_code_again, 'post')} of {chat.label} had a theme that was split "
            f"since and {'is' if chat.n_to_code_again == 1 else 'are'} to be coded again; until "
            f"then the new themes have no point there."
        )
    for chat, coded in zip(chats, codings, strict=True):
        run, book = coded.info.run, coded.info.codebook
        if run.codebook_sha256 not in {None, book.sha256}:
            yield (
                f"{chat.label} was coded by another version of the codebook and put under version "
                f"{book.version} since: of a theme that its coder did not have, none is counted "
                f"there although nobody looked. Report the codings as they were coded where the "
                f"edits are recorded."
            )
    for (first, second), shared in sorted(shared_posts(codings).items()):
        one, other = chats[first].label, chats[second].label
        more = f" and {len(shared) - _SHOWN:,} more" if len(shared) > _SHOWN else ""
        yield (
            f"{count(len(shared), 'post')} {'is' if len(shared) == 1 else 'are'} in both {one} and "
            f"{other} and counted in each: {', '.join(shared[:_SHOWN])}{more}."
        )


def shared_posts(chats: Sequence[Codings]) -> dict[tuple[int, int], list[str]]:
    """Return the ids of posts that two chats hold, by the places of the two, counted from 0.

    Equal ids of different words are two posts, as where rows are counted.
    """
    holders: dict[tuple[str, str], list[int]] = {}
    for place, codings in enumerate(chats):
        for coded in codings.posts:
            holders.setdefault((coded.post.id, coded.post.text), []).append(place)
    shared: dict[tuple[int, int], list[str]] = {}
    for (post_id, _), places in holders.items():
        for pair in combinations(places, 2):
            shared.setdefault(pair, []).append(post_id)
    return shared


def _coders(chats: Sequence[ChatOfSeries], runs: Sequence[Run]) -> Iterator[str]:
    doubt = "A change between such chats may be the coder's and not the chat's."
    by_coder: dict[str, list[str]] = {}
    for chat in chats:
        by_coder.setdefault(chat.coder.id, []).append(chat.label)
    if len(by_coder) > 1:
        who = joined([f"{_few(known)} by {coder}" for coder, known in by_coder.items()])
        yield f"The chats were not coded by one coder: {who}. {doubt}"
        return
    differing = [
        name
        for name, values in (
            ("its prompt", {run.prompt_sha256 for run in runs}),
            ("its members", {tuple(each.coder.id for each in run.members) for run in runs}),
            ("its settings", {_settings(run) for run in runs}),
            ("the version of secondcoder", {run.secondcoder_version for run in runs}),
        )
        if len(values) > 1
    ]
    if differing:
        yield f"One coder coded all chats, but not in one way: {joined(differing)} differ. {doubt}"


def _few(known: list[str]) -> str:
    more = len(known) - _SHOWN
    return joined([*known[:_SHOWN], f"{more:,} more"] if more > 0 else known)


def _settings(run: Run) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in run.parameters.items()))
