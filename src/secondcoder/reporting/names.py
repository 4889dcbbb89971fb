"""Names: words of a chat that are likely to name somebody or some place."""

import re
from collections import Counter
from collections.abc import Collection, Iterable

from secondcoder.reporting.full_names import (
    HOSPITAL,
    TITLE,
    WARD,
    any_of,
    full_names,
    parts_of,
    titled_names,
)
from secondcoder.reporting.wording import MONTHS

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_PART = re.compile(r"[^\W\d_a-z]?[^\W\d_A-Z]+|[^\W\d_]+")
"""Of `AnnOkafor` and `ann_okafor`: both names."""
_ENDING = re.compile(r"['\u2019]\w{1,2}$")
"""Of `Ann's`, and of `I've`, which is no name."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NO_NAMES = frozenset((
    "i",
    *_DAYS,
    *(f"{day}s" for day in _DAYS),
    *(month.casefold() for month in MONTHS),
))
_TAGS = re.compile(r"[#@]\w+|https?://\S+")
_LABEL = re.compile(r"(?i)(?<!\w)[aq]\d{1,2}[a-z]?(?!\w)[\s.:)-]*")
"""Which question a post answers: a sentence begins behind it."""
_HANDLE = re.compile(r"(?<!\w)@(\w+)")
_INSIDE = re.compile(r"[\w,;] $")
"""Before a word in the middle of a sentence, where a capital means something."""
_PLACE = re.compile(r"(?i)\b(?:in|at|from|near) $")
_SHORTEST = 3
"""Letters of a handle's part that can be a name."""
_SHORTEST_IN_CAPITALS = 4
"""Letters of a name that is hidden in capitals: `ED` is a department more often than a man."""
_ORDINARY = 2
"""Posts that write a word small from which it is one of the language, and no handle's own."""
MASK = "[name]"


class Names:
    """The likely names of a chat, learnt from all its posts and from who wrote them.

    A word is taken for a name, however it is written,

    - when it is capitalised in the middle of a sentence, is no abbreviation in capitals, and at
      least twice as many posts write it so as write it small; behind "in", "at", "from" or "near",
      where places stand, a post counts twice;
    - when it stands behind a title such as "Dr", and is nowhere else written small;
    - when it is a part of an author's or a mentioned handle, and one post at most writes it small.

    The whole name of an author is hidden however it is written, where it is of several words or
    holds a figure or a stroke, such as `Sam Hill` and `Guest22`; so is the name in `Dr Sam Hill
    RN`, an author or somebody whom a post titles. Wards are hidden by their number or letter,
    hospitals where a saint or somebody royal is in their name: see `full_names`.

    Others are hidden where they are capitalised in the middle of a sentence and stand behind a
    title or where places do, or are part of a handle. That is a rule, not knowledge: it masks
    `Friday Club`, and misses names that are words and names that are only written small. Words that
    people add are hidden wherever they stand. A person reads the report before it goes out.
    """

    def __init__(
        self,
        texts: Iterable[str],
        *,
        known: Collection[str] = (),
        themes: Iterable[str] = (),
        people: Iterable[str] = (),
        also: Iterable[str] = (),
    ) -> None:
        """Learn the names.

        Args:
            texts: All posts of the chat.
            known: Words that are no names, such as those of the questions.
            themes: Names of themes. Their words are no names where a place or a title stands in
                front, unless the posts make them names: a theme may be called by a person.
            people: Handles and names of those who wrote.
            also: Names, places and other words to hide, as somebody listed them.
        """
        self._known = {word.casefold() for text in known for word in _WORD.findall(text)}
        self._small: Counter[str] = Counter()
        capital: Counter[str] = Counter()
        titled: set[str] = set()
        handles, said = list(people), list(texts)
        whole = (*full_names(handles), *titled_names(said))
        self._whole = any_of(name for name in whole if self._is_whole(name))
        for text in said:
            handles += _HANDLE.findall(text)
            plain = self._whole.sub(" ", HOSPITAL.sub(_unless_small, _TAGS.sub(" ", text)))
            self._learn(_LABEL.sub(". ", plain), capital, titled)
        parts = {
            part.casefold()
            for handle in handles
            for part in _PART.findall(handle)
            if len(part) >= _SHORTEST
        }
        no_names = self._known | _NO_NAMES
        self._handles = parts - no_names
        self._names = {
            *(word for word, n in capital.items() if n >= 2 * self._small[word]),
            *(word for word in titled if not self._small[word]),
            *(word for word in parts if self._small[word] < _ORDINARY),
        } - no_names
        theirs = {word.casefold() for text in themes for word in _WORD.findall(text)}
        self._known |= theirs - self._names - self._handles
        listed = sorted((word.strip() for word in also), key=len, reverse=True)
        self._also = [_anywhere(words) for words in listed if words]

    def hide(self, text: str) -> str:
        """Return the text with every likely name masked, a name of several words once.

        >>> Names(["we asked Dr Okafor there"]).hide("Okafor's idea, thanks okafor")
        "[name]'s idea, thanks [name]"
        """
        for listed in self._also:
            text = listed.sub(MASK, text)
        text = self._whole.sub(MASK, HOSPITAL.sub(self._masked_hospital, text))
        text = WARD.sub(lambda found: f"{found['kept'] or found['place']}{MASK}", text)
        masked = _WORD.sub(self._masked, text)
        masked = re.sub(rf"{_WORD.pattern}(?= {re.escape(MASK)})", self._first, masked)
        return re.sub(rf"(?:{re.escape(MASK)}[ -])+(?={re.escape(MASK)})", "", masked)

    def _learn(self, text: str, capital: Counter[str], titled: set[str]) -> None:
        """Count in how many posts each word is written small, and how many have it for a name."""
        small, names = set[str](), set[str]()
        for found in _WORD.finditer(text):
            word, before = _ENDING.sub("", found.group()), text[: found.start()]
            if TITLE.search(before):
                titled.add(word.casefold())
            elif word.islower():
                small.add(word)
            elif _INSIDE.search(before) and _is_capital(word):
                names.add(word.casefold())
                if _PLACE.search(before):
                    capital[word.casefold()] += 1
        self._small.update(small)
        capital.update(names)

    def _is_whole(self, name: str) -> bool:
        """Return whether an author's name is more than one word, and not the study's own words."""
        parts = parts_of(name)
        if not any(map(str.isalpha, name)) or (len(parts) == 1 and parts[0].isalpha()):
            return False
        return not self._known.issuperset(part.casefold() for part in parts)

    def _masked(self, found: re.Match[str]) -> str:
        word, before = found.group(), found.string[: found.start()]
        if found.string[found.end() :].startswith("]") and before.endswith("["):
            return word  # what is masked already
        bare = _ENDING.sub("", word)
        return MASK + word[len(bare) :] if self._is_name(bare, before) else word

    def _is_name(self, word: str, before: str) -> bool:
        plain = word.casefold()
        if plain in self._names:
            return not word.isupper() or len(word) >= _SHORTEST_IN_CAPITALS
        if plain in self._known or plain in _NO_NAMES or not _is_capital(word):
            return False
        stands = _PLACE.search(before) or TITLE.search(before) or plain in self._handles
        return bool(stands and _INSIDE.search(before))

    def _masked_hospital(self, found: re.Match[str]) -> str:
        town = (found["town"] or "").casefold()
        is_word = self._small[town] >= _ORDINARY or town in self._known | _NO_NAMES
        return f"{MASK}{found['behind'] if found['behind'] and is_word else ''}"

    def _first(self, found: re.Match[str]) -> str:
        """Return a mask for a capitalised word before a name that nobody writes small."""
        word = found.group()
        plain = word.casefold()
        is_name = _is_capital(word) and not self._small[plain] and not TITLE.match(f"{word} ")
        return MASK if is_name and plain not in self._known | _NO_NAMES else word


def _anywhere(words: str) -> re.Pattern[str]:
    """Return what finds these words as a whole, however they are written."""
    spaced = r"\s+".join(map(re.escape, words.split()))
    return re.compile(rf"(?i)(?<!\w){spaced}(?!\w)")


def _unless_small(found: re.Match[str]) -> str:
    """Return a name that is written with capitals, of which more is learnt."""
    return " " if found.group().islower() else found.group()


def _is_capital(word: str) -> bool:
    """Return whether a word begins with a capital and is no abbreviation, such as NHS or HCAs."""
    return word[0].isupper() and not word.removesuffix("s").isupper()
