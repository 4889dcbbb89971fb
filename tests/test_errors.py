"""Errors cross from one process to another unchanged."""

import pickle

import pytest

from secondcoder.coding.faults import RejectedError
from secondcoder.errors import (
    CodebookError,
    MissingExtraError,
    ResponseError,
    SecondCoderError,
    TransientProviderError,
)


@pytest.mark.parametrize(
    "error",
    [
        CodebookError("line 7: theme 'trust' appears twice"),
        MissingExtraError("ray", "coding on several machines"),
        TransientProviderError("answered 429", retry_after_s=2.5),
        ResponseError("no JSON", raw="hello"),
        RejectedError("too long", raw="hello"),
    ],
)
def test_an_error_survives_pickling(error: SecondCoderError) -> None:
    """Class, message and everything else it carries."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # made here
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)
