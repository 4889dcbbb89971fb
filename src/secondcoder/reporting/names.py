"""Names: capitalised words of a chat that are likely to name somebody or some place."""

import re
from collections.abc import Collection, Iterable

from secondcoder.reporting.wording import MONTHS

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_INSIDE = re.compile(r"(?<=[\w,;] )[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
"""Words in the middle of a sentence, where a capital means something."""
_ENDING = re.compile(r"['\u2019]\w{1,2}$")
"""Of `Ann's`, and of `I've`, which is no name."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NO_NAMES = frozenset(("i", *_DAYS, *(month.casefold() for month in MONTHS)))
_TAGS = re.compile(r"[#@]\w+|https?://\S+")
MASK = "[name]"


class Names:
    """The likely names of a chat, learnt from all its posts.

    A word is taken for a name when it is capitalised in the middle of a sentence somewhere, is no
    abbreviation in capitals, and is nowhere written small. That is a rule, not knowledge: it masks
    `Friday Club` and misses a name that is also a word. A person reads the report before it goes
    out.
    """

    def __init__(self, texts: Iterable[str], *, known: Collection[str] = ()) -> None:
        """Learn the names.

        Args:
            texts: All posts of the chat.
            known: Words that are no names, such as those of the questions and themes.
        """
        small: set[str] = {word.casefold() for text in known for word in _WORD.findall(text)}
        capital: set[str] = set()
        for text in texts:
            plain = _TAGS.sub(" ", text)
            small |= {word for word in _WORD.findall(plain) if word.islower()}
            capital |= {
                _ENDING.sub("", word)
                for word in _INSIDE.findall(plain)
                if word[0].isupper() and not word.isupper()
            }
        self._names = {
            name
            for name in capital
            if name.casefold() not in small and name.casefold() not in _NO_NAMES
        }

    def hide(self, text: str) -> str:
        """Return the text with every likely name masked, a name of several words once.

        >>> Names(["we asked Dr Okafor there"]).hide("Okafor's idea, said Dr Okafor")
        "[name]'s idea, said [name]"
        """
        masked = _WORD.sub(self._masked, text)
        return re.sub(rf"(?:{re.escape(MASK)}[ -])+(?={re.escape(MASK)})", "", masked)

    def _masked(self, found: re.Match[str]) -> str:
        word = found.group()
        bare = _ENDING.sub("", word)
        return MASK + word[len(bare) :] if bare in self._names else word
