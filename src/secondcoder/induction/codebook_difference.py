"""What differs between two codebooks, and what a model must therefore be asked again."""

from collections.abc import Iterator, Mapping

from secondcoder.errors import CodebookError
from secondcoder.induction.edits import steps_between
from secondcoder.schema.chat import Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codebook_checks import CodebookDifference, FieldChange
from secondcoder.schema.edits import CodebookEdit

_TOLD = ("id", "name", "definition", "include", "exclude", "examples")
"""What a model is told of a theme; a changed number or key finding asks nothing anew."""


def codebook_difference(before: Codebook, after: Codebook) -> CodebookDifference:
    """Return what differs between two codebooks, whether or not edits lead from one to the other.

    Args:
        before: The earlier one.
        after: The later one.
    """
    old, new = before.theme_by_id, after.theme_by_id
    questions = (
        {question.id: question for question in before.questions},
        {question.id: question for question in after.questions},
    )
    return CodebookDifference(
        title=after.title,
        version_before=before.version,
        version_after=after.version,
        themes_added=tuple(theme_id for theme_id in new if theme_id not in old),
        themes_removed=tuple(theme_id for theme_id in old if theme_id not in new),
        changes=(*_changes("question", *questions), *_changes("theme", old, new)),
        edits=_edits(before, after),
        asked_again=tuple(_asked_again(before, after)),
    )


def _changes(
    owner: str, old: Mapping[str, Theme | Question], new: Mapping[str, Theme | Question]
) -> Iterator[FieldChange]:
    for name, now in new.items():
        was = old.get(name)
        if was is None:
            continue
        for field in type(now).model_fields:
            before, after = getattr(was, field), getattr(now, field)
            if before != after:
                yield FieldChange.model_validate({
                    "owner": owner,
                    "id": name,
                    "field": field,
                    "before": _text(before),
                    "after": _text(after),
                })


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
