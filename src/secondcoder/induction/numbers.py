"""Numbers in sentences: which are named, and which days, years and times count nothing."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from secondcoder.induction.number_words import (
    COUNT_WORDS,
    HINT,
    PART_WORDS,
    PEOPLE,
    WORD,
    counting,
    fraction_of,
    number_of,
)

_DIGITS = r"(?<![^\W_])(?<![^\W\d_]-)\d+(?:[.,]\d+)*(?!\d*(?:st|nd|rd|th|D)\b)"
"""Not those of names such as Q2 and COVID-19, nor of ordinals."""
COUNT = rf"(?:{_DIGITS}|{COUNT_WORDS})"
"""The pattern of a number, in digits or in words."""
_NUMBER = re.compile(
    rf"(?i)(?P<part>{PART_WORDS})"
    rf"|(?P<n>{COUNT}|\bone(?=[ -](?:in|out)\b))"
    rf"(?P<of> (?:out )?of (?:the )?|[ -]in[ -]|/)(?P<whole>{COUNT})(?!\s*%)"
    rf"|(?P<number>{COUNT})(?P<share>\s*(?:%|per ?cent\b))?"
)
_DECIMAL = re.compile(r"\d+(?:\.\d+)?")

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
    rf"(?!\s*(?:%|per ?cent\b)| (?:of |{PEOPLE}\b))"
    rf"|\({_YEAR}\)"
    rf"|\b\d{{1,2}}:\d\d\b(?:\s?[ap]\.?m\b)?|\b(?:\d{{1,2}}|{WORD})\s?(?:[ap]\.?m\b|o['’]clock\b)"  # noqa: RUF001
    rf"|\b24/7\b"
)
"""Days, years and times of day, which count nothing."""


class Figure(NamedTuple):
    """A number in a sentence, or two of which one is a part of the other."""

    words: str
    """As it is written."""
    value: str
    """Its digits without commas between thousands; "dozens" and the like stand for themselves."""
    whole: str | None = None
    """Of how many, in "7 of 12", "1 in 3", "two thirds" and "half"."""
    is_share: bool = False
    """It tells a proportion, as all but the first of these do, and as 60 % does."""

    @property
    def proportion(self) -> Fraction | None:
        """What part of the whole it is, where it tells that."""
        numbers = (self.value, self.whole or "100")
        if not self.is_share or not all(_DECIMAL.fullmatch(one) for one in numbers):
            return None
        part, whole = map(Fraction, numbers)
        return part / whole if whole else None


def figures_of(text: str) -> Iterator[Figure]:
    """Yield the numbers that a text names, in order.

    >>> [figure.value for figure in figures_of("Twenty-five of 1,200 wards, one nurse, 60 %")]
    ['25', '1', '60']
    >>> [(figure.words, figure.whole) for figure in figures_of("In 1 in 3 wards half the beds")]
    [('1 in 3', '3'), ('half', '2')]
    >>> list(figures_of("One talks to one another in Q2, the 3rd time, on a two-way radio"))
    []
    """
    if not HINT.search(text):
        return
    for found in _NUMBER.finditer(counting(text)):
        words = text[found.start() : found.end()]
        if found["part"]:
            n, of = fraction_of(words)
            yield Figure(words, str(n), str(of), is_share=True)
        elif found["whole"]:
            is_share = found["of"].casefold().strip(" -") in {"in", "/"}
            yield Figure(words, value_of(found["n"]), value_of(found["whole"]), is_share=is_share)
        else:
            yield Figure(words, value_of(found["number"]), is_share=found["share"] is not None)


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
    counted = number_of(number)
    return number.casefold() if counted is None else str(counted)
