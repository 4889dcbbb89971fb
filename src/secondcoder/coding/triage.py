"""Posts that hold no answer, told by rules before any coder is asked."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from re import Pattern

from secondcoder.coding import phrases
from secondcoder.schema.chat import Post
from secondcoder.schema.codings import LeftOut, LeftOutReason
from secondcoder.schema.quotes import Segment, SegmentKind

MOST_WORDS = 40
"""A longer post goes to the coder, whatever it says. Our choice."""
FEWEST_WORDS = 5
"""A shorter post is too short to tell its language by its words. Our choice."""
FEWEST_LETTERS = 8
"""Fewer letters are too few to tell the script of a post. Our choice."""

NO_LANGUAGE = frozenset({"und", "zxx", "qme", "qht", "qam", "qct", "qst", "art"})
"""What platforms give where they could not tell: no words, media, hashtags, mentions, links."""
_LATIN_TEXT = "en de fr es it nl pt sv da no nb nn fi pl cs sk sl hr hu ro tr et lv lt cy ga is ca"
_LATIN = frozenset(_LATIN_TEXT.split())
_CHATTER = (LeftOutReason.LOGISTICS, LeftOutReason.GREETING, LeftOutReason.NO_IDEA)
"""In this order: the first of a post's reasons is its reason."""
_LISTS = (
    (LeftOutReason.LOGISTICS, phrases.LOGISTICS, phrases.LOGISTICS_FILLER),
    (LeftOutReason.GREETING, phrases.HELLO, phrases.HELLO_FILLER),
    (LeftOutReason.NO_IDEA, phrases.REACTION, phrases.REACTION_FILLER),
    (LeftOutReason.NO_IDEA, phrases.THANKS, phrases.THANKS_FILLER),
)
_LETTER = re.compile(r"[^\W_]")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_WORD_OR_SIGN = re.compile(rf"{_WORD.pattern}|[+%]")
_SENTENCE = re.compile(r"[.!?\u2026\n;]+")
_BEFORE = re.compile(r"^[^\w+]+")
_HANDLE = re.compile(r"[@#]\w+|https?://\S+")


def triage(  # noqa: PLR0913  # each is one fact about the post, all but two by keyword
    post: Post,
    segments: Sequence[Segment],
    *,
    language: str,
    is_question_post: bool,
    same_as: str | None,
    precedes_questions: bool = False,
) -> LeftOut | None:
    """Return why a post needs no coder; None when it may hold an idea, or when in doubt.

    A greeting, housekeeping or a reaction leaves a post out only when nothing else is in it. A
    post that carries a label says itself that it answers, so of these three only housekeeping
    (`Q3: coming up next`) applies to it.

    Args:
        post: The post.
        segments: The post's segments; what it says is in those of kind `TEXT`.
        language: Language of the codebook, ISO 639-1. The word lists are English: in another
            language greetings, housekeeping and reactions go to the coder.
        is_question_post: Whether the post asks a question of the chat.
        same_as: Id of the post whose words it repeats, which is coded instead.
        precedes_questions: Whether it was written before the first question was asked, so that it
            answers none: then a greeting anywhere in a short post is enough.

    >>> from secondcoder.schema.quotes import Span
    >>> post = Post(id="1", text="Thanks all!")
    >>> segments = [Segment(number=1, span=Span(start=0, end=11))]
    >>> triage(post, segments, language="en", is_question_post=False, same_as=None).reason.value
    'no-idea'
    """
    if same_as is not None:
        reason = LeftOutReason.REPOST if post.is_repost else LeftOutReason.DUPLICATE
        return LeftOut(reason=reason, same_as=same_as)
    if is_question_post:
        return LeftOut(reason=LeftOutReason.QUESTION)
    text = " ".join(
        segment.span.of(post.text) for segment in segments if segment.kind is SegmentKind.TEXT
    )
    if _LETTER.search(text) is None:
        return LeftOut(reason=LeftOutReason.EMPTY)
    note = _foreign(post, text, language=language)
    if note is not None:
        return LeftOut(reason=LeftOutReason.NOT_ENGLISH, note=note)
    reasons = _reasons(text) if language == "en" else set()
    if any(segment.kind is SegmentKind.LABEL for segment in segments):
        reasons &= {LeftOutReason.LOGISTICS}
    elif precedes_questions and not reasons and language == "en" and _greets(text):
        return LeftOut(reason=LeftOutReason.GREETING, note="before the first question")
    return LeftOut(reason=min(reasons, key=_CHATTER.index)) if reasons else None


def _greets(text: str) -> bool:
    """Return whether a short text holds a greeting."""
    words = _WORD.findall(text.replace("\u2019", "'").casefold())
    return len(words) <= MOST_WORDS and phrases.HELLO.search(" ".join(words)) is not None


def _reasons(text: str) -> set[LeftOutReason]:
    """Return what the sentences of a text are; nothing if one of them may hold an idea."""
    text = _HANDLE.sub(" ", unicodedata.normalize("NFKC", text[:2000]).replace("\u2019", "'"))
    if len(_WORD.findall(text)) > MOST_WORDS:
        return set()
    reasons: set[LeftOutReason] = set()
    for part in _SENTENCE.split(text):
        if _LETTER.search(part) is None:
            continue
        sentence = _BEFORE.sub("", part)
        reason = _reason(sentence, is_greeted=LeftOutReason.GREETING in reasons)
        if reason is not None:
            reasons.add(reason)
        elif phrases.CLOSING.match(sentence) is None:  # that is no reason by itself
            return set()
    return reasons


def _reason(sentence: str, *, is_greeted: bool) -> LeftOutReason | None:
    """Return what a sentence is; None if it may hold an idea."""
    words = " ".join(_WORD_OR_SIGN.findall(sentence)).casefold()
    words = words.replace(" %", "%")
    if phrases.PRAISED.match(sentence):
        return LeftOutReason.NO_IDEA
    for reason, phrase, filler in _LISTS:
        if _is_only(words, phrase, filler):
            return reason
    hello = phrases.HELLO.match(words)
    behind = words[hello.end() :] if hello else words
    if (hello or is_greeted) and _is_introduction(sentence, after=len(words) - len(behind)):
        return LeftOutReason.GREETING
    for reason, phrase, filler in _LISTS if hello else ():
        if _is_only(behind, phrase, filler | phrases.HELLO_FILLER):
            is_chatter = reason is not LeftOutReason.LOGISTICS
            return LeftOutReason.GREETING if is_chatter else reason
    return None


def _is_only(words: str, phrase: Pattern[str], filler: frozenset[str]) -> bool:
    """Return whether the words hold the phrase, and nothing else but filler."""
    rest, n_found = phrase.subn(" ", words)
    return n_found > 0 and set(_WORD.findall(rest)) <= filler


def _is_introduction(sentence: str, *, after: int) -> bool:
    """Return whether a sentence says who writes: names, places, work, and that one is here.

    Args:
        sentence: As written; capitals tell names and places.
        after: How many characters at the start are the greeting.
    """
    words = _WORD.findall(sentence[after:])
    if not phrases.ABOUT_ME.search(" ".join(words).casefold()):
        return False
    return all(
        word.casefold() in phrases.ABOUT_ME_FILLER | phrases.HELLO_FILLER
        or (word[0].isupper() and not word.endswith(("ing", "ness", "ment", "ship")))
        or word.isdigit()
        for word in words
    )


def seem_english(texts: Iterable[str]) -> bool:
    """Return whether texts seem to be English: no more than half of those long enough are foreign.

    >>> seem_english(["we stop for tea and talk", "it rains"]), seem_english(["hola"])
    (True, True)
    >>> seem_english(["paramos a tomar té y hablar"])
    False
    """
    told = [words for text in texts if len(words := _words(text)) >= FEWEST_WORDS]
    return 2 * sum(not phrases.ENGLISH & set(words) for words in told) <= len(told)


def _words(text: str) -> list[str]:
    """Return the words of the beginning of a text, without handles and links."""
    return _WORD.findall(_HANDLE.sub(" ", text[:2000]).replace("\u2019", "'").casefold())


def _foreign(post: Post, text: str, *, language: str) -> str | None:
    """Return what shows that a text is in another language; None when in doubt."""
    if language in _LATIN and _in_another_script(text[:2000]):
        return "mostly in another script"
    given = (post.lang or "").casefold().split("-")[0]
    if language != "en" or given in {"", "en"} or given in NO_LANGUAGE:
        return None
    words = _words(text)
    if len(words) < FEWEST_WORDS or phrases.ENGLISH & set(words):
        return None
    return f"language '{given}' by the platform, and no English function word"


def _in_another_script(text: str) -> bool:
    """Return whether most letters of a text are not Latin, and whether there are enough to tell."""
    if text.isascii():
        return False
    letters = [character for character in text if character.isalpha()]
    n_latin = sum("LATIN" in unicodedata.name(letter, "LATIN") for letter in letters)
    return len(letters) >= FEWEST_LETTERS and n_latin * 2 < len(letters)
