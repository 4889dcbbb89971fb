"""Which themes of several chats' codebooks are the same: by id, after recorded edits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from secondcoder.errors import CodebookError
from secondcoder.induction.edits import steps_between
from secondcoder.induction.following import Followed, followed
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Codings
from secondcoder.schema.edits import CodebookEdit, EditKind

_REMEDY = (
    "Record what became of themes with 'secondcoder codebook rename', 'merge', 'split' or 'retire' "
    "(starting from the earlier codebook), or, where you know that every theme id still means the "
    "same, put the earlier codings under the later codebook: 'secondcoder codebook follow LATER "
    "CODINGS -o FOLLOWED'"
)


class SameThemes(NamedTuple):
    """Chats under one set of themes."""

    book: Codebook
    """The latest codebook."""
    themes: tuple[Theme, ...]
    """Its themes, then those that only other codebooks have."""
    chats: tuple[Followed, ...]
    """In the order given."""
    known: tuple[frozenset[str], ...]
    """Ids of the themes that each chat's coder could give."""
    split: tuple[Mapping[str, str], ...]
    """Of each chat, themes that a split made since, and of which theme."""
    cautions: tuple[str, ...]


def same_themes(chats: Sequence[Codings], names: Sequence[str]) -> SameThemes:
    """Return the chats under the latest of their codebooks, the one with most recorded edits.

    Renamed and merged themes take their quotes along; where a later codebook has a theme that a
    chat's own had not, nothing is known of that chat. Codebooks with no theme in common, or that
    differ in version or in what an id means where no recorded edit says how, are a
    `CodebookError`.

    Args:
        chats: Codings in order of time, two or more.
        names: What each chat is called in a message.
    """
    books = [codings.info.codebook for codings in chats]
    # Of those with equally many edits, the codebook of the latest chat.
    latest = max(range(len(books)), key=lambda place: (len(books[place].edits), place))
    book, last = books[latest], names[latest]
    found: list[Followed] = []
    known: list[frozenset[str]] = []
    split: list[dict[str, str]] = []
    others: dict[str, Theme] = {}
    cautions: list[str] = []
    for codings, name in zip(chats, names, strict=True):
        own = codings.info.codebook
        steps = _steps(own, book, name, last)
        ids, parts = _through(own.theme_by_id, steps)
        _refuse_unrelated((own, name), (book, last), steps, ids)
        if steps:
            found.append(followed(codings, book))
        else:
            found.append(Followed(codings, 0, 0, ()))
            others |= own.theme_by_id
        known.append(ids)
        split.append(parts)
        cautions += _cautions((own, name), (book, last), steps, ids)
    themes = (*book.themes, *(theme for name, theme in others.items() if name not in _ids(book)))
    return SameThemes(
        book, themes, tuple(found), tuple(known), tuple(split), tuple(dict.fromkeys(cautions))
    )


def _ids(book: Codebook) -> frozenset[str]:
    return frozenset(book.theme_by_id)


def _steps(own: Codebook, book: Codebook, name: str, last: str) -> tuple[CodebookEdit, ...]:
    try:
        return steps_between(own, book)
    except CodebookError as error:
        raise CodebookError(
            f"'{name}' and '{last}' were coded by codebooks whose recorded edits part ways "
            f"(versions {own.version} and {book.version}), so their themes can't be compared. "
            f"{_REMEDY}"
        ) from error


def _through(
    themes: Mapping[str, Theme], steps: Sequence[CodebookEdit]
) -> tuple[frozenset[str], dict[str, str]]:
    """Return which ids a chat's themes have now, and which were split off since, of which."""
    ids = set(themes)
    parts: dict[str, str] = {}
    for step in steps:
        whole = ids.issuperset(step.before)
        match step.kind:
            case EditKind.RENAME | EditKind.MERGE:
                ids -= set(step.before)
                # Of a merged theme that the chat's coder had only in part, no count is whole.
                ids |= set(step.after) if whole else set()
                moved = [parts.pop(each) for each in step.before if each in parts]
                parts |= dict.fromkeys(step.after, moved[0]) if moved else {}
            case EditKind.RETIRE | EditKind.SPLIT:
                ids -= set(step.before)
                if step.kind is EditKind.SPLIT and whole:
                    parts |= dict.fromkeys(step.after, step.before[0])
            case EditKind.PROPOSE | EditKind.REFINE:
                pass  # what a later proposal added, no earlier coder could give
    return frozenset(ids), parts


def _refuse_unrelated(
    own: tuple[Codebook, str],
    latest: tuple[Codebook, str],
    steps: Sequence[CodebookEdit],
    ids: frozenset[str],
) -> None:
    """Refuse codebooks of which no recorded edit says how their themes hang together.

    Raises:
        CodebookError: Naming the chats, the themes and the remedy.
    """
    (mine, name), (book, last) = own, latest
    where = f"'{name}' (codebook version {mine.version}) and '{last}' (version {book.version})"
    if not ids & _ids(book):
        raise CodebookError(
            f"the codebooks of {where} have no theme in common; code the chats with one codebook. "
            f"{_REMEDY}"
        )
    if not steps and mine.version != book.version:
        raise CodebookError(
            f"the codebooks of {where} are of different versions, and no recorded edit leads from "
            f"one to the other, so a theme may mean something else under the same id. {_REMEDY}"
        )
    lost = sorted(ids - _ids(book))
    if steps and lost:
        raise CodebookError(
            f"theme '{lost[0]}' of '{name}' (codebook version {mine.version}) is not in version "
            f"{book.version}, and no recorded edit says what became of it. {_REMEDY}"
        )
    for theme, now in _untouched(mine, book, steps):
        if theme.name != now.name and theme.definition != now.definition:
            raise CodebookError(
                f"theme '{theme.id}' is “{theme.name}” in the codebook of '{name}' and "
                f"“{now.name}” in that of '{last}', defined otherwise: two themes under one id. "
                f"{_REMEDY}"
            )


def _untouched(
    own: Codebook, book: Codebook, steps: Sequence[CodebookEdit]
) -> Iterator[tuple[Theme, Theme]]:
    """Yield the themes of both codebooks that no recorded edit changed."""
    touched = {each for step in steps for each in (*step.before, *step.after)}
    for theme in own.themes:
        if theme.id in book.theme_by_id and theme.id not in touched:
            yield theme, book.theme_by_id[theme.id]


def _cautions(
    own: tuple[Codebook, str],
    latest: tuple[Codebook, str],
    steps: Sequence[CodebookEdit],
    ids: frozenset[str],
) -> Iterator[str]:
    (mine, name), (book, last) = own, latest
    for theme, now in _untouched(mine, book, steps):
        if theme != now and (theme.name, theme.definition, theme.include, theme.exclude) != (
            now.name,
            now.definition,
            now.include,
            now.exclude,
        ):
            yield (
                f"Theme “{now.name}” is worded otherwise in the codebooks of “{name}” and "
                f"“{last}”; it is counted as one because its id is the same."
            )
    for step in steps:
        if step.kind is EditKind.REFINE and step.after[0] in ids:
            theme = book.theme_by_id[step.after[0]]
            yield (
                f"“{theme.name}” was defined more sharply in codebook version {step.version}; "
                f"chats coded before were coded by the earlier definition, so a change there may "
                f"be the definition's."
            )
        if step.kind is EditKind.RETIRE:
            yield (
                f"Theme '{step.before[0]}' was retired in codebook version {step.version} and is "
                f"not shown; what only it covered counts as other ideas."
            )
    if mine.language != book.language:
        yield f"“{name}” is in another language ({mine.language}) than “{last}” ({book.language})."
