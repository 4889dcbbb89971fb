"""Words, times and links as the report prints them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from secondcoder.reporting.wording import joined, time_of, told, web_link

START = datetime(2026, 3, 5, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org/x",
        "https://",
        "http://[",
        "https://example.org/a b",
        "https://example.org/\nb",
        'https://example.org/"onclick="x',
        "https://example.org/<b>",
        "https://exаmple.org",  # noqa: RUF001 - a Cyrillic a, as a forger would write it
    ],
)
def test_what_is_no_plain_web_address_is_no_link(url: str | None) -> None:
    """Only http and https with a host, in characters that need no escape."""
    assert web_link(url) is None


@pytest.mark.parametrize("url", ["http://example.org", "HTTPS://Example.org/a_(b)?c=1&d=%20#e"])
def test_a_web_address_is_kept_as_it_is(url: str) -> None:
    """Nothing is rewritten."""
    assert web_link(url) == url


def test_a_time_names_its_own_zone() -> None:
    """Half-hour zones, west and east."""
    east = datetime(2026, 3, 5, 20, 4, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    west = datetime(2026, 3, 5, 20, 4, tzinfo=timezone(-timedelta(hours=3, minutes=30)))
    assert time_of(east) == "5 March 2026, 20:04 UTC+5:30"
    assert time_of(west) == "5 March 2026, 20:04 UTC-3:30"


def test_the_minute_alone_is_told_only_in_the_zone_of_the_start() -> None:
    """The same clock in another zone is another time."""
    here = START + timedelta(minutes=5)
    there = here.astimezone(timezone(timedelta(hours=1)))
    assert told(here, START) == "20:05"
    assert told(there, START) == "5 March 2026, 21:05 UTC+1:00"
    assert told(here, None) == "5 March 2026, 20:05 UTC"
    assert told(None, START) is None


def test_lists_read_as_sentences() -> None:
    """None, one and several parts."""
    assert joined([]) == ""
    assert joined(["tea"]) == "tea"
    assert joined(["tea", "time"]) == "tea and time"
