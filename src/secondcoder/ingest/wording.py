"""Whether a text says a question: its words without furniture, compared."""

import html
import re
from functools import lru_cache

LIKENESS = 0.7
"""Share of words (Jaccard) from which an unlabelled post asks a known question. Our choice: a
question posted with a word or two changed keeps more, two questions of one chat share less."""
CONTAINED = 0.85
"""Share of a known question's words that a moderator's unlabelled post has to hold. Our choice."""
FEWEST = 4
"""A question of fewer distinct words is too short to be told by them."""

_SPACELESS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana and Han, which put no spaces between words."""
_CHARACTER = re.compile(f"[{_SPACELESS}]")
_LETTER = rf"(?:(?![{_SPACELESS}])[^\W_])"
_WORD = re.compile(rf"[{_SPACELESS}]|{_LETTER}+(?:['\u2019]{_LETTER}+)?")
_MARK = r"(?:[?\uff1f\u061f\u055e\u1367\u037e]|[\u0370-\u03ff\u1f00-\u1fff];(?!\w))"
"""`?`, its full-width, Arabic, Armenian, Ethiopic and Greek forms; Greek mostly types a `;`."""
_QUESTION_MARK = re.compile(_MARK)
_AT_END = re.compile(rf"{_MARK}\Z")
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
    asked, said = words_of(question), _words_said(text)
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
    while (
        end > start and pieces[end - 1].startswith("#") and not has_question_mark(pieces[end - 1])
    ):
        end -= 1
    return " ".join(pieces[start:end]).replace("#", "").strip(' -\u2013\u2014:*|"\u201c\u201d')


def has_question_mark(text: str) -> bool:
    r"""Return whether a text holds the question mark of any script.

    >>> [has_question_mark(text) for text in ("Why?", "لماذا؟", "为什么\uff1f", "Γιατί;", "So; no")]
    [True, True, True, True, False]
    """
    return _QUESTION_MARK.search(text) is not None


def ends_asking(text: str) -> bool:
    """Return whether a text ends in the question mark of any script.

    >>> ends_asking("لماذا؟"), ends_asking("Why? Because.")
    (True, False)
    """
    return _AT_END.search(text) is not None


def n_words(text: str) -> int:
    r"""Return how many words a text has, each character one where a script has no spaces.

    >>> n_words("Who helps?"), n_words("什么有效\uff1f")
    (2, 4)
    """
    return max(len(text.split()), len(_CHARACTER.findall(text)))


@lru_cache(maxsize=64)  # each of a chat's questions is compared with one post after the other
def words_of(text: str) -> frozenset[str]:
    """Return the distinct words of a text, in lower case; single characters as in `n_words`."""
    return frozenset(word.casefold() for word in _WORD.findall(text))


@lru_cache(maxsize=4)  # one post is compared with one question after the other
def _words_said(text: str) -> frozenset[str]:
    return words_of.__wrapped__(clean(text))
