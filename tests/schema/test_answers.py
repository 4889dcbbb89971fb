"""Answers as they are kept."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from secondcoder.schema.answers import Answer
from secondcoder.schema.codings import Failure, LeftOut, LeftOutReason


def answer(key: str = "0" * 64) -> Answer:
    """Return an answer under a key."""
    return Answer(
        key=key,
        post_id="p1",
        outcome=LeftOut(reason=LeftOutReason.NO_IDEA),
        raw="{}",
        model="some-model",
        prompt_sha256="1" * 64,
        codebook_sha256="2" * 64,
        answered_at=datetime(2024, 5, 14, 19, tzinfo=UTC),
    )


def test_an_answer_survives_json() -> None:
    """With its outcome and its moment."""
    kept = answer()
    assert Answer.model_validate_json(kept.model_dump_json()) == kept
    failed = kept.model_copy(update={"outcome": Failure(error="E", detail="d")})
    assert Answer.model_validate_json(failed.model_dump_json()) == failed


@pytest.mark.parametrize("key", ["", "0" * 63, "G" * 64, "0" * 64 + "\n", "A" * 64])
def test_a_key_is_a_sha256(key: str) -> None:
    """Anything else would never be found again."""
    with pytest.raises(ValidationError):
        answer(key)
