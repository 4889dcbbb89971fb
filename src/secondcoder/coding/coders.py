"""Coders by name: the one place that knows which word makes which coder."""

from secondcoder.coding.tasks import PostCoder
from secondcoder.schema.answers import AnswerStore
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.options import ModelOptions

EMBEDDED = "embedded"


def is_embedded(name: str) -> bool:
    """Return whether a coder's name is that of the embedded coder, which asks no model.

    >>> is_embedded("embedded:my-vectors"), is_embedded("openai/gpt-5-mini")
    (True, False)
    """
    return name.partition(":")[0] == EMBEDDED


def coder_named(
    name: str,
    codebook: Codebook,
    *,
    options: ModelOptions | None = None,
    answers: AnswerStore | None = None,
) -> PostCoder:
    """Return the coder of that name; nothing is read or sent yet.

    A name that no coder can have is an `InputError`.

    Args:
        name: `embedded`, `embedded:MODEL`, or `PROVIDER/MODEL`.
        codebook: Questions and themes.
        options: How a model is reached and asked; the embedded coder takes none.
        answers: Where a model's answers are looked up first, and kept.
    """
    if is_embedded(name):
        from secondcoder.coding.embedded import EmbeddedCoder  # noqa: PLC0415  # scikit-learn
        from secondcoder.coding.similarity import load_embeddings  # noqa: PLC0415  # as above

        model = name.partition(":")[2]
        back_end = load_embeddings(model, language=codebook.language) if model else None
        return EmbeddedCoder(codebook, back_end=back_end)
    from secondcoder.coding.model import ModelCoder  # noqa: PLC0415  # openai, instructor

    return ModelCoder(codebook, model=name, options=options or ModelOptions(), answers=answers)
