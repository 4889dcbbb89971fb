"""A table from 64-bit keys to 64-bit values in a third of a dict's memory, for a million posts."""

import hashlib
from array import array

_GOLDEN = 0x9E3779B97F4A7C15
"""2**64 divided by the golden ratio spreads keys. Source: Knuth, TAOCP 3, 6.4."""
_MASK = 2**64 - 1
_FILLED = 0.6
NUMERIC = 1 << 63
"""Set in the keys of texts, never in those of numbers."""
LONGEST_NUMBER = 19
_FEW = 1 << 16
"""Up to so many entries a dict holds them: it takes a few MB then, and is many times as fast."""


class HashTable:
    """Open addressing over two arrays; values are positive, 0 stands for "not there"."""

    def __init__(self) -> None:
        self._few: dict[int, int] | None = {}
        self._bits = 10
        self._n = 0
        self._keys = self._values = array("Q")

    def get(self, key: int) -> int:
        """Return the value under a key, 0 if there is none."""
        if self._few is not None:
            return self._few.get(key, 0)
        return self._values[self._slot(key)]

    def set(self, key: int, value: int) -> None:
        """Put a positive value under a key, in place of any other."""
        if self._few is not None:
            self._few[key] = value
            if len(self._few) > _FEW:
                self._pack(self._few)
            return
        slot = self._slot(key)
        if not self._values[slot]:
            self._n += 1
            if self._n > _FILLED * len(self._keys):
                self._grow()
                slot = self._slot(key)
        self._keys[slot] = key
        self._values[slot] = value

    def _slot(self, key: int) -> int:
        keys, values = self._keys, self._values
        slot = (key * _GOLDEN & _MASK) >> (64 - self._bits)
        while values[slot] and keys[slot] != key:
            slot = slot + 1 & len(keys) - 1
        return slot

    def _pack(self, few: dict[int, int]) -> None:
        """Put what a dict held into arrays."""
        self._few = None
        self._n = len(few)
        while self._n > _FILLED * (1 << self._bits):
            self._bits += 1
        self._keys = array("Q", bytes(8 << self._bits))
        self._values = array("Q", bytes(8 << self._bits))
        for key, value in few.items():
            slot = self._slot(key)
            self._keys[slot] = key
            self._values[slot] = value

    def _grow(self) -> None:
        old = zip(self._keys, self._values, strict=True)
        self._bits += 1
        self._keys = array("Q", bytes(8 << self._bits))
        self._values = array("Q", bytes(8 << self._bits))
        for key, value in old:
            if value:
                slot = self._slot(key)
                self._keys[slot] = key
                self._values[slot] = value


def key_of(*parts: str) -> int:
    """Return the 64-bit key of some text. Two of a million texts share one with odds of 1 : 4e7.

    >>> key_of("text", "a") == key_of("text", "b")
    False
    """
    told = "\x1f".join((*parts, "")).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big") | NUMERIC


def key_of_id(post_id: str) -> int:
    """Return the key of a post's id: the number itself if it is one, so that none collide.

    >>> key_of_id("1275551234567890123")
    1275551234567890123
    """
    if len(post_id) <= LONGEST_NUMBER and post_id.isdecimal() and post_id.isascii():
        number = int(post_id)
        # "007" is not "7".
        if number < NUMERIC and str(number) == post_id:
            return number
    return key_of("id", post_id)
