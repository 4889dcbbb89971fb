"""Differing: what moved between two codings of one chat."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from secondcoder.api.beside import read_together
from secondcoder.api.tabular import Tabular
from secondcoder.api.writing import refuse_overwriting
from secondcoder.errors import CodingsError, InputError
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings
from secondcoder.schema.differences import Difference
from secondcoder.schema.options import ChatFile
from secondcoder.store.files import write_text

if TYPE_CHECKING:
    from rich.table import Table

PathLike = str | Path
_STARTS = {".html": "<!doctype html>", ".json": "{"}
"""How each form starts, so that nothing but an earlier report is overwritten."""


class DifferenceRow(NamedTuple):
    """How the quotes of a theme changed."""

    theme_id: str | None
    name: str
    n_before: int
    n_after: int
    n_kept: int
    n_gained: int
    n_lost: int


class DifferenceReport(Difference, Tabular):
    """What moved between two codings, as a table, a data frame, or the record itself."""

    def rows(self) -> tuple[DifferenceRow, ...]:
        """Return one row per theme, other ideas last."""
        return tuple(
            DifferenceRow(
                theme.theme_id,
                theme.name,
                theme.n_before,
                theme.n_after,
                theme.n_kept,
                theme.n_gained,
                theme.n_lost,
            )
            for theme in self.themes
        )

    def columns(self) -> Mapping[str, type[str] | type[int] | type[float]]:
        """Return what each column of the rows holds, in order."""
        counts = ("n_before", "n_after", "n_kept", "n_gained", "n_lost")
        return {"theme_id": str, "name": str} | dict.fromkeys(counts, int)

    def table(self) -> "Table":
        """Return one line per theme that either coding gave: print it with rich."""
        from secondcoder.reporting.difference import difference_table  # noqa: PLC0415 # loads Rich

        return difference_table(self)


def diff(  # noqa: PLR0913  # all but the codings by keyword, each with a default
    before: Codings | PathLike,
    after: Codings | PathLike,
    *,
    mapping: Mapping[str, str] | None = None,
    overlap: float = 0.5,
    chat: Chat | ChatFile | PathLike | None = None,
    codebook: Codebook | PathLike | None = None,
    output: PathLike | None = None,
) -> DifferenceReport:
    """Return what moved between two codings of one chat, by theme, with the quotes.

    Codings of other texts, or a mapping that names a theme there is not, are a `CodingsError`.

    Args:
        before: The earlier coding, or its file; a sheet of one coder or a report, too.
        after: The later one, likewise.
        mapping: Theme ids of `before` to what they are now called; without it, an id that only one
            codebook has is another theme.
        overlap: Least overlap of two forms of one quote, intersection over union.
        chat: The chat that sheets are about, where no file of codings is compared with them.
        codebook: The codebook of sheets, likewise.
        output: File to write: .html or .json.

    >>> diff("a.jsonl", "b.jsonl", output="moved.txt")
    Traceback (most recent call last):
    secondcoder.errors.InputError: moved.txt: name a file that ends in .html or .json
    """
    target = Path(output) if output is not None else None
    if target is not None:
        _check(target)
    from secondcoder.agreement.difference import difference  # noqa: PLC0415 # NumPy and SciPy

    both, notes = read_together((before, after), chat, codebook)
    _refuse_several(both, (before, after))
    found = difference(*both, mapping=mapping, overlap=overlap)
    report = DifferenceReport.model_validate(dict(found) | {"notes": tuple(notes)})
    if target is not None:
        write_text(target, _render(report, target.suffix.lower()))
    return report


def _check(target: Path) -> None:
    start = _STARTS.get(target.suffix.lower())
    if start is None:
        raise InputError(f"{target}: name a file that ends in .html or .json")
    refuse_overwriting(target, unless_it_starts_with=start)


def _render(report: DifferenceReport, suffix: str) -> str:
    if suffix == ".json":
        return report.model_dump_json(indent=2) + "\n"
    from secondcoder.reporting.difference_html import (  # noqa: PLC0415 # loads Jinja2
        difference_html,
    )

    return difference_html(report)


def _refuse_several(read: Sequence[Codings], given: tuple[Codings | PathLike, ...]) -> None:
    """Refuse a sheet that holds several coders: two codings are compared.

    Raises:
        CodingsError: Naming the coders.
    """
    if len(read) == len(given):
        return
    names = ", ".join(each.info.run.coder.id for each in read)
    files = " and ".join(str(each) for each in given if not isinstance(each, Codings))
    raise CodingsError(
        f"{files} hold the codings of {names}; two are compared: give sheets of one coder each, "
        f"such as 'secondcoder sample' writes, or 'agree' for several"
    )
