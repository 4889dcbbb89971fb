"""The table of keys: what was put in is found, in a dict or in arrays."""

import random

import pytest

from secondcoder.ingest.hash_table import HashTable


@pytest.mark.parametrize("n_keys", [10, 200_000])
def test_what_was_put_in_is_found_and_nothing_else(n_keys: int) -> None:
    """A few keys lie in a dict, many in arrays; a value that is put twice is the later one."""
    drawn = random.Random(5)  # noqa: S311  # no secret
    values = {drawn.getrandbits(64): drawn.getrandbits(63) + 1 for _ in range(n_keys)}
    table = HashTable()
    for key in values:
        table.set(key, 1)
    for key, value in values.items():
        table.set(key, value)
    assert all(table.get(key) == value for key, value in values.items())
    others = [drawn.getrandbits(64) for _ in range(1000)]
    assert [table.get(key) for key in others] == [values.get(key, 0) for key in others]
