"""Faults: how long to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from secondcoder.coding.faults import Endpoint, HttpFault, fault_of, retry_after_s
from secondcoder.errors import TransientProviderError

AT = Endpoint("http://127.0.0.1/v1", "tiny", "OPENAI_API_KEY")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "\u00b2"}, None),
        ({"retry-after": "86400"}, 120.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    ],
)
def test_the_wait_is_what_the_server_asked_for(
    headers: dict[str, str], seconds: float | None
) -> None:
    """Seconds, milliseconds or a date, at most two minutes; None leaves it to the back-off."""
    assert retry_after_s(headers) == seconds


def test_a_date_ahead_is_waited_for() -> None:
    """A minute ahead is somewhat less than a minute."""
    ahead = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    wait = retry_after_s({"retry-after": ahead})
    assert wait is not None
    assert 50 < wait <= 60


def test_a_transient_fault_carries_the_wait() -> None:
    """The retry policy reads it from the error."""
    error = fault_of(HttpFault(429, "slow down", headers={"retry-after": "3"}), AT)
    assert isinstance(error, TransientProviderError)
    assert error.retry_after_s == 3.0
