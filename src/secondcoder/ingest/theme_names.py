"""Theme names: which themes of a codebook a cell of a sheet names."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

from secondcoder.errors import CodingsError
from secondcoder.schema.codebook import Codebook, Theme

_DELIMITERS = re.compile(r"\s*[;|\n]\s*")
_COMMA = re.compile(r"\s*,\s*")


class ThemeNames:
    """Finds themes by id or name; without a codebook, makes one theme of each name it meets."""

    def __init__(self, codebook: Codebook | None) -> None:
        self._is_open = codebook is None
        self._codebook = codebook
        self._ids: dict[str, tuple[str, ...]] = {}
        self._shown: list[str] = []
        self._made: list[Theme] = []
        self._commas_separate = True
        for theme in codebook.themes if codebook else ():
            self._shown += [theme.id, theme.name]
            for folded in {_folded(theme.id), _folded(theme.name)}:
                self._ids[folded] = (*self._ids.get(folded, ()), theme.id)

    @property
    def made(self) -> tuple[Theme, ...]:
        """Return the themes made from names, in the order they were met."""
        return tuple(self._made)

    def knows(self, name: str) -> bool:
        """Return whether a name is that of a theme."""
        return _folded(name) in self._ids

    def look_through(self, cells: Iterable[str]) -> None:
        """Learn what separates themes in a sheet whose names make the themes.

        Who separates by `;`, `|` or line breaks anywhere means a comma to belong to a name.
        """
        if self._is_open:
            self._commas_separate = not any(_DELIMITERS.search(cell.strip()) for cell in cells)

    def cell(self, cell: str, where: str, question: str | None = None) -> tuple[str, ...]:
        """Return the ids of the themes in a cell, split at `;`, `|`, a line break or `,`.

        A theme whose own name holds a delimiter is found before the cell is split; commas split
        nothing where `look_through` found another delimiter.

        Args:
            cell: What the cell says, not blank.
            where: The place, for the message of the `CodingsError` about an unknown theme.
            question: Which the row is about, if it says so; tells apart themes of one name.
        """
        if self.knows(cell):
            return (self.one(cell, where, question),)
        ids: list[str] = []
        for part in filter(None, _DELIMITERS.split(cell.strip())):
            if self._commas_separate:
                ids += self._with_commas(part, where, question)
            else:
                ids.append(self.one(part, where, question))
        return tuple(dict.fromkeys(ids))

    def one(self, name: str, where: str, question: str | None = None) -> str:
        """Return the id of the theme of that name; of several, the one of the question.

        Raises:
            CodingsError: If the codebook has none, or it is not clear which; the message says
                what to write instead.
        """
        folded = _folded(name)
        if folded not in self._ids:
            if not self._is_open:
                raise CodingsError(f"{where}: {self._unknown(name)}")
            self._ids[folded] = (self._make(name),)
        ids = self._ids[folded]
        if len(ids) > 1:
            ids = tuple(each for each in ids if each in self._ids_under(question)) or ids
        if len(ids) > 1 and name.strip() in ids:
            return name.strip()
        if len(ids) > 1:
            raise CodingsError(
                f"{where}: '{name}' is the name of several themes ({', '.join(ids)}); write the id "
                f"of the one that is meant, or its question under 'question'"
            )
        return ids[0]

    def _ids_under(self, question: str | None) -> set[str]:
        """Return the ids of the themes of a question, as far as it is one of the codebook."""
        book = self._codebook
        asked = _folded(question or "")
        return {
            theme.id
            for each in (book.questions if book else ())
            if book and _folded(each.id) == asked
            for theme in book.themes_for(each.id)
        }

    def _with_commas(self, part: str, where: str, question: str | None) -> list[str]:
        """Return the themes of a part, the longest runs between commas that are names first."""
        pieces = _COMMA.split(part)
        ids: list[str] = []
        start = 0
        while start < len(pieces):
            end = self._longest(pieces, start)
            name = ", ".join(pieces[start:end])
            if name:
                ids.append(self.one(name, where, question))
            start = end
        return ids

    def _longest(self, pieces: Sequence[str], start: int) -> int:
        for end in range(len(pieces), start + 1, -1):
            if self.knows(", ".join(pieces[start:end])):
                return end
        return start + 1

    def _unknown(self, name: str) -> str:
        by_fold = {_folded(shown): shown for shown in self._shown}
        close = difflib.get_close_matches(_folded(name), by_fold, n=1, cutoff=0.5)
        nearest = f"; the nearest is '{by_fold[close[0]]}'" if close else ""
        return (
            f"'{name}' is neither the id nor the name of a theme of the codebook{nearest}; "
            f"correct the sheet, or add the theme to the codebook"
        )

    def _make(self, name: str) -> str:
        slug = "-".join(re.findall(r"[^\W_]+", _folded(name))) or "theme"
        taken = {theme.id for theme in self._made}
        theme_id, n = slug, 2
        while theme_id in taken:
            theme_id, n = f"{slug}-{n}", n + 1
        self._made.append(Theme(id=theme_id, name=" ".join(name.split())))
        return theme_id


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
