"""Coders by name: the one place that knows which word makes which coder."""

import re
from typing import NamedTuple

from pydantic import SecretStr

from secondcoder.coding.acquaintance import Acquaintance
from secondcoder.coding.endpoints import NO_KEY
from secondcoder.coding.monitor import Monitor
from secondcoder.coding.pricing import Budget
from secondcoder.coding.tasks import PostCoder
from secondcoder.errors import InputError
from secondcoder.schema.answers import AnswerStore
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.drafting import DraftStore
from secondcoder.schema.options import ModelOptions

EMBEDDED = "embedded"
_SAMPLES_APART = 1000
"""What is asked once more to measure with is none of the samples that a panel asks for."""
_ADDRESS = re.compile(r"(?P<model>.+?)@(?P<url>https?://.+)")


def is_embedded(name: str) -> bool:
    """Return whether a coder's name is that of the embedded coder, which asks no model.

    >>> is_embedded("embedded:my-vectors"), is_embedded("openai/gpt-5-mini")
    (True, False)
    """
    return name.partition(":")[0] == EMBEDDED


class Seat(NamedTuple):
    """A coder as it was named, and how it is asked if it is a model."""

    name: str
    model: str
    options: ModelOptions

    @property
    def is_embedded(self) -> bool:
        """Whether it needs no server."""
        return is_embedded(self.model)

    def in_batches(self) -> "Seat":
        """Return the same as batches ask it: they take a day, so nothing is measured for them."""
        size = self.options.posts_per_request or 1
        options = self.options.model_copy(update={"posts_per_request": size})
        return self._replace(options=options)


def seat(name: str, options: ModelOptions | None = None) -> Seat:
    """Return who a coder's name means: `MODEL@URL` is a model behind an address of its own.

    No key goes to that address, unless it is the one that the options name.

    >>> seat("qwen3@http://localhost:11434/v1").options.base_url
    'http://localhost:11434/v1'
    """
    options = options or ModelOptions()
    found = _ADDRESS.fullmatch(name)
    if found is None or is_embedded(name):
        return Seat(name, name, options)
    changed: dict[str, object] = {"base_url": found["url"]}
    if found["url"] != options.base_url:
        changed["api_key"] = SecretStr(NO_KEY)
    asked = ModelOptions.model_validate(dict(options) | changed)
    return Seat(name, found["model"], asked)


def coder_named(  # noqa: PLR0913  # all but two by keyword
    name: str,
    codebook: Codebook,
    *,
    options: ModelOptions | None = None,
    answers: AnswerStore | None = None,
    budget: Budget | None = None,
    takes_single: bool = False,
    monitor: Monitor | None = None,
) -> PostCoder:
    """Return the coder of that name; nothing is read or sent yet.

    A name that no coder can have is an `InputError`.

    Args:
        name: `embedded`, `embedded:MODEL`, `PROVIDER/MODEL`, or `MODEL@URL`.
        codebook: Questions and themes.
        options: How a model is reached and asked; the embedded coder takes none.
        answers: Where a model's answers are looked up first, and kept.
        budget: Shared with other coders; None: the options', for this coder alone.
        takes_single: Whether an answer about a post alone serves where several share a request.
        monitor: Shared likewise: told what is used, and why nothing is asked.

    Raises:
        InputError: If likelihoods are asked for where they can't be kept.
    """
    if is_embedded(name):
        from secondcoder.coding.embedded import EmbeddedCoder  # noqa: PLC0415  # scikit-learn
        from secondcoder.coding.similarity import load_embeddings  # noqa: PLC0415  # as above

        model = name.partition(":")[2]
        back_end = load_embeddings(model, language=codebook.language) if model else None
        return EmbeddedCoder(codebook, back_end=back_end)
    from secondcoder.coding.model import ModelCoder  # noqa: PLC0415  # openai, instructor
    from secondcoder.coding.packed import PackedCoder  # noqa: PLC0415  # as above

    one = seat(name, options)
    if one.options.likelihoods:
        from secondcoder.coding.weighing import WeighingCoder  # noqa: PLC0415  # as above

        if answers is not None and not isinstance(answers, DraftStore):
            raise InputError("--likelihoods: answers can't be kept by workers; leave out --engine")
        return WeighingCoder(
            codebook,
            model=one.model,
            options=one.options,
            drafts=answers,
            budget=budget,
            monitor=monitor,
        )
    if one.options.posts_per_request is not None:
        return ModelCoder(
            codebook,
            model=one.model,
            options=one.options,
            answers=answers,
            budget=budget,
            takes_single=takes_single,
            monitor=monitor,
        )
    shared, known = budget or Budget(one.options.budget_usd), Acquaintance()

    def make(size: int, *, time: int = 1, takes_single: bool = False) -> ModelCoder:
        sample = one.options.sample + _SAMPLES_APART * (time - 1)
        changed = {"posts_per_request": size, "sample": sample}
        return ModelCoder(
            codebook,
            model=one.model,
            options=one.options.model_copy(update=changed),
            answers=answers,
            budget=shared,
            takes_single=takes_single,
            monitor=monitor,
            known=known,
        )

    return PackedCoder(make)
