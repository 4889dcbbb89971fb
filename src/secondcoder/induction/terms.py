"""Terms: the words that tell one group of texts from the others."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

Analyze = Callable[[str], list[str]]
"""Splits a text into the stems that count, without words that say little."""

_FEWEST_TEXTS = 2
_FEWEST_LETTERS = 3
_MOST_LETTERS = 3
"""Of a function word, where no list tells them."""


def group_terms(groups: Sequence[Sequence[str]], analyze: Analyze, *, n: int) -> list[list[str]]:
    """Return each group's terms, the most telling first, as the word is most often written.

    A term stands in two texts of the group at least, has three letters or more and is no number. It
    is telling when many texts of the group hold it and few groups do.
    Source: class-based TF-IDF, Grootendorst (2022), BERTopic, section 3.3, with texts counted
    instead of occurrences, so that one long text can't name a group.

    Args:
        groups: Texts, by group.
        analyze: Splits a text into stems.
        n: How many terms at most.

    >>> group_terms([["tea time", "more tea"], ["a pause", "pauses"]], str.split, n=1)
    [['tea'], []]
    """
    spelt = _spellings([text for texts in groups for text in texts], analyze)
    held = [Counter(stem for text in texts for stem in set(analyze(text))) for texts in groups]
    held = [
        Counter({
            stem: n_texts
            for stem, n_texts in counts.items()
            if n_texts >= _FEWEST_TEXTS and len(stem) >= _FEWEST_LETTERS and stem.isalpha()
        })
        for counts in held
    ]
    n_with = Counter(stem for counts in held for stem in counts)
    return [
        [
            spelt[stem]
            for stem, _ in sorted(
                counts.items(),
                key=lambda item: (
                    -item[1] * math.log(1 + len(groups) / n_with[item[0]]),
                    item[0],
                ),
            )[:n]
        ]
        for counts in held
    ]


def without_function_words(texts: Iterable[str], analyze: Analyze) -> Analyze:
    """Return how to split a text where no list tells which words say little.

    Left out are words that more than half of the texts hold, and, in scripts that have capitals,
    words of three letters or fewer: in most languages those are articles and prepositions. Our
    choice, on an invented chat in Spanish.

    Args:
        texts: All of the chat.
        analyze: Splits a text into stems.

    >>> split = without_function_words(["los tés del día", "los turnos", "una casa"], str.split)
    >>> split("los turnos del día en una casa")
    ['turnos', 'casa']
    """
    held = [set(_words(text)) for text in texts]
    counts = Counter(word for words in held for word in words)
    common = {word for word, n in counts.items() if 2 * n > len(held) and n >= _FEWEST_TEXTS}

    def split(text: str) -> list[str]:
        kept = (
            word
            for word in _words(text)
            if word not in common and (len(word) > _MOST_LETTERS or word.upper() == word.lower())
        )
        return analyze(" ".join(kept))

    return split


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()


def _spellings(texts: Sequence[str], analyze: Analyze) -> dict[str, str]:
    """Return each stem's most frequent word, the shortest of equals."""
    written: dict[str, Counter[str]] = {}
    for text in texts:
        for word in _words(text):
            for stem in analyze(word):
                written.setdefault(stem, Counter())[word] += 1
    return {
        stem: min(words, key=lambda word: (-words[word], len(word), word))
        for stem, words in written.items()
    }


def in_marks(name: str) -> str:
    """Return a name in quotation marks; one that begins with them has its own.

    >>> in_marks("Tea"), in_marks("“Tea, please”")
    ('“Tea”', '“Tea, please”')
    """
    return name if name.startswith("“") else f"“{name}”"


def listed(words: Sequence[str], last: str) -> str:
    """Return words as a list in a sentence.

    >>> listed(["tea", "cake", "time"], "or")
    'tea, cake or time'
    """
    head = ", ".join(words[:-1])
    return f"{head} {last} {words[-1]}" if head else "".join(words)
