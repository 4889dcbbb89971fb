"""Codings follow a codebook: renamed and merged themes move, and nothing is decided anew."""

from typing import NamedTuple

from secondcoder.errors import CodebookError, CodingsError
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

_THEMES_MOVE = frozenset({EditKind.RENAME, EditKind.MERGE, EditKind.SPLIT, EditKind.RETIRE})
"""Steps after which quotes stand under other themes. A proposal adds some, refining rewords one."""


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
        book: The later version. One that does not go on from theirs, or in which a theme or
            question of theirs is gone without a step that says what became of it, is a
            `CodebookError`.
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
            _refuse_unrecorded(now.coding, codings.info.codebook, book)
            changed.append(now.coding)
            moved += now.is_moved
            retired += now.is_retired
        if any(awaits_coding(coding.note) for coding in changed):
            again.append(coded.post.id)
        outcome = Quoted(codings=tuple(changed))
        posts.append(PostCodings(post=coded.post, attribution=coded.attribution, outcome=outcome))
    info = codings.info.model_copy(update={"codebook": book})
    return Followed(Codings(info=info, posts=tuple(posts)), moved, retired, tuple(again))


def refuse_other_version(codings: Codings, book: Codebook) -> None:
    """Refuse codings whose themes are not those of a codebook, or were others when they were given.

    Raises:
        CodingsError: If steps from their version to this one moved themes, this is an earlier
            version, or a theme of theirs is not in it.
    """
    theirs = codings.info.codebook
    try:
        steps = steps_between(theirs, book)
    except CodebookError:
        steps = ()  # another history may still have the same themes
        if _goes_on(book, theirs):
            raise CodingsError(
                f"these codings are of version {theirs.version} of '{theirs.title}', later than "
                f"version {book.version}; give the codebook of that version"
            ) from None
    if any(step.kind in _THEMES_MOVE for step in steps):
        raise CodingsError(
            f"these codings are of version {theirs.version} of '{theirs.title}', whose themes are "
            f"others than in version {book.version}; first move them: 'secondcoder codebook follow'"
        )
    if lost := _lost_theme(codings, book):
        raise CodingsError(
            f"these codings are of version {theirs.version} of '{theirs.title}' and give quotes "
            f"the theme '{lost}', which is not in this codebook (version {book.version}); give the "
            f"codebook they were made with, or code the chat again"
        )


def _refuse_unrecorded(coding: Coding, before: Codebook, book: Codebook) -> None:
    """Refuse what people took out of the file by hand.

    Raises:
        CodebookError: If the coding's theme or question is not in the later codebook.
    """
    for theme_id in coding.theme_ids:
        if theme_id not in book.theme_by_id:
            raise CodebookError(
                f"theme '{theme_id}' has quotes and is gone from codebook version {book.version} "
                f"without a recorded step; put it back as it was in version {before.version}, and "
                f"take it out with 'secondcoder codebook retire', which codings can follow"
            )
    known = {question.id for question in book.questions}
    if coding.question_id is not None and coding.question_id not in known:
        raise CodebookError(
            f"question '{coding.question_id}' has quotes and is gone from codebook version "
            f"{book.version}; put it back as it was in version {before.version}, since codings "
            f"can't follow to fewer questions"
        )


def _goes_on(before: Codebook, after: Codebook) -> bool:
    try:
        return bool(steps_between(before, after))
    except CodebookError:
        return False


def _lost_theme(codings: Codings, book: Codebook) -> str | None:
    given = (theme_id for coding in codings.quotes for theme_id in coding.theme_ids)
    return next((theme_id for theme_id in given if theme_id not in book.theme_by_id), None)


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
