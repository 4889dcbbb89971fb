"""Lines of result files, the strange ones included."""

import pytest

from secondcoder.coding.batch_results import is_carried_out, read_results


@pytest.mark.parametrize(
    "line",
    [
        b"not JSON",
        b"[1, 2]",
        b'{"response": null}',
        b'{"custom_id": 7}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_result_is_told_apart(line: bytes) -> None:
    """It takes none of its neighbours with it."""
    good = b'{"custom_id": "a", "response": {"status_code": 200, "body": {"choices": []}}}'
    first, strange, last = read_results(b"\n".join((good, line, good)))
    assert strange is None
    assert first == last
    assert first is not None
    assert (first.custom_id, first.status) == ("a", 200)


def test_only_line_feeds_end_a_line() -> None:
    """Replies hold other characters that some readers take for line ends."""
    text = '{"custom_id": "a", "response": {"status_code": 200, "body": "x\u2028y\x85z"}}\r\n\n'
    (result,) = read_results(text.encode())
    assert result is not None
    assert result.body == "x\u2028y\x85z"


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        (
            b'{"custom_id": "a", "error": {"code": "batch_expired"}, "response": null}',
            0,
            "batch_expired",
        ),
        (b'{"custom_id": "a"}', 0, ""),
        (b'{"custom_id": "a", "response": "?"}', 0, ""),
        (
            b'{"custom_id": "a", "response": {"status_code": 400, "body": '
            b'{"error": {"code": "x", "message": "m"}}}}',
            400,
            "x",
        ),
    ],
)
def test_errors_stand_beside_the_response_or_in_it(line: bytes, status: int, code: str) -> None:
    """A request that was not so much as tried has no status."""
    (result,) = read_results(line)
    assert result is not None
    assert (result.status, result.code, is_carried_out(result)) == (status, code, status > 0)
