"""What a model is asked for a key finding, and what its sentence may say."""

import re

from pydantic import Field

from secondcoder.induction.claims import claims_of
from secondcoder.induction.held_numbers import unheld_numbers
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.copies import copied_words
from secondcoder.schema.drafting import Prompt
from secondcoder.schema.forms import Form
from secondcoder.schema.quotes import Quote

_MOST_QUOTES = 40
"""Of a theme's quotes so many are shown to the model: the most typical ones."""
_MOST_CITED = 8
_MOST_WORDS = 60
_LONGEST_COPY = 7
"""So many words in a row of a quote may also stand in the sentence."""
_WORD = re.compile(r"[^\W_]+")


class FindingReply(Form):
    """What the participants said of the theme."""

    sentence: str = Field(description="One sentence in your own words.")
    quotes: list[int] = Field(description="Numbers of the quotes it rests on.")


def finding_prompt(
    codebook: Codebook,
    question_id: str | None,
    theme: Theme,
    quotes: tuple[Quote, ...],
    *,
    counted: str,
) -> Prompt[FindingReply]:
    """Return what to ask for the key finding of a theme.

    Args:
        codebook: Says the language and the question's words.
        question_id: The question; None for posts that answered none.
        theme: The theme.
        quotes: Its quotes, the most typical first.
        counted: The sentence that counts them.
    """
    shown = quotes[:_MOST_QUOTES]
    return Prompt(
        task="key-findings",
        version=1,
        system={"language": codebook.language},
        user={
            "question": codebook.question(question_id).text if question_id else "",
            "theme": theme.name,
            "definition": theme.definition,
            "counted": counted,
            "quotes": [quote.text for quote in shown],
        },
        reply=FindingReply,
        check=lambda reply: complaint_about(reply, shown),
        expected=lambda: _ordinary(len(shown)),
    )


def _ordinary(n_shown: int) -> FindingReply:
    """Return a sentence of ordinary length that rests on three quotes."""
    cited = list(range(1, min(n_shown, 3) + 1))
    return FindingReply(sentence=" ".join(["word"] * 25), quotes=cited)


def complaint_about(reply: FindingReply, shown: tuple[Quote, ...]) -> str | None:
    """Return what is wrong with a finding, or None: it cites what exists and invents no number.

    Args:
        reply: What the model said.
        shown: The quotes it was shown, numbered from 1.
    """
    unknown = [number for number in reply.quotes if not 1 <= number <= len(shown)]
    words = _WORD.findall(reply.sentence.casefold())
    if unknown:
        return f"it cites quote {unknown[0]}, and there are quotes 1 to {len(shown)}"
    if not 1 <= len(set(reply.quotes)) <= _MOST_CITED:
        return f"it must cite 1 to {_MOST_CITED} quotes"
    if not words or len(words) > _MOST_WORDS or len(reply.sentence.splitlines()) > 1:
        return "it must be one sentence of at most 40 words"
    cited = [shown[number - 1] for number in dict.fromkeys(reply.quotes)]
    said = _amount_said(reply.sentence, cited)
    if said is not None:
        return said
    for quote in shown:
        copied = copied_words(reply.sentence, quote.text, longest=_LONGEST_COPY)
        if copied is not None:
            return f"it repeats the words '{copied}' of a quote; use your own"
    return None


def _amount_said(sentence: str, cited: list[Quote]) -> str | None:
    """Return what is wrong with how many a sentence names, which is not the model's to say."""
    claims = claims_of(sentence)
    if claims:
        return (
            f"it says how many spoke ('{claims[0].words}'), which is counted and printed beside it"
        )
    unheld = unheld_numbers(sentence, (quote.text for quote in cited))
    if unheld:
        return f"it names {unheld[0]}, which stands in none of the quotes that it cites"
    return None
