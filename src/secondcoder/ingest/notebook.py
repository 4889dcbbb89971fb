"""Notes gathered while a file is read: every mended or skipped place, without drowning in them."""

from secondcoder.schema.readings import Note, NoteUnit

MOST_OF_A_KIND = 20
"""Notes of one kind that are written out; the others are summed up."""
FIRST_ROW = "{row}"
"""Stands in the message of a sum for its first row."""
ROWS_NAMED = 5
"""Rows that a sum names."""


class Notebook:
    """Gathers notes into the caller's list. Without a list they are dropped."""

    def __init__(self, notes: list[Note] | None) -> None:
        self._notes: list[Note] = [] if notes is None else notes
        self.unit: NoteUnit = "row"
        """What a file's rows are called, which is known once it is open."""
        self._said: set[str] = set()
        self._n_of_kind: dict[str, int] = {}
        self._sums: dict[str, tuple[int, list[int]]] = {}

    def add(self, kind: str, message: str, *, where: int, text: str | None = None) -> None:
        """Write a note about one row; from the twenty-first of its kind on, only count it."""
        n = self._n_of_kind.get(kind, 0) + 1
        self._n_of_kind[kind] = n
        if n <= MOST_OF_A_KIND:
            self._notes.append(self._note(message, where, text))
        else:
            self.count(f"further: {kind}", where=where)

    def once(self, message: str, *, where: int | None = None, unit: NoteUnit | None = None) -> None:
        """Write a note that holds for the file, the first time only; `where` counts `unit`."""
        if message not in self._said:
            self._said.add(message)
            note = self._note(message, where)
            self._notes.append(note.model_copy(update={"unit": unit}) if unit else note)

    def count(self, message: str, *, where: int) -> None:
        """Add a row to a sum, which `close` writes as one note."""
        n, rows = self._sums.get(message, (0, []))
        if n < ROWS_NAMED:
            rows.append(where)
        self._sums[message] = (n + 1, rows)

    def close(self) -> None:
        """Write the sums."""
        for message, (n, rows) in self._sums.items():
            named = ", ".join(str(row) for row in rows) + (" …" if n > len(rows) else "")
            said = message.replace(FIRST_ROW, str(rows[0]))
            self._notes.append(self._note(f"{said} ({n:,}: {self.unit} {named})", rows[0]))
        self._sums.clear()

    def _note(self, message: str, where: int | None, text: str | None = None) -> Note:
        return Note(where=where, message=message, text=text, unit=self.unit)
