"""Editing a codebook: every step is recorded with its reason, and codings can follow."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from secondcoder.errors import CodebookError
from secondcoder.induction.terms import in_marks
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.edits import CodebookEdit, EditKind, Reference
from secondcoder.schema.proposed import Proposed

_COUNTED = re.compile(r"(?P<stem>.*\+)?(?P<number>[0-9]+)")


class Step(NamedTuple):
    """What every edit is given beside the themes."""

    reason: str
    version: str | None
    """Of the codebook that it makes; None: the next one."""
    made_at: datetime
    made_by: str | None = None
    """Who decides; None: not told."""


def renamed(book: Codebook, theme_id: str, step: Step, *, to: str, name: str | None) -> Codebook:
    """Return the codebook with a theme under another id, another name, or both.

    Where another theme says when not to use it by this one's name, in quotation marks as a proposal
    does, it says so by the new name. A name that several themes have is that of the one which it
    shares a question with; if that is none or several, the rule stays as it is.

    Raises:
        CodebookError: If there is no such theme, the id is taken, or nothing would change.
    """
    theme = _theme(book, theme_id)
    if to == theme_id and name in {None, theme.name}:
        raise CodebookError(f"theme '{theme_id}' is named so already; give another id or --name")
    if to != theme_id:
        _refuse_taken(book, to)
    changed = theme.model_copy(update={"id": to, "name": name or theme.name})
    themes = [
        changed if each.id == theme_id else _pointing(book, each, [theme], changed.name)
        for each in book.themes
    ]
    return _edited(book, themes, EditKind.RENAME, (theme_id,), (to,), step)


def merged(
    book: Codebook, theme_ids: Sequence[str], step: Step, *, into: str, name: str | None
) -> Codebook:
    """Return the codebook with one theme in place of several; it stands where the first stood.

    Rules, examples and questions of all are kept. The definition and the key finding are those of
    the theme that keeps its id, else of the first; the others' definitions become rules, so that
    nothing anybody wrote is lost but the borders between these themes: rules that say when not to
    use one by the quoted name of another. Other themes point to the one by its name.

    Raises:
        CodebookError: If a theme is unknown, named twice, or `into` is another theme's id.
    """
    if len(set(theme_ids)) < max(2, len(theme_ids)):
        raise CodebookError("merge takes two different themes or more")
    themes = [_theme(book, theme_id) for theme_id in theme_ids]
    if into not in theme_ids:
        _refuse_taken(book, into)
    first = next((theme for theme in themes if theme.id == into), themes[0])
    rest = [theme for theme in themes if theme is not first]
    names = [theme.name for theme in themes]
    # A general theme may answer any question, and so may what it becomes a part of.
    general = any(not theme.questions for theme in themes)
    one = Theme(
        id=into,
        name=name or first.name,
        definition=first.definition,
        include=_all(
            *(theme.include for theme in (first, *rest)),
            *((theme.definition,) for theme in rest if theme.definition),
        ),
        exclude=tuple(
            rule
            for rule in _all(*(theme.exclude for theme in (first, *rest)))
            if not any(in_marks(old) in rule for old in names)
        ),
        examples=_all(*(theme.examples for theme in (first, *rest))),
        questions=() if general else _all(*(theme.questions for theme in (first, *rest))),
        key_finding=first.key_finding,
        number=first.number,
    )
    place = min(book.themes.index(theme) for theme in themes)
    kept = [
        _pointing(book, theme, themes, one.name)
        for theme in book.themes
        if theme.id not in theme_ids
    ]
    n_before = sum(theme.id not in theme_ids for theme in book.themes[:place])
    kept.insert(n_before, one)
    return _edited(book, kept, EditKind.MERGE, tuple(theme_ids), (into,), step)


def split(book: Codebook, theme_id: str, step: Step, *, into: Mapping[str, str]) -> Codebook:
    """Return the codebook with several themes in place of one, of the same questions.

    Args:
        book: The codebook.
        theme_id: The theme.
        step: Why.
        into: Names of the new themes, by id. The one that keeps the old id keeps its definition,
            rules and examples; the others are to be defined by whoever splits.

    Raises:
        CodebookError: If there is no such theme, or an id is taken.
    """
    theme = _theme(book, theme_id)
    if len(into) < 2:  # noqa: PLR2004 - or nothing is split
        raise CodebookError("split takes two themes or more to split into, such as a='Rest'")
    for new_id in into:
        if new_id != theme_id:
            _refuse_taken(book, new_id)
    parts = [
        theme.model_copy(update={"name": name})
        if new_id == theme_id
        else Theme(id=new_id, name=name, questions=theme.questions)
        for new_id, name in into.items()
    ]
    themes = [part for each in book.themes for part in (parts if each.id == theme_id else [each])]
    return _edited(book, themes, EditKind.SPLIT, (theme_id,), tuple(into), step)


def retired(book: Codebook, theme_id: str, step: Step) -> Codebook:
    """Return the codebook without a theme.

    Raises:
        CodebookError: If there is no such theme, or it is the only one.
    """
    _theme(book, theme_id)
    themes = [theme for theme in book.themes if theme.id != theme_id]
    if not themes:
        raise CodebookError(f"theme '{theme_id}' is the only one; a codebook needs themes")
    return _edited(book, themes, EditKind.RETIRE, (theme_id,), (), step)


def proposed_step(
    book: Codebook,
    how: Proposed,
    theme_ids: Sequence[str],
    *,
    made_at: datetime | None,
    extends: bool,
) -> Codebook:
    """Return the codebook with the step by which themes of it were proposed.

    Args:
        book: With the proposed themes.
        how: How they were proposed.
        theme_ids: Which.
        made_at: When.
        extends: Whether it had themes before: with more, it is another version.
    """
    version = next_version(book.version) if extends and theme_ids else book.version
    reason = "proposed from the posts"
    if extends:
        reason = "proposed for what its themes do not cover"
    edit = CodebookEdit(
        kind=EditKind.PROPOSE,
        after=tuple(theme_ids),
        reason=reason,
        version=version,
        made_at=made_at.replace(microsecond=0) if made_at is not None else None,
        proposed=how,
    )
    return book.changed(version=version, edits=(*book.edits, edit))


def steps_between(before: Codebook, after: Codebook) -> tuple[CodebookEdit, ...]:
    """Return the edits that lead from one version of a codebook to a later one.

    Raises:
        CodebookError: If the later one does not go on where the earlier one ended.
    """
    n = len(before.edits)
    shared = [one.is_same_as(two) for one, two in zip(before.edits, after.edits, strict=False)]
    if len(shared) < n or not all(shared):
        raise CodebookError(
            f"codebook version {after.version} does not go on from version {before.version}: their "
            f"recorded edits differ"
        )
    return after.edits[n:]


def next_version(version: str) -> str:
    """Return what follows a version: the next number, or the first change of it.

    >>> next_version("1"), next_version("2024-05"), next_version("2024-05+1")
    ('2', '2024-05+1', '2024-05+2')
    """
    found = _COUNTED.fullmatch(version)
    if found is None:
        return f"{version}+1"
    return f"{found['stem'] or ''}{int(found['number']) + 1}"


def _edited(  # noqa: PLR0913, PLR0917  # one place per part of an edit
    book: Codebook,
    themes: Sequence[Theme],
    kind: EditKind,
    before: tuple[str, ...],
    after: tuple[str, ...],
    step: Step,
) -> Codebook:
    if not step.reason.strip():
        raise CodebookError("give the reason of the edit; it is recorded with it")
    version = step.version or next_version(book.version)
    edit = CodebookEdit(
        kind=kind,
        before=before,
        after=after,
        reason=step.reason.strip(),
        version=version,
        references=tuple(_references(book, themes, after)),
        made_at=step.made_at,
        made_by=(step.made_by or "").strip() or None,
    )
    return book.changed(themes=tuple(themes), version=version, edits=(*book.edits, edit))


def _pointing(book: Codebook, theme: Theme, old: Sequence[Theme], new: str) -> Theme:
    """Return a theme whose rules against it name other themes as they are named now.

    Args:
        book: As it was.
        theme: The theme.
        old: The others, as they were.
        new: Name of what they are now.
    """
    rules = list(theme.exclude)
    for other in old:
        named = [each for each in book.themes if each.name == other.name and each != theme]
        near = [each for each in named if book.can_meet(theme, each)]
        if all(each in old for each in (near or named)):
            rules = [rule.replace(in_marks(other.name), in_marks(new)) for rule in rules]
    return (
        theme
        if tuple(rules) == theme.exclude
        else theme.model_copy(update={"exclude": tuple(rules)})
    )


def _references(
    book: Codebook, themes: Sequence[Theme], made: Sequence[str]
) -> Iterator[Reference]:
    """Yield the rules of untouched themes that name a theme as it is named now."""
    for theme in themes:
        if theme.id in made:
            continue
        was = book.theme_by_id[theme.id]
        for before, after in zip(was.exclude, theme.exclude, strict=True):
            if before != after:
                yield Reference(theme=theme.id, before=before, after=after)


def _theme(book: Codebook, theme_id: str) -> Theme:
    found = book.theme_by_id.get(theme_id)
    if found is None:
        known = ", ".join(book.theme_by_id) or "none"
        raise CodebookError(f"the codebook has no theme '{theme_id}' (it has: {known})")
    return found


def _refuse_taken(book: Codebook, theme_id: str) -> None:
    if theme_id.split() != [theme_id]:
        raise CodebookError(f"a theme's id has no white space, and '{theme_id}' has or is empty")
    if theme_id in book.theme_by_id:
        raise CodebookError(f"theme '{theme_id}' is there already; choose another id")


def _all(*parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return all texts once, in order."""
    return tuple(dict.fromkeys(text for part in parts for text in part))
