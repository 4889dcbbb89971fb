"""Dates of the usual forms name the moment they mean."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.errors import IngestError
from secondcoder.ingest.dates import Clock, month_comes_first
from secondcoder.ingest.notebook import Notebook
from secondcoder.ingest.rows import Cell
from secondcoder.schema.readings import Note

MOMENT = datetime(2020, 6, 24, 19, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        "2020-06-24T19:01:02Z",
        "2020-06-24T19:01:02.000Z",
        "2020-06-24T20:01:02+01:00",
        "2020-06-24 20:01:02 +0100",
        "2020-06-24 19:01:02 UTC",
        "2020-06-24 19:01:02+00:00",
        "2020-06-24 19:01:02",
        "2020/06/24 19:01:02",
        "24/06/2020 19:01:02",
        "24.06.2020 19:01:02",
        "6/24/2020 7:01:02 PM",
        "Wed Jun 24 19:01:02 +0000 2020",
        "Wed, 24 Jun 2020 19:01:02 +0000",
        "24 June 2020, 19:01:02",
        "Jun 24, 2020 · 7:01:02 PM UTC",
        "20200624190102",
        "1593025262",
        "1593025262000",
        1_593_025_262,
        1_593_025_262.0,
        datetime(2020, 6, 24, 19, 1, 2),  # noqa: DTZ001 - as a spreadsheet gives it
        44006.7923842593,
    ],
)
def test_each_form_names_the_same_moment(cell: Cell) -> None:
    """No form depends on the machine's language or zone."""
    read = Clock(Notebook(None)).read(cell, 2)
    assert read is not None
    assert abs(read - MOMENT) < timedelta(milliseconds=5)


@pytest.mark.parametrize("cell", ["soon", "31/02/2020 10:00", "19:00", "12", 5, "32 Foo 2020"])
def test_what_is_no_date_is_noted_with_its_row(cell: Cell) -> None:
    """The post stays, without a time."""
    notes: list[Note] = []
    assert Clock(Notebook(notes)).read(cell, 7) is None
    assert [note.where for note in notes] == [7]
    assert str(cell) in notes[0].message


def test_another_row_settles_whether_the_month_comes_first() -> None:
    """The 13th can't be a month."""
    cells = ["06/07/2020 20:00", "06/13/2020 20:00"]
    notes: list[Note] = []
    clock = Clock(Notebook(notes), timezone="UTC", month_first=month_comes_first(cells))
    assert clock.read(cells[0], 2) == datetime(2020, 6, 7, 20, tzinfo=UTC)
    assert notes == []


def test_a_date_that_nothing_settles_is_read_day_first_with_a_note() -> None:
    """The note says how to be sure."""
    notes: list[Note] = []
    clock = Clock(Notebook(notes), timezone="UTC")
    assert clock.read("06/07/2020", 2) == datetime(2020, 7, 6, tzinfo=UTC)
    assert ["day first" in note.message for note in notes] == [True]


def test_the_zone_of_dates_without_one_is_the_callers_or_utc_with_one_note() -> None:
    """London's summer time is an hour ahead."""
    notes: list[Note] = []
    assert Clock(Notebook(notes), timezone="Europe/London").read("2020-06-24 20:01:02", 2) == MOMENT
    assert notes == []
    clock = Clock(Notebook(notes))
    assert clock.read("2020-06-24 19:01:02", 2) == clock.read("2020-06-24 19:01:02", 3) == MOMENT
    assert len(notes) == 1
    with pytest.raises(IngestError, match="not a known time zone"):
        Clock(Notebook(None), timezone="Mars/Base")


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001 - given UTC below
def test_every_moment_survives_the_forms_that_are_written(moment: datetime) -> None:
    """To the second, in UTC."""
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    clock = Clock(Notebook(None), month_first=False)
    forms = (moment.isoformat(), f"{moment:%d/%m/%Y %H:%M:%S}", f"{moment:%Y-%m-%d %H:%M:%S}")
    assert [clock.read(form, 2) for form in forms] == [moment] * 3
