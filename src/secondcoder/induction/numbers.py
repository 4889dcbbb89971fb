"""Numbers in sentences: which are named, and which of those nobody counted or said."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

_TEENS = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {"zero": 0, "one": 1}
_LARGE = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
_VALUES = {word: value for value, word in enumerate(_TEENS, 2)} | {
    word: 10 * value for value, word in enumerate(_TENS, 2)
}
_PEOPLE = (
    r"(?:participant|person|people|respondent|contributor|author|voice|member|post|tweet|quote)s?"
)
_WORD = rf"(?:{'|'.join((*_VALUES, *_LARGE))})"
_IN_WORDS = (
    rf"\b(?:(?:a|one)(?= (?:{'|'.join(_LARGE)})\b) )?{_WORD}(?:(?:[ -]|(?:(?<=hundred)|"
    rf"(?<=thousand)) and )(?:{_WORD}|(?<=ty[ -])one))*\b(?![ -](?:thirds|quarters|way|sided)\b)"
    rf"|\b(?:dozens|hundreds|thousands|millions)\b"
    rf"|\bone(?= (?:(?:single )?{_PEOPLE}|of (?:the )?(?:\d+|{_WORD}|{_PEOPLE}))\b)"
    rf"|\bzero(?= {_PEOPLE}\b)"
)
"""In English. "One" is a pronoun as often as a number: it counts before people, posts and
"of" so many only, and "zero" before people and posts."""
_DIGITS = r"(?<![^\W_])(?<![^\W\d_]-)\d+(?:[.,]\d+)*(?!\d*(?:st|nd|rd|th|D)\b)"
"""Not those of names such as Q2 and COVID-19, nor of ordinals."""
COUNT = rf"(?:{_DIGITS}|{_IN_WORDS})"
"""The pattern of a number, in digits or in words."""
_NUMBER = re.compile(rf"(?i)(?P<number>{COUNT})(?P<share>\s*(?:%|per ?cent\b))?")

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|(?-i:March|May)|apr(?:il)?|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_YEAR = r"(?:19|20)\d\d(?!\d|[.,]\d)"
_DATE = re.compile(
    rf"(?i)\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}([./])\d{{1,2}}\1(?:\d\d){{1,2}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? {_YEAR})?"
    rf"|\b{_MONTH} (?:{_YEAR}|\d{{1,2}}(?:st|nd|rd|th)?\b(?:,? {_YEAR})?)"
    rf"|\b(?:in|since|by|from|until|till|during|before|after|of|between|and|to|early|late|mid|"
    rf"spring|summer|autumn|fall|winter)[ -]{_YEAR}(?:[-/–](?:\d\d){{1,2}})?"  # noqa: RUF001
    rf"(?!\s*(?:%|per ?cent\b)| (?:of |{_PEOPLE}\b))"
    rf"|\({_YEAR}\)"
    rf"|\b\d{{1,2}}:\d\d\b(?:\s?[ap]\.?m\b)?|\b(?:\d{{1,2}}|{_WORD})\s?(?:[ap]\.?m\b|o['’]clock\b)"  # noqa: RUF001
    rf"|\b24/7\b"
)
"""Days, years and times of day, which count nothing."""


class Figure(NamedTuple):
    """A number in a sentence."""

    words: str
    """As it is written."""
    value: str
    """Its digits without commas between thousands; "dozens" and the like stand for themselves."""
    is_share: bool
    """Of a hundred."""


def figures_of(text: str) -> Iterator[Figure]:
    """Yield the numbers that a text names, in order.

    >>> [figure.value for figure in figures_of("Twenty-five of 1,200 wards, one participant, 60 %")]
    ['25', '1200', '1', '60']
    >>> list(figures_of("One talks to one another in Q2, the 3rd time, on a two-way radio"))
    []
    """
    for found in _NUMBER.finditer(text):
        words = found["number"]
        yield Figure(words, value_of(words), found["share"] is not None)


def numbers_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the numbers that texts name, as digits without commas between thousands."""
    return frozenset(figure.value for text in texts for figure in figures_of(text))


def unheld_numbers(sentence: str, held: Collection[str]) -> tuple[str, ...]:
    """Return the numbers of a sentence that are not among those held, in order, as written.

    >>> unheld_numbers("In 2 of 31 wards, twelve people, 1,200 hours", {"2", "31"})
    ('twelve', '1,200')
    """
    return tuple(figure.words for figure in figures_of(sentence) if figure.value not in held)


def without_dates(sentence: str) -> str:
    """Return a sentence without its days, years and times of day, which count nothing.

    >>> without_dates("Since 2019, and on 14 May at 8 pm, 2,019 of them met")
    '…, and on … at …, 2,019 of them met'
    """
    return _DATE.sub("…", sentence)


def value_of(number: str) -> str:
    """Return a number's digits without commas between thousands; of "dozens", that word.

    >>> value_of("1,200"), value_of("twenty-five"), value_of("zero"), value_of("dozens")
    ('1200', '25', '0', 'dozens')
    """
    if number[0].isdigit():
        return number.replace(",", "")
    whole = part = 0
    for word in re.split(r"[ -]", number.casefold()):
        if word in {"a", "and"}:
            continue
        if word in _LARGE:
            part = max(1, part) * _LARGE[word]
            if _LARGE[word] >= _LARGE["thousand"]:
                whole, part = whole + part, 0
        elif word in _SMALL or word in _VALUES:
            part += _SMALL.get(word, 0) or _VALUES.get(word, 0)
        else:
            return word
    return str(whole + part)
