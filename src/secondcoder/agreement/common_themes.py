"""The themes that several codebooks share, with a mapping where their ids differ."""

from collections.abc import Iterable, Mapping, Sequence

from secondcoder.errors import CodingsError
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Codings

ThemeMapping = Mapping[str, str | None]
"""Theme id of one codebook to the id it is compared as; None: left out of the comparison."""

_SHOWN = 5
"""Ids named in a message."""


def common_themes(
    codings: Sequence[Codings], names: Sequence[str], mapping: ThemeMapping
) -> tuple[tuple[Theme, ...], tuple[str, ...]]:
    """Return the themes all codebooks share after the mapping, and what is to be noted.

    Args:
        codings: Of two or more coders.
        names: Of the coders, for messages.
        mapping: Theme ids to those they are compared as; None: left out.

    Raises:
        CodingsError: If they do not have the same themes, naming those that only one has; or if
            they have, under two versions, and no mapping says that these mean the same.
    """
    books = [each.info.codebook for each in codings]
    known = {theme.id for book in books for theme in book.themes}
    unknown = sorted(old for old in mapping if old not in known)
    if unknown:
        raise CodingsError(
            f"the mapping names theme {listed(unknown)}, which no codebook has; correct the id"
        )
    themes: dict[str, Theme] = {}
    mapped = []
    for book in books:
        ids = dict.fromkeys(mapping.get(theme.id, theme.id) for theme in book.themes)
        mapped.append(frozenset(new for new in ids if new is not None))
        themes |= {theme.id: theme for theme in book.themes if theme.id not in themes}
    for name, book, found in zip(names[1:], books[1:], mapped[1:], strict=True):
        lacking, extra = sorted(mapped[0] - found), sorted(found - mapped[0])
        if lacking or extra:
            differing = [
                *([f"{names[0]} alone has {listed(lacking)}"] if lacking else []),
                *([f"{name} alone has {listed(extra)}"] if extra else []),
            ]
            raise CodingsError(
                f"the codebooks of {names[0]} (version {books[0].version}) and {name} (version "
                f"{book.version}) have other themes: {'; '.join(differing)}. Code with one "
                f"codebook, or give a mapping OLD=NEW for each of these (OLD= leaves it out)"
            )
    missing = sorted(new for new in mapped[0] if new not in themes)
    if missing:
        raise CodingsError(
            f"the mapping leads to theme {listed(missing)}, which no codebook has; correct the id"
        )
    versions = dict.fromkeys(book.version for book in books)
    if len(versions) > 1 and not mapping:
        raise CodingsError(
            f"the codebooks are of different versions ({_by_version(books, names)}), so a theme "
            f"may mean something else under the same id. Code with one version, or say what is "
            f"compared as what: a mapping OLD=NEW, such as ID=ID for a theme that stayed what it "
            f"was (themes it leaves out are compared by their ids)"
        )
    notes = []
    if len({book.sha256 for book in books}) > 1:
        how = "themes were mapped" if mapping else "their theme ids are the same"
        notes.append(
            f"the coders' codebooks differ (version {', '.join(versions)}); they are compared "
            f"because {how}"
        )
    order = [theme.id for theme in themes.values() if theme.id in mapped[0]]
    return tuple(themes[theme_id] for theme_id in order), tuple(notes)


def _by_version(books: Sequence[Codebook], names: Sequence[str]) -> str:
    return "; ".join(
        f"{name}: version {book.version}" for name, book in zip(names, books, strict=True)
    )


def listed(ids: Iterable[str]) -> str:
    """Return ids as a message names them: the first five, and how many more.

    >>> listed("abcdefg")
    "'a', 'b', 'c', 'd', 'e' and 2 more"
    """
    items = list(ids)
    shown = ", ".join(f"'{each}'" for each in items[:_SHOWN])
    return shown + (f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else "")
