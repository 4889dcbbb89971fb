"""Paraphrases of quotes: the same said in words that nobody can search for."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import Field

from secondcoder.induction.together import together
from secondcoder.schema.codings import Failure
from secondcoder.schema.copies import copied_words
from secondcoder.schema.drafting import Asker, Prompt
from secondcoder.schema.forms import Form

_BATCH = 8
_LONGEST_COPY = 4
"""So many words in a row of a quote may stand in its paraphrase; five can be searched for."""
_KEEPS = "keeps the words"
_WHY = {
    "ResponseError": "no reply was of the form asked for",
    "RejectedError": "the server refused the request",
    "CutOffError": "the reply ended at the limit of its length",
    "RefusalError": "the model declined to answer",
}
"""Why there is no paraphrase, by the name of the error, in words that repeat none of a quote."""


class ParaphraseReply(Form):
    """A quote in other words."""

    quote: int = Field(description="Number of the quote.")
    text: str = Field(min_length=1, description="The paraphrase.")


class ParaphrasesReply(Form):
    """Every quote in other words, each once."""

    paraphrases: list[ParaphraseReply]


async def paraphrases(texts: Sequence[str], *, language: str, asker: Asker) -> list[str | Failure]:
    """Return each text in other words, or why there are none.

    A request that keeps failing is asked once more for each of its texts alone, so that one text
    can't take others with it.

    Args:
        texts: Quotes.
        language: Of the quotes, ISO 639-1.
        asker: Asks the model.
    """
    batches = [texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
    found = await together(_batch(batch, language, asker) for batch in batches)
    return [one for batch in found for one in batch]


def why_missing(failures: Iterable[Failure]) -> str:
    """Return why there are no paraphrases, the most frequent reason first; no word of a quote.

    >>> why_missing([Failure(error="CutOffError", detail="too long")])
    'of 1, the reply ended at the limit of its length'
    """
    counts = Counter(map(_why, failures))
    return "; ".join(f"of {n:,}, {why}" for why, n in counts.most_common())


def _why(failure: Failure) -> str:
    if _KEEPS in failure.detail:
        return f"every reply kept {_LONGEST_COPY + 1} words in a row of the quote, or more"
    return _WHY.get(failure.error, f"the provider failed ({failure.error})")


async def _batch(texts: Sequence[str], language: str, asker: Asker) -> list[str | Failure]:
    reply = await asker.ask(_prompt(texts, language))
    if not isinstance(reply, Failure):
        by_number = {one.quote: " ".join(one.text.split()) for one in reply.paraphrases}
        return [by_number[number] for number in range(1, len(texts) + 1)]
    if len(texts) == 1:
        return [reply]
    alone = await together(_batch([text], language, asker) for text in texts)
    return [one for part in alone for one in part]


def _prompt(texts: Sequence[str], language: str) -> Prompt[ParaphrasesReply]:
    def check(reply: ParaphrasesReply) -> str | None:
        counts = Counter(one.quote for one in reply.paraphrases)
        for number, text in enumerate(texts, 1):
            if counts[number] != 1:
                return f"quote {number} is given {counts[number]} times"
            given = next(one.text for one in reply.paraphrases if one.quote == number)
            copied = copied_words(given, text, longest=_LONGEST_COPY)
            if copied is not None:
                return f"quote {number} {_KEEPS} '{copied}'"
        unknown = sorted(set(counts) - set(range(1, len(texts) + 1)))
        return f"there is no quote {unknown[0]}" if unknown else None

    return Prompt(
        task="paraphrase",
        version=1,
        system={"language": language},
        user={"quotes": list(texts)},
        reply=ParaphrasesReply,
        check=check,
        expected=lambda: _as_long(texts),
    )


def _as_long(texts: Sequence[str]) -> ParaphrasesReply:
    """Return paraphrases that are as long as the texts."""
    return ParaphrasesReply(
        paraphrases=[
            ParaphraseReply(quote=number, text=text) for number, text in enumerate(texts, 1)
        ]
    )
