"""Renames undone: a codebook under the ids and references that its themes had before."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.edits import CodebookEdit, EditKind, Reference


class Earlier(NamedTuple):
    """A codebook as it says what it says now, under the ids and references of an earlier version.

    Names, definitions, rules and examples that somebody wrote since are as they are now. So a
    question reads here as it did then only if nothing was edited that a coder can tell.
    """

    codebook: Codebook
    n_edits: int
    """How many of the codebook's edits had been made by then."""
    id_now: Mapping[str, str]
    """Id then → id now, of each theme."""


def earlier(book: Codebook) -> Iterator[Earlier]:
    """Yield the codebook under the ids and references before each of its edits, the last first.

    It ends where a theme would get back an id that another one has: by then they were not both
    there.

    >>> step = {"before": ["tea"], "after": ["pot"], "reason": "r", "version": "2"}
    >>> edit = CodebookEdit.model_validate({"kind": "rename", **step})
    >>> book = Codebook(themes=(Theme(id="pot", name="Tea"),), edits=(edit,))
    >>> [(then.codebook.themes[0].id, then.id_now) for then in earlier(book)]
    [('tea', {'tea': 'pot'})]
    """
    themes = book.themes
    now = [theme.id for theme in themes]
    for n_edits in reversed(range(len(book.edits))):
        themes = tuple(_before(theme, book.edits[n_edits]) for theme in themes)
        id_now = dict(zip((theme.id for theme in themes), now, strict=True))
        if len(id_now) < len(themes):
            return
        yield Earlier(book.model_copy(update={"themes": themes}), n_edits, id_now)


def _before(theme: Theme, edit: CodebookEdit) -> Theme:
    """Return a theme with the id and the references that an edit took from it."""
    theme_id = theme.id
    if edit.kind is EditKind.RENAME and theme.id == edit.after[0]:
        theme_id = edit.before[0]
    exclude = theme.exclude
    for reference in edit.references:
        if reference.theme == theme.id:
            exclude = _instead(exclude, reference)
    return theme.model_copy(update={"id": theme_id, "exclude": exclude})


def _instead(rules: tuple[str, ...], reference: Reference) -> tuple[str, ...]:
    return tuple(reference.before if rule == reference.after else rule for rule in rules)
