"""Identity by content: canonical JSON and its SHA-256."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from pydantic import BaseModel


def canonical_json(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, no escapes beyond JSON's own.

    Two equal values give the same text on every machine and in every process. Strings are kept
    as they are: no Unicode normalisation, since two spellings are two different posts.

    Args:
        value: A model, or anything `json` can write. NaN and infinity are a `ValueError`.

    >>> canonical_json({"b": 1, "a": ["é", None]})
    '{"a":["é",null],"b":1}'
    """
    return json.dumps(
        _plain(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )


def sha256(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON. Shape: 64 hexadecimal digits.

    >>> sha256({"a": 1})[:12]
    '015abd7f5cc5'
    """
    text = canonical_json(value)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> object:
    if value is None or type(value) in {str, int, float, bool}:
        return value
    match value:
        case BaseModel():
            return value.model_dump(mode="json")
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case str():
            return value
        case Sequence() | set() | frozenset():
            items = [_plain(item) for item in value]
            return sorted(items, key=str) if isinstance(value, set | frozenset) else items
        case _:
            return value
