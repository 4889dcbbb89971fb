"""A model that drafts, with the ledger behind it: what the verbs that need words share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from secondcoder.api.coding import LEDGER_NAME
from secondcoder.coding.coders import is_embedded
from secondcoder.errors import InputError
from secondcoder.schema.drafting import Asker
from secondcoder.schema.options import ModelOptions
from secondcoder.store.ledger import Ledger


@asynccontextmanager
async def drafting(
    coder: str, options: ModelOptions | None, ledger: Path | None, *, beside: Path | None
) -> AsyncIterator[Asker]:
    """Yield who asks the model; what it answers is in the ledger before it is used.

    Args:
        coder: `openai/gpt-5-mini`, another provider's name, or a server's own with a base URL.
        options: How the model is reached and asked.
        ledger: Keeps the drafts. Default: `secondcoder-ledger.sqlite` beside `beside`.
        beside: What is written; None: this folder.

    Raises:
        InputError: If the coder is the embedded one, which writes nothing.
    """
    from secondcoder.coding.asking import ModelAsker  # noqa: PLC0415  # openai, instructor

    if is_embedded(coder):
        raise InputError(
            f"coder {coder} writes no sentences; leave it out, or name a model such as "
            f"openai/gpt-5-mini"
        )
    path = ledger or (beside.parent if beside else Path()) / LEDGER_NAME
    with Ledger(path) as drafts:
        asker = ModelAsker(coder, options=options or ModelOptions(), drafts=drafts)
        async with asker:
            yield asker
