"""Full names: people with their titles, and wards and hospitals that go by a name.

What marks them is a word beside them, such as "Dr", "ward" or "royal", however they are written.
"""

import re
from collections.abc import Iterable, Iterator

_ANY_WORD = re.compile(r"\w+(?:['\u2019.-]\w+)*")
"""Of an author's name, which may hold figures; its @ and its pictures are none."""
_TITLES = r"dr|mr|mrs|ms|miss|mx|prof|professor"
TITLE = re.compile(rf"(?i)\b(?:{_TITLES})\.? $")
"""Before who is titled so."""
_TITLED = re.compile(
    rf"\b(?i:{_TITLES})\.? ((?:[^\W\d_a-z][^\W\d_]*(?:['\u2019-][^\W\d_]+)* ?){{2,4}})"
)
_IS_TITLE = re.compile(rf"(?i)(?:{_TITLES})\.?")
_IS_DEGREE = re.compile(r"[A-Z](?:[A-Z]|[a-z]{1,2}[A-Z])[A-Za-z]{0,4}")
"""Letters behind a name: RN, MBE, PhD, FRCPath."""
_END_OF_NAME = re.compile(r"[,;|(\[/\u2013\u2014\u00b7\u2022]|\s-\s")
"""Where an author's name stops and what he or she does begins."""
_FEWEST_PARTS = 2

_ROOMS = r"ward|bay|unit|room|theatre|block|clinic"
WARD = re.compile(
    rf"(?<!\w)(?i:(?P<kept>(?:{_ROOMS}) ))(?:(?i:[a-z]\d{{1,3}}|\d{{1,3}}[a-z])|[A-HJ-Z])(?!\w)"
    rf"|(?<!\w)(?i:(?P<place>(?:in|at|on|from|to|near) (?:{_ROOMS}) ))\d{{1,3}}(?!\w)"
)
"""A ward by its number or letter; a number alone only behind "on" and the like, since "in our ward
12 beds" counts beds."""

HOSPITAL = re.compile(
    r"(?i)(?<!\w)(?:st\.?|saint|royal|queen|king|prince|princess|duke|duchess|lady)(?:['\u2019]s)?"
    r"(?: (?!(?:of|the|in|at|to|an?|and|for|my|our|your|their|this|that|is|was)\b)"
    r"[^\W\d_]+(?:['\u2019-][^\W\d_]*)*){1,2} (?:hospitals?|infirmary|hospice|clinic|surgery)(?!\w)"
    r"(?P<behind>,? (?P<town>[^\W\d_]+)(?=\s*(?:[.,;:!?)]|$)))?"
)
"""A hospital called by a saint or somebody royal, with one word behind that ends a sentence or a
part of one: a town, unless others in the chat write it."""


def full_names(people: Iterable[str]) -> Iterator[str]:
    """Yield what people go by: all of it, and the name in it without titles and degrees.

    >>> list(full_names(["Dr Sam Hill RN (he/him)"]))
    ['Dr Sam Hill RN (he/him)', 'Sam Hill']
    """
    for name in people:
        yield name
        bare = _bare(_END_OF_NAME.split(name)[0])
        if bare != name:
            yield bare


def titled_names(texts: Iterable[str]) -> Iterator[str]:
    """Yield names of two words or more that stand behind a title, without degrees.

    >>> list(titled_names(["I asked Dr Sam Hill RN about it"]))
    ['Sam Hill']
    """
    for text in texts:
        for found in _TITLED.finditer(text):
            yield _bare(found[1])


def any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of these names, the longest first; nothing where there is none."""
    spaced = {r"\s+".join(map(re.escape, _ANY_WORD.findall(name))) for name in names}
    longest_first = "|".join(sorted(spaced, key=len, reverse=True))
    return re.compile(rf"(?i)(?<!\w)(?:{longest_first or '(?!)'})(?!\w)")


def parts_of(name: str) -> list[str]:
    """Return the words of a name."""
    return _ANY_WORD.findall(name)


def _bare(name: str) -> str:
    """Return a name without titles in front and degrees behind; of one word, what it was."""
    parts = parts_of(name)
    while len(parts) > 1 and _IS_TITLE.fullmatch(parts[0]):
        parts.pop(0)
    while len(parts) > _FEWEST_PARTS and _IS_DEGREE.fullmatch(parts[-1]):
        parts.pop()
    return " ".join(parts)
