"""Post rows: the cells of one row become a post, or the reason why not."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from secondcoder.errors import IngestError
from secondcoder.ingest.damaged_ids import Damaged, id_in_link, looks_rounded, read_id, rounded
from secondcoder.ingest.dates import Clock
from secondcoder.ingest.notebook import FIRST_ROW, Notebook
from secondcoder.ingest.reposts import is_repost_text
from secondcoder.ingest.rows import Cell, Row, is_blank
from secondcoder.schema.chat import LONE_SURROGATE, Post

SHEET_ERRORS = frozenset({"#NAME?", "#VALUE!", "#REF!", "#N/A", "#DIV/0!", "#NULL!", "#NUM!"})
"""What a spreadsheet shows in place of a text it took for a formula, such as `=` or `-` leads to.
Source: ECMA-376 part 1, 18.17.3."""
YES = frozenset({"true", "1", "yes", "t", "y"})


class PostRows:
    """Makes posts from the rows of one file."""

    def __init__(
        self,
        source: tuple[Path, str],
        fields: Mapping[str, str],
        clock: Clock,
        notebook: Notebook,
        *,
        ids_are_rounded: bool = False,
    ) -> None:
        self._path, self._noun = source
        self._fields = fields
        self._clock = clock
        self._notebook = notebook
        self._ids_are_rounded = ids_are_rounded

    def post(self, row: Row) -> Post | None:
        """Return the row's post, None with a note if it holds no text.

        Raises:
            IngestError: If the row's id lost digits that nothing restores, or can't be an id.
        """
        cells = {field: row.cells.get(column) for field, column in self._fields.items()}
        text = self._text(row, cells)
        if text is None:
            return None
        created, in_reply_to = cells.get("created_at"), cells.get("in_reply_to")
        repost_of = self._link(cells.get("repost_of"), row.number)
        post_id = self._id(cells, row.number)
        try:
            return Post(
                id=post_id,
                text=text,
                author=_author(cells.get("author")),
                created_at=None if is_blank(created) else self._clock.read(created, row.number),
                in_reply_to=self._link(in_reply_to, row.number),
                in_reply_to_author=_author(cells.get("in_reply_to_author")),
                repost_of=repost_of,
                is_repost=repost_of is not None
                or is_repost_text(text)
                or str(cells.get("is_repost")).strip().casefold() in YES,
                quote_of=self._link(cells.get("quote_of"), row.number),
                question=_words(cells.get("question")),
                url=_words(cells.get("url")),
                lang=_words(cells.get("lang")),
                row=row.number,
            )
        except ValidationError as error:
            raise IngestError(
                f"{self._at(row.number)}: {post_id!r} can't be an id: ids hold no white space; "
                f"name the right column with --column id=NAME"
            ) from error

    def _text(self, row: Row, cells: Mapping[str, Cell]) -> str | None:
        cell = cells.get("text")
        if not is_blank(long_text := cells.get("long_text")):
            cell = long_text
        if cell is None or is_blank(cell):
            empty = all(map(is_blank, row.cells.values()))
            what = f"empty {self._noun}s" if empty else f"{self._noun}s without text"
            self._notebook.count(f"{what} were skipped", where=row.number)
            return None
        if not isinstance(cell, str):
            self._notebook.count(
                "texts stored as numbers or dates were written out; compare them with the source",
                where=row.number,
            )
            return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        if cell in SHEET_ERRORS:
            self._notebook.count(
                f"{self._noun}s whose text a spreadsheet replaced by {cell} were skipped; export "
                f"them again",
                where=row.number,
            )
            return None
        whole = LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", cell)
        if whole != cell:
            self._notebook.count(
                "halves of characters, which no text can hold, were replaced by \ufffd",
                where=row.number,
            )
        return whole

    def _id(self, cells: Mapping[str, Cell], number: int) -> str:
        found = read_id(cells.get("id"))
        if isinstance(found, str) and not (self._ids_are_rounded and looks_rounded(found)):
            return found
        linked = id_in_link(cells.get("url"))
        if found is None:
            if linked is not None:
                self._notebook.count("missing ids were taken from the post's link", where=number)
                return linked
            self._notebook.count(
                f"posts without an id were named after their {self._noun}: "
                f"{self._noun}-{FIRST_ROW}",
                where=number,
            )
            return f"{self._noun}-{number}"
        damaged = found if isinstance(found, Damaged) else rounded(found)
        if linked is not None and damaged.may_be(linked):
            self._notebook.count(
                "ids rounded by a spreadsheet were restored from the post's link", where=number
            )
            return linked
        raise IngestError(
            f"{self._at(number)}: the id {damaged.as_read} was rounded by a spreadsheet and its "
            f"digits are lost; read the file as first exported (or import it with ids as text), "
            f"or add a column 'url' with the posts' status links, or delete the id column to "
            f"number posts by {self._noun}"
        )

    def _link(self, cell: Cell, number: int) -> str | None:
        if cell is None:
            return None
        found = read_id(cell)
        if isinstance(found, Damaged):
            self._notebook.count(
                "links to other posts were rounded by a spreadsheet and are lost", where=number
            )
            return None
        return id_in_link(found) or found

    def _at(self, number: int) -> str:
        return f"{self._path} {self._noun} {number}"


def _author(cell: Cell) -> str | None:
    words = _words(cell)
    return words.lstrip("@") or None if words else None


def _words(cell: Cell) -> str | None:
    if cell is None or is_blank(cell):
        return None
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
