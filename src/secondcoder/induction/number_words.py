"""Number words of English: which words count something, and how many they say.

What counts and what is a turn of speech: docs/decisions/0023-key-findings.md.
"""

import re

_TEENS = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LARGE = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
_VALUES = {word: value for value, word in enumerate(_TEENS, 2)} | {
    word: 10 * value for value, word in enumerate(_TENS, 2)
}
_ALONE = ("single", "lone", "sole", "solitary")
_SMALL = {"zero": 0, "one": 1, "once": 1} | dict.fromkeys(_ALONE, 1)
_TIMES = {"twice": 2, "couple": 2, "pair": 2, "doubl": 2, "thrice": 3, "tripl": 3, "quadrupl": 4}
_ORDINALS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ORDINALS = {word: value for value, word in enumerate(("second", *_ORDINALS), 2)}
_PARTS = {"half": 2, "halv": 2, "quarter": 4} | ORDINALS

PEOPLE = (
    r"(?:participant|person|people|respondent|contributor|author|voice|member|post|tweet|quote)s?"
)
WORD = rf"(?:{'|'.join((*_VALUES, *_LARGE))})"
_IN_FULL = (
    r"\bhalf (?:a |-)?dozen\b"
    rf"|\b(?:(?:a|one)(?= (?:{'|'.join(_LARGE)})\b) )?{WORD}(?:(?:[ -]|(?:(?<=hundred)|"
    rf"(?<=thousand)) and )(?!(?<=ty[ -])(?:{'|'.join(_TENS)})\b)(?:{WORD}|"
    r"(?<=ty[ -])one))*\b(?![ -](?:thirds|quarters|way|sided)\b)"
    rf"|\b{WORD}(?=fold\b)|\b(?:dozens|hundreds|thousands|millions)\b"
)

_START = r"(?:^|(?<=[.!?;:] ))[\"“]?"
_SAID = (
    r"(?:asks|says|tells|writes|adds|reports|recalls|describes|mentions|suggests|admits|warns|"
    r"speaks|was|had|did)"
)
_AFTER_PRONOUN = (
    r"(?:can|cannot|could|should|would|will|may|might|must|shall|ought|is|was|has|had|does|did|do|"
    r"have|be|been|being|were|are|think|feel|know|say|see|ask|get|find|go|learn|tell|understand|"
    r"want|need|make|let|come|become|take|keep|give|of|in|on|at|to|for|from|with|by|about|into|"
    r"over|under|through|between|among|after|before|behind|beside|beyond|without|within|during|"
    r"since|until|till|against|near|like|as|than|per|off|out|up|down|away|around|along|across|"
    r"towards?|and|or|but|nor|so|because|if|when|while|where|whether|though|although|unless|that|"
    r"which|who|whom|whose|what|how|why|then|a|an|the|this|these|those|my|our|your|his|her|its|"
    r"their|it|he|she|we|they|you|i|them|us|me|him|another|not|never|always|often|also|just|only|"
    r"even|still|too|again|here|there|now|else|ever|soon|well|much|many|few|all|both|each|some|"
    r"any|no|enough|rather|perhaps|people|men|women|children)"
)
_NOUNS_LIKE_THAT = (
    r"(?:(?:fami|week|dai|month|year|hour|night|fortnight|quarter|ear|elder|friend|love|lone|cost|"
    r"live|al|rep|supp|assemb|anoma)ly|series|bias|lens|gas)"
)
"""Words before things that end as adverbs or verbs do."""
_NOT_A_VERB = r"(?!(?-i:[a-z]*[^\Wsiu_]s)\b(?!['’]))"  # noqa: RUF001
_ONE = (
    rf"{_START}one(?= {_SAID}\b)"
    r"|\bone(?= of (?:them|us|you|the|these|those|my|our|your|his|her|its|their)\b)"
    rf"|\bone(?= of (?:\d|{WORD}\b|{PEOPLE}\b))"
    r"|\bone(?=-\w)"
    rf"|\bone(?= (?!(?:{_AFTER_PRONOUN})\b(?!-))(?!\w+n['’]t\b)"  # noqa: RUF001
    rf"(?:{_NOUNS_LIKE_THAT}\b|(?!\w+ly\b){_NOT_A_VERB}[^\W_]))"
    r"|(?:(?<=\bonly )|(?<=\bjust )|(?<=\bnot )|(?<=\bbut )|(?<=\bleast )|(?<=\bexactly ))"
    r"one(?= ?(?:[.,;:!?)]|$))"
)
"""A determiner, or one of several. A verb in the present, a small word or the end of a clause
behind it tells the pronoun; a verb ends in "s", and hardly a noun in the singular does."""
_TIME = r"(?:hour|shift|day|night|week|fortnight|month|quarter|term|year)"
_HOW_OFTEN = (
    r"\b(?:twice|thrice)\b|\b(?:doubl|tripl|quadrupl)(?:e|es|ed|ing)\b"
    rf"|\bonce(?= (?:(?:a|an|per) {_TIME}\b|(?:every|each) \w))"
    r"|(?:(?<=\bonly )|(?<=\bjust ))once\b"
    r"|(?<!\bat )(?<!\bfor )(?<!\bthan )\bonce(?= ?(?:[.,;:!?)]|$))"
)
_FEW = (
    rf"(?:(?<=\ba )|(?<=\bthe )|(?<=\bone )|(?<=\bjust )|(?<=\bonly ))(?:{'|'.join(_ALONE)})(?= \w)"
    r"|\b(?:a )?(?:couple|pair)(?= of\b)|\bzero\b"
)
COUNT_WORDS = rf"(?:{_IN_FULL}|{_ONE}|{_HOW_OFTEN}|{_FEW})"
"""The pattern of a whole number, or of how many times, in words."""
_NEAR = (
    r"(?:(?<=\bby )|(?<=\bthan )|(?<=\bnearly )|(?<=\balmost )|(?<=\babout )|(?<=\bonly )|"
    r"(?<=\bover )|(?<=\bunder )|(?<=\bin ))"
)
_PAST = (
    r"(?:went|had|was|were|did|kept|left|gave|came|took|made|lost|never|still|got|stood|ran|fell)"
)
PART_WORDS = (
    r"(?:\bhalf(?= (?!a dozen)(?:of|the|a|an|my|our|your|his|her|its|their|these|those|all|as|to)\b"
    r"|[ -](?:hour|day|shift|term)s?\b)"
    rf"|{_NEAR}half\b|\bhalv(?:e|es|ed|ing)\b"
    rf"|\b(?:a|one)[ -](?:half|quarter|{'|'.join(_ORDINALS)})(?= of\b| (?:\w+ed|{_PAST})\b"
    r"| ?(?:[.,;:!?)]|$))"
    rf"|\bevery (?:{'|'.join(ORDINALS)})(?= \w)"
    rf"|\b(?:{WORD}|\d+)[ -](?:halves|quarters|(?:{'|'.join(_ORDINALS)})s)\b)"
)
"""The pattern of a fraction in words."""

HINT = re.compile(
    rf"(?i)\d|\b(?:{'|'.join(dict.fromkeys((*_VALUES, *_LARGE, *_SMALL, *_TIMES, *_PARTS)))})"
)
"""Without any of these in it a text names no number; most do not, and are soon read."""
_NOT_A_COUNT = re.compile(
    r"(?i)\b(?:"
    r"one another|(?:the|an?|this|that) (?:\w+ )?one(?= \w+ed\b)|(?:last|next|other) one\b"
    r"|one by one|one at a time"
    r"|(?:no|any|each|every|more than|less than) one"
    r"|one[- ](?:to|on|for)[- ]one|one[- ](?:off|sided|stop|size|liner)s?\b"
    r"|one(?: \w+)?[ -](?:things?|ways?)|one (?:after|and) (?:the|another)\b"
    r"|(?<!\bfor )(?<!\bin )(?<!\bonly )(?<!\bjust )(?<!\bwithin )one day"
    r"(?!['’s]| (?:a|per|each|every|of|off)\b)"  # noqa: RUF001
    r"|at one (?:point|time|stage)|(?:on|to) (?:the )?one (?:hand|side)|in one(?:'s| (?:go|place))"
    r"|(?<=\bis |\bas )one of(?! (?:\d|them\b|us\b))"
    r"|one of (?:the|my|our|your|his|her|its|their|these|those)(?: \w+)? "
    r"(?:most|least|best|worst|main|key|many|few|first|things|ways|reasons|"
    r"(?!(?:t|gu|r|w|requ|inter|for|chest)est\b)\w{2,}est)"
    r"|(?:once|think|thinking|thought|look|looked) twice"
    r"|double[ -](?:check\w*|edged|standards?|bind|act|book\w*|glaz\w+|back|down|decker|sided)"
    r"|(?:triple|quadruple) aim"
    r"|single(?: point of|[ -](?:use|handed\w*|minded\w*|parents?|mothers?|fathers?|mums?|dads?))"
    r"|(?:single|lone|sole) (?:most|best|biggest|purpose|reason|aim|focus|parents?|workers?|"
    r"(?!guest\b|test\b|request\b)\w{2,}est\b)"
    r"|pair of (?:\w+ )?(?:hands|eyes|ears|scissors|gloves|shoes)"
    r"|zero[ -](?:tolerance|hours?|sum|harm|carbon|emissions?|waste)|(?:ground|net) zero"
    r"|half (?:the battle|a mind|a chance|measures?)|(?:first|second|other|latter|better) half"
    r"(?: of\b)?"
    r")"
)
"""Turns of speech that hold a number word and count nothing."""


def counting(text: str) -> str:
    """Return a text in which the turns of speech that count nothing are dots, of the same length.

    >>> counting("One by one they met one nurse")
    '………………………… they met one nurse'
    """
    return _NOT_A_COUNT.sub(lambda found: "…" * len(found.group()), text)


def number_of(words: str) -> int | None:
    """Return how many such words say; None for "dozens" and the like.

    >>> [number_of(words) for words in ("twenty-five", "zero", "Twice", "a hundred", "dozens")]
    [25, 0, 2, 100, None]
    """
    if words.casefold().startswith("half"):
        return _LARGE["dozen"] // 2
    whole = part = 0
    for word in re.split(r"[ -]", words.casefold()):
        if word in {"a", "and"}:
            continue
        stem = re.sub(r"(?<=l)(?:e|es|ed|ing)$", "", word)
        if word in _LARGE:
            part = max(1, part) * _LARGE[word]
            if _LARGE[word] >= _LARGE["thousand"]:
                whole, part = whole + part, 0
        elif stem in _TIMES or word in _VALUES or word in _SMALL:
            part += _TIMES.get(stem) or _VALUES.get(word) or _SMALL[word]
        else:
            return None
    return whole + part


def fraction_of(words: str) -> tuple[int, int]:
    """Return what a fraction in words is: so many parts, of so many.

    >>> fraction_of("Two-thirds"), fraction_of("half"), fraction_of("a quarter")
    ((2, 3), (1, 2), (1, 4))
    """
    *before, last = re.split(r"[ -]", words.casefold())
    stem = re.sub(r"(?:es|ed|ing|e|s)$", "", last)
    n = before[0] if before else "a"
    if n in {"a", "every"}:
        n = "one"
    return int(n) if n.isdigit() else number_of(n) or 1, _PARTS[stem]
