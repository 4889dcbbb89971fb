"""Sheets: the rows of a table of codings that people made, whatever its layout."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from secondcoder.errors import CodingsError
from secondcoder.ingest.damaged_ids import Damaged, read_id
from secondcoder.ingest.notebook import Notebook
from secondcoder.ingest.opening import open_table
from secondcoder.ingest.rows import Row
from secondcoder.ingest.sheet_cells import Mark, mark_of, offset, text_of, unguarded, yes_or_no
from secondcoder.ingest.sheet_columns import Columns, Layout, sheet_columns
from secondcoder.ingest.theme_names import ThemeNames
from secondcoder.schema.codebook import Codebook, Theme

SHEETS = frozenset({".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".parquet"})
"""Endings of files that are read as sheets; the text ones also with `.gz`."""


class Entry(NamedTuple):
    """What one row says of one post by one coder."""

    row: int
    coder: str | None
    """None: the sheet does not say."""
    post_id: str
    text: str | None
    """The post's text as the sheet has it."""
    themes: tuple[str, ...] = ()
    mark: Mark | None = None
    """What stands in place of a theme. Neither themes nor mark nor quote: not coded."""
    question: str | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    note: str | None = None
    confidence: float | None = None

    @property
    def is_blank(self) -> bool:
        """Return whether the row says nothing of the post."""
        return not self.themes and self.mark is None and self.quote is None and self.start is None


class Sheet(NamedTuple):
    """A sheet of codings, read."""

    entries: tuple[Entry, ...]
    themes: tuple[Theme, ...]
    """Themes made from the names in the sheet; none where a codebook was given."""
    layout: Layout


def is_sheet(path: Path) -> bool:
    """Return whether a file's ending is that of a sheet.

    >>> is_sheet(Path("codes.CSV")), is_sheet(Path("codings.jsonl"))
    (True, False)
    """
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return bool(suffixes) and suffixes[-1] in SHEETS


def read_sheet(path: Path, notebook: Notebook, codebook: Codebook | None) -> Sheet:
    """Return what the rows of a sheet say, themes as ids.

    Args:
        path: CSV, TSV, XLSX or Parquet.
        notebook: Told what was assumed or not read.
        codebook: Where given, every theme is one of its; else the names make the themes.

    Raises:
        CodingsError: If a cell names no theme of the codebook, or can't be understood; row and
            remedy are named.
    """
    with open_table(path, notebook) as table:
        rows = [row for row in table.rows if any(text_of(cell) for cell in row.cells.values())]
        present, noun = table.columns, table.noun
    names = ThemeNames(codebook)

    def is_mark(column: str) -> bool:
        said = [yes_or_no(row.cells.get(column)) for row in rows if text_of(row.cells.get(column))]
        return bool(said) and None not in said

    columns = sheet_columns(path, present, is_theme=names.knows, is_mark=is_mark)
    for name in columns.unread:
        notebook.once(f"column '{name}' is not read")
    names.look_through(text_of(row.cells.get(name)) for row in rows for name in columns.others)
    entries = tuple(_Reading(path, noun, columns, names).entries(rows))
    if not entries:
        raise CodingsError(f"{path} holds no rows under its header; nothing is coded in it")
    return Sheet(entries, names.made, columns.layout)


class _Reading:
    """Turns the rows of one sheet into entries."""

    def __init__(self, path: Path, noun: str, columns: Columns, names: ThemeNames) -> None:
        self._path = path
        self._noun = noun
        self._columns = columns
        self._names = names

    def entries(self, rows: Sequence[Row]) -> Iterator[Entry]:
        match self._columns.layout:
            case Layout.LONG:
                yield from map(self._long, rows)
            case Layout.WIDE:
                yield from self._wide(rows)
            case Layout.CODERS:
                for row in rows:
                    yield from self._per_coder(row)

    def _where(self, row: Row) -> str:
        return f"{self._path} {self._noun} {row.number}"

    def _said(self, row: Row, field: str) -> str | None:
        column = self._columns.fields.get(field)
        return (text_of(row.cells.get(column)) or None) if column is not None else None

    def _entry(self, row: Row) -> Entry:
        """Return the row without its themes."""
        text_column = self._columns.fields.get("text", "")
        text = row.cells.get(text_column)
        confidence = self._said(row, "confidence")
        return Entry(
            row=row.number,
            coder=self._said(row, "coder"),
            post_id=self._post_id(row),
            # Not trimmed: offsets count every character of the post.
            text=unguarded(text) if isinstance(text, str) and text else None,
            question=self._said(row, "question"),
            note=self._said(row, "note"),
            confidence=self._share(row, confidence) if confidence else None,
        )

    def _share(self, row: Row, said: str) -> float:
        try:
            share = float(said)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise CodingsError(f"{self._where(row)}: confidence is '{said}'; write 0 to 1")
        return share

    def _post_id(self, row: Row) -> str:
        found = read_id(row.cells.get(self._columns.fields["post"]))
        if isinstance(found, Damaged):
            raise CodingsError(
                f"{self._where(row)}: the post's id was rounded to {found.as_read} by a "
                f"spreadsheet; put the id back, and use an .xlsx sheet, which keeps it"
            )
        if found is None:
            raise CodingsError(f"{self._where(row)} names no post; fill in its id or delete it")
        return found

    def _long(self, row: Row) -> Entry:
        fields, where = self._columns.fields, self._where(row)
        start, end = (
            offset(row.cells.get(fields.get(name, "")), where, name) for name in ("start", "end")
        )
        if (start is None) != (end is None):
            raise CodingsError(f"{where}: a quote has a start and an end; give both or neither")
        themes, mark = self._themes(row, where)
        return self._entry(row)._replace(
            themes=themes, mark=mark, quote=self._said(row, "quote"), start=start, end=end
        )

    def _themes(self, row: Row, where: str) -> tuple[tuple[str, ...], Mark | None]:
        ids: list[str] = []
        mark = None
        for column in self._columns.others:
            found, said = self._cell(row, column, where)
            ids += found
            mark = mark or said
        return tuple(dict.fromkeys(ids)), None if ids else mark

    def _cell(self, row: Row, column: str, where: str) -> tuple[tuple[str, ...], Mark | None]:
        said = text_of(row.cells.get(column))
        if not said:
            return (), None
        if not self._names.knows(said) and (mark := mark_of(said)):
            return (), mark
        return self._names.cell(said, where, self._said(row, "question")), None

    def _wide(self, rows: Sequence[Row]) -> Iterator[Entry]:
        themes = {
            column: self._names.one(column, f"{self._path} column '{column}'")
            for column in self._columns.others
        }
        cells = [{name: yes_or_no(row.cells.get(name)) for name in themes} for row in rows]
        # Where nobody writes 0, a blank row is a post without a theme and not one unseen.
        blanks_say_no = not any(False in marks.values() for marks in cells)
        for row, marks in zip(rows, cells, strict=True):
            for column, said in marks.items():
                if said is None and (odd := text_of(row.cells.get(column))):
                    raise CodingsError(
                        f"{self._where(row)}: column '{column}' says '{odd}'; write 1 where the "
                        f"theme is given and 0 where it is not"
                    )
            given = tuple(themes[column] for column, said in marks.items() if said)
            seen = blanks_say_no or any(said is not None for said in marks.values())
            mark = Mark.NOTHING if seen and not given else None
            yield self._entry(row)._replace(
                themes=tuple(dict.fromkeys(given)), mark=mark, quote=self._said(row, "quote")
            )

    def _per_coder(self, row: Row) -> Iterator[Entry]:
        entry = self._entry(row)
        for column in self._columns.others:
            where = f"{self._where(row)}, coder '{column}'"
            themes, mark = self._cell(row, column, where)
            yield entry._replace(coder=column, themes=themes, mark=mark)
