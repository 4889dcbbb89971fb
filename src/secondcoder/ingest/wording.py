"""Whether a text says a question: its words without furniture, compared."""

import html
import re

LIKENESS = 0.7
"""Share of words (Jaccard) from which an unlabelled post asks a known question. Our choice: a
question posted with a word or two changed keeps more, two questions of one chat share less."""
CONTAINED = 0.85
"""Share of a known question's words that a moderator's unlabelled post has to hold. Our choice."""
FEWEST = 4
"""A question of fewer distinct words is too short to be told by them."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_EDGE = re.compile(r"https?://\S+|(?<!\w)@\w+|[(\[]?\b[0-9]{1,2}/[0-9]{1,2}\b[)\]]?")


def is_alike(question: str, text: str, *, within: bool = False) -> bool:
    """Return whether a text says the question, in nearly its words.

    Args:
        question: The question's words; fewer than four are too few to tell.
        text: A post's text.
        within: Whether it is enough that the text holds the question beside other words.

    >>> is_alike("How do you build trust in teams?", "how do you build trust in teams #chat")
    True
    """
    asked, said = words_of(question), words_of(clean(text))
    if len(asked) < FEWEST:
        return False
    common = len(asked & said)
    if within and common >= CONTAINED * len(asked):
        return True
    return common >= LIKENESS * len(asked | said)


def clean(text: str) -> str:
    """Return a question's words without links, mentions, counters and hashtags at its edges.

    >>> clean(" What is #safety? #chat https://t.co/x")
    'What is safety?'
    """
    pieces = _EDGE.sub(" ", html.unescape(text)).split()
    start, end = 0, len(pieces)
    while start < end and pieces[start].startswith("#"):
        start += 1
    while end > start and pieces[end - 1].startswith("#") and pieces[end - 1][-1] != "?":
        end -= 1
    return " ".join(pieces[start:end]).replace("#", "").strip(' -\u2013\u2014:*|"\u201c\u201d')


def words_of(text: str) -> set[str]:
    """Return the distinct words of a text, in lower case."""
    return {word.casefold() for word in _WORD.findall(text)}
