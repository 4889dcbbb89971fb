"""Dates: when a post was written, in the forms that exports use."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from secondcoder.errors import IngestError
from secondcoder.ingest.notebook import Notebook
from secondcoder.ingest.rows import Cell

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EXCEL_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's clock has no zone
EXCEL_DAYS = (20_000, 80_000)
"""Serial days of 1954 to 2119; as seconds they would all be of 1 January 1970."""
EPOCH_UNITS_S = (1, 1e-3, 1e-6, 1e-9)
EPOCH_S = (631_152_000, 4_102_444_800)
"""Seconds of 1990 and of 2100, between which a number is taken for a time."""

_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?"
)
_ZONE = r"(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?"
_SLASHED = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<mark>[/.-])(?P<b>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d{{2}})"
    rf"(?:[,\sT]+{_CLOCK}\s*{_ZONE})?",
    re.IGNORECASE,
)
_MONTH = r"(?P<month>[a-z]{3})[a-z]*\.?"
_NAMED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:[a-z]{{3,9}},?\s+)?{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}\s+{_ZONE}\s*(?P<year>\d{{4}})",
        rf"(?:[a-z]{{3,9}},?\s+)?(?P<day>\d{{1,2}})[\s-]+{_MONTH}[\s-]+(?P<year>\d{{4}})"
        rf"(?:[,\s·]+{_CLOCK}\s*{_ZONE})?",
        rf"(?:[a-z]{{3,9}},?\s+)?{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})"
        rf"(?:[,\s·]+{_CLOCK}\s*{_ZONE})?",
    )
)
"""`Wed Jun 24 19:00:00 +0000 2020`, `24 Jun 2020 19:00`, `Jun 24, 2020 · 7:00 PM UTC`."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COMPACT = re.compile(r"(?:19|20)\d{6}(?:\d{6})?")
_ISO_TAIL = re.compile(
    r"\s*(?:(?P<utc>utc|gmt|\+00:?00\s+utc)|(?P<offset>[+-]\d{2}:?\d{2}))$", re.I
)


def find_zone(name: str | None) -> tzinfo:
    """Return the time zone of a name such as `Europe/London`; UTC for `UTC` and None.

    Raises:
        IngestError: If there is no zone of that name.
    """
    if name is None or name.upper() in {"UTC", "Z", "GMT"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise IngestError(
            f"'{name}' is not a known time zone; give a name such as Europe/London or UTC"
        ) from error


def month_comes_first(cells: Iterable[Cell]) -> bool | None:
    """Return whether dates such as `06/13/2020` put the month first, None if none tells.

    Rows that tell against each other cancel out: a date then stands for itself.

    >>> month_comes_first(["06/07/2020 20:00", "06/13/2020 20:00"])
    True
    """
    day_is_first = month_is_first = False
    for cell in cells:
        found = _SLASHED.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found and found["mark"] != ".":
            first, second = int(found["a"]), int(found["b"])
            if first > 12 >= second:  # noqa: PLR2004 - months of a year
                day_is_first = True
            elif second > 12 >= first:  # noqa: PLR2004
                month_is_first = True
    return None if day_is_first == month_is_first else month_is_first


class Clock:
    """Reads the dates of one column; what it had to assume is noted."""

    def __init__(
        self, notebook: Notebook, *, timezone: str | None = None, month_first: bool | None = None
    ) -> None:
        self._notebook = notebook
        self._zone = find_zone(timezone)
        self._zone_is_given = timezone is not None
        self._month_first = month_first

    def read(self, cell: Cell, row: int) -> datetime | None:
        """Return the moment a cell names, None with a note if it can't be read."""
        try:
            moment = self._moment(cell, row)
            if moment is None:
                self._notebook.add(
                    "dates that can't be read",
                    f"the date {str(cell)!r} can't be read; the post has no time",
                    where=row,
                )
                return None
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._zone)
                if not self._zone_is_given:
                    self._notebook.once(
                        "dates without a time zone were read as UTC; if the chat's is another, "
                        "give it, such as --timezone Europe/London",
                        where=row,
                    )
            # Some zones can't express the first and last days of the calendar.
            moment.timestamp()
        except (OverflowError, ValueError):
            self._notebook.add(
                "dates that can't be read",
                f"the date {str(cell)!r} does not exist; the post has no time",
                where=row,
            )
            return None
        return moment

    def _moment(self, cell: Cell, row: int) -> datetime | None:
        match cell:
            case datetime():
                return cell
            case date():
                return datetime.combine(cell, time())
            case bool() | time() | None:
                return None
            case int() | float():
                return _from_number(float(cell))
            case str():
                return self._from_text(cell.strip(), row)

    def _from_text(self, text: str, row: int) -> datetime | None:
        if _COMPACT.fullmatch(text):
            return datetime.strptime(text, "%Y%m%d%H%M%S" if len(text) > 8 else "%Y%m%d")  # noqa: DTZ007, PLR2004
        if _NUMBER.fullmatch(text):
            return _from_number(float(text))
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
        if found := _SLASHED.fullmatch(text):
            return self._slashed(found, text, row)
        for form in _NAMED:
            if (found := form.fullmatch(text)) and found["month"].lower() in MONTHS:
                month = MONTHS.index(found["month"].lower()) + 1
                return _built(found, int(found["year"]), month, int(found["day"]))
        return _from_loose_iso(text)

    def _slashed(self, found: re.Match[str], text: str, row: int) -> datetime:
        first, second = int(found["a"]), int(found["b"])
        month_first = self._month_first
        if found["mark"] == ".":
            month_first = False
        elif month_first is None:
            month_first = second > 12 >= first  # noqa: PLR2004
            if first <= 12 and second <= 12 and first != second:  # noqa: PLR2004
                self._notebook.once(
                    f"dates such as {text!r} were read with the day first, since no row tells; "
                    f"write them as 2020-12-31 if the month comes first",
                    where=row,
                )
        month, day = (first, second) if month_first else (second, first)
        year = int(found["year"])
        return _built(found, year + 2000 if year < 100 else year, month, day)  # noqa: PLR2004


def _built(found: re.Match[str], year: int, month: int, day: int) -> datetime:
    hour = int(found["hour"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower().startswith("p") else 0)
    return datetime(
        year,
        month,
        day,
        hour,
        int(found["minute"] or 0),
        int(found["second"] or 0),
        tzinfo=_offset(found["zone"]),
    )


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text.lower() in {"z", "utc", "gmt"}:
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _from_number(number: float) -> datetime | None:
    """Return the moment of an epoch time (in s, ms, us or ns) or of a spreadsheet's serial day."""
    if EXCEL_DAYS[0] <= number < EXCEL_DAYS[1]:
        return EXCEL_DAY_0 + timedelta(milliseconds=round(number * 86_400_000))
    for unit_s in EPOCH_UNITS_S:
        if EPOCH_S[0] <= number * unit_s < EPOCH_S[1]:
            return datetime.fromtimestamp(number * unit_s, UTC)
    return None


def _from_loose_iso(text: str) -> datetime | None:
    """Return the moment of ISO-like text: slashes, `UTC` or a space before the offset."""
    tail = _ISO_TAIL.search(text)
    body = text[: tail.start()] if tail else text
    try:
        moment = datetime.fromisoformat(body.replace("/", "-"))
    except ValueError:
        return None
    if tail and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC if tail["utc"] else _offset(tail["offset"]))
    return moment
