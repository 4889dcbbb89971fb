"""What differs between two codebooks, and what a model must therefore be asked again."""

from collections.abc import Iterator

from secondcoder.errors import CodebookError
from secondcoder.induction.edits import steps_between
from secondcoder.schema.chat import Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codebook_checks import CodebookDifference, FieldChange
from secondcoder.schema.edits import CodebookEdit
from secondcoder.schema.renames import earlier

_TOLD = ("id", "name", "definition", "include", "exclude", "examples")
"""What a model is told of a theme; a changed number or key finding asks nothing anew."""


def codebook_difference(before: Codebook, after: Codebook) -> CodebookDifference:
    """Return what differs between two codebooks, whether or not edits lead from one to the other.

    Args:
        before: The earlier one.
        after: The later one.
    """
    then = _named_as_in(before, after)
    old, questions = before.theme_by_id, {one.id: one for one in before.questions}
    pairs = list(zip(after.themes, then.themes, strict=True))
    return CodebookDifference(
        title=after.title,
        version_before=before.version,
        version_after=after.version,
        themes_added=tuple(now.id for now, as_then in pairs if as_then.id not in old),
        themes_removed=tuple(theme_id for theme_id in old if theme_id not in then.theme_by_id),
        changes=(
            *(
                change
                for now in after.questions
                if now.id in questions
                for change in _changes(questions[now.id], now, now)
            ),
            *(
                change
                for now, as_then in pairs
                if as_then.id in old
                for change in _changes(old[as_then.id], now, as_then)
            ),
        ),
        edits=_edits(before, after),
        asked_again=tuple(_asked_again(before, then)),
    )


def _named_as_in(before: Codebook, after: Codebook) -> Codebook:
    """Return the later codebook under the ids and references of the earlier one."""
    n_steps = len(_edits(before, after))
    then = [one.codebook for one in earlier(after) if one.n_edits >= len(after.edits) - n_steps]
    return then[-1] if then else after


def _changes(
    was: Theme | Question, now: Theme | Question, as_then: Theme | Question
) -> Iterator[FieldChange]:
    """Yield what reads otherwise now; `as_then` is the present one with its earlier references."""
    for field in type(now).model_fields:
        before, after = getattr(was, field), getattr(now, field)
        if before != after:
            yield FieldChange(
                owner="theme" if isinstance(now, Theme) else "question",
                id=now.id,
                field=field,
                before=_text(before),
                after=_text(after),
                follows=field == "exclude" and before == getattr(as_then, field),
            )


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def _edits(before: Codebook, after: Codebook) -> tuple[CodebookEdit, ...]:
    try:
        return steps_between(before, after)
    except CodebookError:  # two codebooks that nobody's edits connect
        return ()


def _asked_again(before: Codebook, after: Codebook) -> Iterator[str | None]:
    for question_id in [*(question.id for question in after.leaves), None]:
        if _slice(before, question_id) != _slice(after, question_id):
            yield question_id


def _slice(book: Codebook, question_id: str | None) -> tuple[object, ...] | None:
    """Return all that a model is told about a question; None where there is no such question."""
    if question_id is not None and question_id not in {one.id for one in book.questions}:
        return None
    themes = tuple(
        tuple(getattr(theme, field) for field in _TOLD) for theme in book.themes_for(question_id)
    )
    if question_id is None:
        return book.language, themes
    question = book.question(question_id)
    parent = book.question(question.parent).text if question.parent else ""
    return book.language, question.text, parent, themes
