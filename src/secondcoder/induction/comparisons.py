"""What sentences say of how many spoke of one thing and of another, and whether it is so.

English only. The rule: docs/decisions/0023-key-findings.md.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from secondcoder.induction.counted import (
    ANSWER,
    HEARD,
    POSTS,
    RECEIVED,
    SPEAKS,
    START,
    TELLS_OF,
    TOLD,
    WHO,
    Claim,
    Counted,
)
from secondcoder.induction.named_themes import around, bare, theme_named
from secondcoder.induction.numbers import COUNT, value_of

_TIMES = rf"(?P<times>half|twice|(?P<n_times>{COUNT}) times)"
_AS = rf"(?:(?:{_TIMES}|just|about|nearly|not) )?as"
_MANY = rf"(?P<more>more|fewer|less|{_AS} (?:many|few))"
_MORE = rf"(?P<more>more|less|{_AS})"
_OFTEN = r"(?:often|frequently|commonly|widely)"
_COMMON = r"(?:common|frequent|popular|prominent)"
_SAID = rf"(?:{SPEAKS}|posted|chose|preferred|voted|called|cited|listed|suggested|praised)"
_SPOKE_OF = (
    r"(?:(?:sp[eo]ak|spoke|talk(?:ed)?|told|wrote|write|comment(?:ed)?) (?:of|on|about)|"
    r"dwel[lt] on)"
)
_ABOUT = rf"(?:(?:spoke |those |who )?(?:for|of|on|about|behind)|(?:who )?{TELLS_OF})"
_GROUP = r"(?:of the )?(?:\w+ )?(?:\w+s|staff|people|women|men) "
_THAN = r" (?:than|as) "
_NO_THEME = (
    r"(?!(?:we|they|people|you|I|it|ever|before|usual|most|many|some|once|anyone|expected|"
    r"elsewhere|thought|in|at)\b)"
)
"""What things are compared with that are no themes: "more common than we thought"."""
_COMPARED = (
    rf"{_MANY} (?:\w+ )?{WHO} (?:who )?(?:also )?{_SAID}(?: (?P<left>[^.,;:!?]*?))?{_THAN}",
    rf"(?P<more>{START}(?:more|less)|fewer|{_AS} many) {_SAID}(?: (?P<left>[^.,;:!?]*?))?{_THAN}",
    rf"{_MANY} (?:{POSTS}|voices) (?:were |are )?(?P<left>{_ABOUT} [^.,;:!?]*?){_THAN}",
    rf"{_MANY} (?:people|participants) (?P<left>(?:about|behind) [^.,;:!?]*?){_THAN}",
    rf"(?:fewer (?:{WHO} )?|more {WHO} |{START}more )than (?={_ABOUT} )",
    rf"(?P<more>more|less) (?:\w+ ){{1,3}}{_SPOKE_OF} (?P<left>[^.,;:!?]*?){_THAN}",
    rf"(?P<more>larger|greater|higher|smaller|lower) (?:share|part|proportion|number) of {WHO} "
    rf"(?:who )?{_SAID} (?P<left>[^.,;:!?]*?){_THAN}",
    rf"{_MANY} (?P<left>{_GROUP})(?:than|as) (?P<group>{_GROUP}){_SAID} ?",
)
"""How many spoke stands before both sides."""
_COMPARED_BEHIND = (
    rf"(?:{TOLD}|c[ao]mes? up) {_MORE} {_OFTEN}{_THAN}(?!not\b)",
    rf"{_MORE} {_OFTEN} {TOLD}{_THAN}(?!not\b)",
    rf"{TOLD} by {_MANY} (?:{WHO} )?{_THAN.lstrip()}(?!\d)",
    rf"(?:an? )?{_MORE} {_COMMON} (?:(?:an? )?(?:\w+ )?{ANSWER} )?{_THAN.lstrip()}{_NO_THEME}",
    rf"(?:commoner|rarer|(?:a )?(?:larger|bigger|smaller) (?:theme|topic)){_THAN}{_NO_THEME}",
    rf"{RECEIVED} {_MANY} (?:\w+ )?{HEARD}{_THAN}",
    r"outnumber(?:s|ed|ing)? ",
)
"""The one side stands before it."""
_FOUND = tuple(
    (re.compile(rf"(?i)\b(?:{words})"), is_behind)
    for is_behind, patterns in ((False, _COMPARED), (True, _COMPARED_BEHIND))
    for words in patterns
)


class _Compared(NamedTuple):
    """Two sides, as they are written, and what is said of them."""

    left: str
    right: str
    how: str
    """"more", "fewer", "as many", "outnumbered" and the like."""
    times: Fraction | None
    is_posts: bool


def comparisons_of(sentence: str) -> Iterator[Claim]:
    """Yield what a sentence says of how many spoke of two things.

    "More time than money" compares no people and is none.

    >>> from secondcoder.induction.counted import CountedTheme
    >>> tea, time = CountedTheme("Tea", 5, 6), CountedTheme("Time", 3, 3)
    >>> counted = Counted(tea, of=14, of_posts=22, others=(time,))
    >>> (claim,) = comparisons_of("More people named tea than time.")
    >>> claim.against(counted)
    >>> next(comparisons_of("Time was mentioned more often than tea.")).against(counted)
    'it says “mentioned more often than”, and these codings hold 3 for “Time” and 5 for “Tea”'
    >>> next(comparisons_of("More people named it than cake.")).against(counted)
    'it compares how many spoke of “it” and of “cake”, which are not both themes of its question'
    """
    for words, is_behind in _FOUND:
        for found in words.finditer(sentence):
            yield _claim(sentence, found, is_behind=is_behind)


def _claim(sentence: str, found: re.Match[str], *, is_behind: bool) -> Claim:
    named = found.groupdict()
    words = found.group().strip()
    before, behind = around(sentence, found.start(), found.end())
    left = before if is_behind else named.get("left") or ""
    right = named.get("group") or behind
    compared = _Compared(
        left=left,
        right=right,
        how=(named.get("more") or words).casefold(),
        times=_times(named),
        is_posts=re.search(rf"(?i)\b{POSTS}\b", f"{left} {words}") is not None,
    )
    return Claim(
        words,
        found.start(),
        found.end(),
        lambda counted: _against(words, compared, counted),
    )


def _times(named: dict[str, str | None]) -> Fraction | None:
    """Return how many times as many it says; None where that stands in no number."""
    times = (named.get("times") or "").casefold()
    if times in {"half", "twice"}:
        return Fraction(1, 2) if times == "half" else Fraction(2)
    number = value_of(named.get("n_times") or "-")
    return Fraction(number) if number.isdigit() else None


def _against(words: str, compared: _Compared, counted: Counted) -> str | None:
    left, right = theme_named(compared.left, counted), theme_named(compared.right, counted)
    if left is None or right is None or left == right:
        what = [bare(one.split(" as ")[0]) or "it" for one in (compared.left, compared.right)]
        return (
            f"it compares how many spoke of “{what[0]}” and of “{what[1]}”, which are not both "
            f"themes of its question"
        )
    n, than = (one.n_posts if compared.is_posts else one.n for one in (left, right))
    if _bears_out(n, than, compared):
        return None
    return (
        f"it says “{words}”, and these codings hold {n:,} for “{left.name}” and {than:,} for "
        f"“{right.name}”"
    )


def _bears_out(n: int, than: int, compared: _Compared) -> bool:
    how = compared.how
    if compared.times is not None:
        return n == compared.times * than
    if how.startswith("not as") or re.match(r"fewer|less|lower|(?:a )?smaller|rarer", how):
        return n < than
    return n == than if re.match(r"(?:\w+ )?as\b", how) else n > than
