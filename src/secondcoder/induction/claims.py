"""What sentences say of how many people spoke, or of a theme's rank, and whether it is so.

English only. The rule and what it lets pass: docs/decisions/0023-key-findings.md.
"""

import re
from collections.abc import Callable
from fractions import Fraction

from secondcoder.induction.comparisons import comparisons_of
from secondcoder.induction.counted import (
    ANSWER,
    HEARD,
    OF_WHOM,
    POSTS,
    RECEIVED,
    SPEAKS,
    START,
    TELLS_OF,
    TOLD,
    WHO,
    Claim,
    Counted,
    CountedTheme,
)
from secondcoder.induction.held_numbers import NEAR
from secondcoder.induction.named_themes import around, theme_named
from secondcoder.induction.number_words import ORDINALS
from secondcoder.induction.numbers import COUNT, value_of, without_dates

_Test = Callable[[int, int, re.Match[str]], bool]
"""Whether so many of so many bear out what was found."""

_DOES = (
    rf"(?:had|have|has|would|was|were|is|are|did|do|does|could|can|{SPEAKS}|"
    r"(?:never|also|often|always|rarely|seldom|usually) \w+)"
)
_MEANT = rf"(?:{OF_WHOM}| {_DOES}\b)"
"""What tells that an amount is of people: people behind it, or what people do."""
_COUNTED = rf"(?P<number>{COUNT})(?: of (?:the )?(?P<whole>{COUNT}))?{OF_WHOM}"
_SHARES = {
    "half": Fraction(1, 2),
    "third": Fraction(1, 3),
    "two thirds": Fraction(2, 3),
    "quarter": Fraction(1, 4),
    "three quarters": Fraction(3, 4),
}
_SHARE = r"(?P<share>two[ -]thirds|three[ -]quarters|half|(?:a|one)[ -](?:half|third|quarter))"
_EVERY = r"(?:every(?:one|body)|the (?:whole|entire) (?:group|chat|room|discussion|conversation))"
_NEARLY = r"(?:nearly|almost|virtually|practically)"
_NO = rf"(?:nobody|no one|(?:none|neither)(?:{OF_WHOM})?|(?:no|neither) (?:\w+ )?{WHO})"
_PEOPLE_HERE = r"(?:participants|respondents|contributors|authors|they)"


def _share(found: re.Match[str]) -> Fraction:
    return _SHARES[re.sub(r"^(?:a|one) ", "", found["share"].casefold().replace("-", " "))]


def _number(test: Callable[[int, int], bool]) -> _Test:
    """Return a test of a theme's count against the number that was found."""

    def holds(n: int, of: int, found: re.Match[str]) -> bool:
        limit, whole = value_of(found["number"]), found["whole"] and value_of(found["whole"])
        return limit.isdigit() and test(n, int(limit)) and whole in {None, str(of)}

    return holds


_AMOUNTS: tuple[tuple[str, _Test], ...] = (
    (rf"(?:more than|over|above) {_COUNTED}", _number(lambda n, limit: n > limit)),
    (rf"(?:(?:fewer|less) than|under|below) {_COUNTED}", _number(lambda n, limit: n < limit)),
    (rf"(?:at least|no (?:fewer|less) than) {_COUNTED}", _number(lambda n, limit: n >= limit)),
    (rf"(?:at most|up to|no more than) {_COUNTED}", _number(lambda n, limit: n <= limit)),
    (rf"(?:more than|over) {_SHARE}{_MEANT}", lambda n, of, it: Fraction(n, of) > _share(it)),
    (rf"(?:less than|under) {_SHARE}{_MEANT}", lambda n, of, it: Fraction(n, of) < _share(it)),
    (rf"{_SHARE}{_MEANT}", lambda n, of, it: abs(Fraction(n, of) - _share(it)) <= NEAR),
    (rf"not (?:(?:all|every(?: one)?){_MEANT}|{_EVERY}\b)", lambda n, of, _: n < of),
    (
        rf"{_NEARLY} (?:(?:all|every(?: one)?){_MEANT}|{_EVERY} {_DOES}\b)"
        rf"|{START}{_NEARLY} {_EVERY}\b",
        lambda n, of, _: 10 * n > 9 * of,
    ),
    (
        rf"all{_MEANT}|(?:each|every)(?: one| single)?{OF_WHOM}|{_EVERY} {_DOES}\b"
        rf"|{START}(?:{_EVERY}|(?:each|every) person)\b|{_PEOPLE_HERE} (?:all|each)\b"
        r"|unanimous(?:ly)?\b",
        lambda n, of, _: n == of,
    ),
    (
        rf"(?:most|(?:a|the) (?:\w+ )?majority){_MEANT}"
        rf"|{_PEOPLE_HERE} (?:overwhelmingly|mostly|largely|mainly)\b|people overwhelmingly\b",
        lambda n, of, _: 2 * n > of,
    ),
    (rf"(?:(?:very )?few|(?:a|the) (?:\w+ )?minority){_MEANT}", lambda n, of, _: 2 * n <= of),
    (
        rf"(?:a few|(?:a|the) (?:\w+ )?handful){_MEANT}",
        lambda n, of, _: n > 2 and 2 * n <= of,  # noqa: PLR2004 - two are named as such
    ),
    (rf"(?:many|several){_MEANT}", lambda n, _of, _: n > 2),  # noqa: PLR2004 - likewise
    (
        rf"both{OF_WHOM}|{START}both {_DOES}\b|(?:a|the) (?:couple|pair){_MEANT}",
        lambda n, _of, _: n == 2,  # noqa: PLR2004 - a pair
    ),
    (
        rf"(?:a|the) (?P<ordinal>{'|'.join(ORDINALS)}) {WHO}\b",
        lambda n, _of, it: n >= ORDINALS[it["ordinal"].casefold()],
    ),
    (
        rf"(?:a single|a lone|a sole|(?:only|just) (?:one|a single)) {WHO}\b",
        lambda n, _of, _: n == 1,
    ),
    (rf"{_NO} {TELLS_OF}\b", lambda _n, _of, _: False),  # what has quotes was spoken of
    (rf"neither{OF_WHOM}", lambda _n, of, _: of == 2),  # noqa: PLR2004 - a pair
    # Of what they did not say, nothing is counted: a claim, and no count speaks against it.
    (rf"(?:nobody|no one|none){_MEANT}|no{OF_WHOM}", lambda _n, _of, _: True),
)


def _rank(most: str, common: str, top: str) -> str:
    """Return the pattern of a rank: "most often named", "named most", "the commonest answer"."""
    return (
        rf"{RECEIVED} (?:the )?{most} {HEARD}"
        rf"|{most} (?:(?:often|frequently|commonly|widely) )?{TOLD}"
        rf"|{TOLD} (?:the )?{most}(?: (?:often|frequently|commonly)|(?= ?[.,;]|$))"
        rf"|(?:{most} (?:common|frequent|popular|prominent)|{common}) (?:\w+ )?{ANSWER}"
        rf"|(?:{top}) (?:(?:of|among) (?:all )?(?:the )?(?:themes|answers)|theme|answer)"
    )


_RANKS = (
    (
        re.compile(rf"(?i)\b(?:{_rank('most', 'commonest', 'first|top|foremost|leading')})\b"),
        Counted.is_first,
        "the first",
    ),
    (
        re.compile(rf"(?i)\b(?:{_rank('(?:least|fewest)', 'rarest', 'last|bottom')})\b"),
        Counted.is_last,
        "the last",
    ),
)
_FOUND = tuple((re.compile(rf"(?i)\b(?:{words})"), test) for words, test in _AMOUNTS)


def claims_of(sentence: str) -> tuple[Claim, ...]:
    """Return what a sentence says of how many people spoke and of the theme's rank, in order.

    "Many small changes" tells of changes and is none; "some" and "others" scale nothing.

    >>> [claim.words for claim in claims_of("Most participants agreed, a couple of them paused.")]
    ['Most participants', 'a couple of them']
    >>> tea, time = CountedTheme("Tea", 5, 6), CountedTheme("Time", 3, 3)
    >>> five = Counted(tea, of=14, of_posts=22, others=(time,))
    >>> (claim,) = claims_of("Fewer than 5 people named it.")
    >>> claim.against(five), claims_of("At least three posts were of it.")[0].against(five)
    ('it says “Fewer than 5 people”, and these codings hold 5 of 14', None)
    >>> claims_of("Tea was named least often.")[0].against(five)
    'it says “named least often”, and the theme is not the last of its question'
    >>> claims_of("Time was named least often.")[0].against(five)
    """
    found = [_amount(match, test) for words, test in _FOUND for match in words.finditer(sentence)]
    found += [
        _ranking(match, test, place)
        for words, test, place in _RANKS
        for match in words.finditer(sentence)
    ]
    found += comparisons_of(sentence)
    found.sort(key=lambda claim: (claim.start, -claim.end))
    kept: list[Claim] = []
    for claim in found:  # "not all of them" holds "all of them", and says another thing
        if not kept or claim.start >= kept[-1].end:
            kept.append(claim)
    return tuple(kept)


def beside_claims(sentence: str) -> str:
    """Return a sentence without its claims, dates and times: what else may name a number.

    >>> beside_claims("Most people, in 12 wards, left at 10 pm.")
    '…, in 12 wards, left at ….'
    """
    for claim in reversed(claims_of(sentence)):
        sentence = f"{sentence[: claim.start]}…{sentence[claim.end :]}"
    return without_dates(sentence)


def _meant(found: re.Match[str], counted: Counted) -> CountedTheme:
    """Return the theme that stands beside a claim by its whole name, else the one counted."""
    sides = around(found.string, found.start(), found.end())
    named = [one for side in sides if side.strip() and (one := theme_named(side, counted))]
    return named[0] if named else counted.theme


def _amount(found: re.Match[str], test: _Test) -> Claim:
    words = found.group()
    is_posts = re.search(rf"(?i)\b{POSTS}$", words) is not None

    def against(counted: Counted) -> str | None:
        theme = _meant(found, counted)
        n, of = (theme.n_posts, counted.of_posts) if is_posts else (theme.n, counted.of)
        if of and test(n, of, found):
            return None
        whose = "" if theme == counted.theme else f" for “{theme.name}”"
        return f"it says “{words}”, and these codings hold {n:,} of {of:,}{whose}"

    return Claim(words, found.start(), found.end(), against)


def _ranking(
    found: re.Match[str], test: Callable[[Counted, CountedTheme], bool], place: str
) -> Claim:
    words = found.group()

    def against(counted: Counted) -> str | None:
        theme = _meant(found, counted)
        if test(counted, theme):
            return None
        whose = "the theme" if theme == counted.theme else f"“{theme.name}”"
        return f"it says “{words}”, and {whose} is not {place} of its question"

    return Claim(words, found.start(), found.end(), against)
