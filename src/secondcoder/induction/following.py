"""Codings follow a codebook: renamed and merged themes move, and nothing is decided anew."""

from typing import NamedTuple

from secondcoder.induction.edits import steps_between
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import (
    CODE_AGAIN,
    Coding,
    Codings,
    PostCodings,
    Quoted,
    awaits_coding,
)
from secondcoder.schema.edits import CodebookEdit, EditKind


class Followed(NamedTuple):
    """Codings under the later codebook, and what a coder has to look at again."""

    codings: Codings
    n_moved: int
    """Quotes whose themes have other ids now."""
    n_retired: int
    """Quotes that lost a retired theme."""
    to_code_again: tuple[str, ...]
    """Posts with a quote whose theme was split, now or when they followed before."""


def followed(codings: Codings, book: Codebook) -> Followed:
    """Return the codings as the edits of a later version of their codebook leave them.

    A renamed or merged theme takes its quotes along. A retired one leaves them, as other ideas
    where they have no other theme. A split one leaves them too, with a note that says into what:
    which part they belong to is a coder's decision.

    Args:
        codings: Under an earlier version.
        book: The later version. One that does not go on from theirs is a `CodebookError`.
    """
    steps = steps_between(codings.info.codebook, book)
    moved = retired = 0
    again: list[str] = []
    posts = []
    for coded in codings.posts:
        if not isinstance(coded.outcome, Quoted):
            posts.append(coded)
            continue
        changed = []
        for coding in coded.codings:
            now = _through(coding, steps)
            changed.append(now.coding)
            moved += now.is_moved
            retired += now.is_retired
        if any(awaits_coding(coding.note) for coding in changed):
            again.append(coded.post.id)
        outcome = Quoted(codings=tuple(changed))
        posts.append(PostCodings(post=coded.post, attribution=coded.attribution, outcome=outcome))
    info = codings.info.model_copy(update={"codebook": book})
    return Followed(Codings(info=info, posts=tuple(posts)), moved, retired, tuple(again))


class _Now(NamedTuple):
    coding: Coding
    is_moved: bool
    is_retired: bool


def _through(coding: Coding, steps: tuple[CodebookEdit, ...]) -> _Now:
    ids = list(coding.theme_ids)
    notes = [coding.note] if coding.note else []
    moved = retired = False
    for step in steps:
        if not set(ids) & set(step.before):
            continue
        match step.kind:
            case EditKind.PROPOSE | EditKind.REFINE:
                pass
            case EditKind.RENAME | EditKind.MERGE:
                moved = moved or not set(ids) & set(step.after) or step.kind is EditKind.MERGE
                ids = [step.after[0] if each in step.before else each for each in ids]
            case EditKind.RETIRE:
                retired = True
                ids = [each for each in ids if each not in step.before]
                notes.append(f"theme '{step.before[0]}' was retired")
            case EditKind.SPLIT:
                ids = [each for each in ids if each not in step.before]
                parts = ", ".join(step.after)
                notes.append(f"theme '{step.before[0]}' was split into {parts}: {CODE_AGAIN}")
    update = {"theme_ids": tuple(dict.fromkeys(ids)), "note": "; ".join(notes) or None}
    return _Now(coding.model_copy(update=update), moved, retired)
