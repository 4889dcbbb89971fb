"""What is read for a proposal and what is not: posts that may answer, and why others don't."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from secondcoder.api.sources import Source
from secondcoder.api.survey import Survey
from secondcoder.coding.pieces import find_said, without_a_piece
from secondcoder.coding.sifting import sift
from secondcoder.coding.tasks import Task
from secondcoder.coding.triage import NO_LANGUAGE
from secondcoder.errors import InputError
from secondcoder.reporting.opting_out import (
    left_out_sentence,
    refuse_unknown,
    repeats_any,
    wanted_keys,
)
from secondcoder.reporting.wording import count, is_or_are, number
from secondcoder.schema.chat import Post, author_key_of
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import LeftOut, LeftOutReason, PostCodings
from secondcoder.schema.placed import PlacedPost
from secondcoder.schema.readings import Note

_LANGUAGE_OF = {
    "ARABIC": "ar",
    "HEBREW": "he",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "THAI": "th",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
}
"""A language that is written in the script; another will do as well, for none of these has rules
of its own."""
NOT_TOLD = "und"
"""ISO 639-2 for a language that is not told; a codebook in it has no post left out as foreign."""


class Sifted(NamedTuple):
    """The posts that hold an answer, and what became of the others."""

    answers: list[Task]
    """By time, then by id, with those that repeat another person's words."""
    repeats: dict[str, str]
    """Of each answer that repeats another's words, the id of the post that it repeats."""
    left_out: dict[LeftOutReason, int]
    """Posts by reason, the most frequent first."""
    notes: list[Note]


def sifted(source: Source, found: Survey, opt_out: Sequence[str] = ()) -> Sifted:
    """Return the posts that hold an answer, and how many others are left out, and why.

    Args:
        source: The posts. Too few to find themes in are an `InputError` that says what to do.
        found: What is known of the whole chat.
        opt_out: Authors who are not read, nor who repeats their words. One whom nobody knows is an
            `InputError`, too.
    """
    book = found.codebook
    answers: list[Task] = []
    repeated: list[tuple[int, PlacedPost]] = []
    reasons, scripts = Counter[LeftOutReason](), Counter[str]()
    gone = _Gone(opt_out, source)
    for placed in found.place(source):
        if gone.has(placed):
            continue
        outcome = _answer(placed, book.language)
        if isinstance(outcome, Task):
            answers.append(outcome)
        elif placed.same_as is not None and not placed.post.is_repost:
            repeated.append((len(answers), placed))
        elif isinstance(outcome.outcome, LeftOut):
            reasons[outcome.outcome.reason] += 1
            if outcome.outcome.reason is LeftOutReason.NOT_ENGLISH:
                scripts[_language_of(placed.post)] += 1
    answers, repeats = _with_repeats(answers, repeated, book.language)
    if len(repeated) > len(repeats):
        reasons[LeftOutReason.DUPLICATE] = len(repeated) - len(repeats)
    notes = [*gone.notes(), *_notes(reasons, scripts, len(repeats), book)]
    _refuse_too_few(answers, source, found, notes)
    # Clusters, typical quotes and the reading order go by place among equals: the rows of an export
    # may stand in any order, and the same posts give the same themes.
    answers.sort(key=lambda task: _place_of(task.post))
    return Sifted(
        answers, repeats, dict(reasons.most_common()), [*notes, *_unplaced(answers, book)]
    )


def moderators_of(source: Source, found: Survey) -> frozenset[str]:
    """Return who moderated, as authors are told apart: as named, and whoever posted a question."""
    named = map(author_key_of, source.info.moderators)
    asked = (post.author_key for post in source if found.is_question_post(post))
    return frozenset(filter(None, (*named, *asked)))


def _refuse_too_few(
    answers: Sequence[Task], source: Source, found: Survey, notes: Sequence[Note]
) -> None:
    """Refuse answers that can't be two people's.

    Raises:
        InputError: Saying what to do.
    """
    if not answers:
        why = "; ".join(note.message for note in notes)
        raise InputError(
            f"no post of the chat holds an answer; "
            f"{why or 'there is nothing to find themes in: export the chat with its answers'}"
        )
    moderators = moderators_of(source, found)
    if len(answers) == 1 or all(task.post.author_key in moderators for task in answers):
        who = "" if len(answers) == 1 else ", all by moderators"
        why = "".join(f"; {note.message}" for note in notes)
        raise InputError(
            f"{count(len(answers), 'post')} of the chat may hold an answer{who}, and a theme needs "
            f"answers of two people: export the chat with what participants wrote{why}"
        )


def _answer(placed: PlacedPost, language: str) -> Task | PostCodings:
    """Return the post as one that holds an answer, or why it is left out: it may say nothing."""
    outcome = sift(placed, language=language)
    if isinstance(outcome, PostCodings) or find_said(outcome, language):
        return outcome
    return PostCodings(
        post=placed.post, attribution=placed.attribution, outcome=without_a_piece(outcome)
    )


class _Gone:
    """Posts of people who asked to be left out, and posts that repeat them."""

    def __init__(self, names: Sequence[str], posts: Iterable[Post]) -> None:
        self._wanted = wanted_keys(names)
        # Known before any is looked at: what repeats a post may stand before it.
        theirs = [post for post in posts if post.author_key in self._wanted] if names else []
        self._met = {post.author_key for post in theirs}
        self._ids = {post.id for post in theirs}
        self._n_posts = 0

    def has(self, placed: PlacedPost) -> bool:
        """Return whether a post is one of them."""
        post = placed.post
        is_gone = post.id in self._ids or repeats_any(post, placed.same_as, self._ids, self._wanted)
        self._n_posts += is_gone
        return is_gone

    def notes(self) -> Iterator[Note]:
        """Yield how many there were, if any; a name that nobody has is an `InputError`."""
        refuse_unknown([name for key, name in self._wanted.items() if key not in self._met])
        if self._n_posts:
            message = left_out_sentence(self._n_posts, len(self._met))
            yield Note(message=message.replace("in this report", "read"))


def _place_of(post: Post) -> tuple[bool, float, int, str]:
    """Return the key that orders posts by time, then by id: 9 before 10, those without time last.

    >>> posts = [Post(id=name, text="") for name in ("10", "9")]
    >>> [post.id for post in sorted(posts, key=_place_of)]
    ['9', '10']
    """
    time = post.created_at
    return (time is None, time.timestamp() if time else 0.0, len(post.id), post.id)


def _with_repeats(
    answers: list[Task], repeated: list[tuple[int, PlacedPost]], language: str
) -> tuple[list[Task], dict[str, str]]:
    """Return the answers with those that people gave in another's very words, and which these are.

    One is coded once for all of them; here each is a person who says so. Who repeats themselves,
    passes on another's post or is not known is no further person.

    Args:
        answers: In words of their own.
        repeated: Posts with the same words, and before which answer each stands.
        language: Of the codebook.
    """
    originals = {task.post.id: task.post for task in answers}
    said = {(post.id, post.author_key) for post in originals.values()}
    further: list[tuple[int, Task]] = []
    repeats: dict[str, str] = {}
    for place, placed in repeated:
        post, original = placed.post, originals.get(placed.same_as or "")
        if original is None or None in {original.author_key, post.author_key}:
            continue
        task = _answer(placed._replace(same_as=None), language)
        is_said = (original.id, post.author_key) in said
        if is_said or post.text != original.text or not isinstance(task, Task):
            continue
        said.add((original.id, post.author_key))
        further.append((place, task))
        repeats[post.id] = original.id
    whole = sorted([*further, *enumerate(answers)], key=lambda each: each[0])
    return [task for _, task in whole], repeats


def _notes(
    reasons: Counter[LeftOutReason], scripts: Counter[str], n_repeats: int, book: Codebook
) -> Iterator[Note]:
    """Yield how many posts that may answer are not read, why, and how to have them read."""
    if n_foreign := reasons[LeftOutReason.NOT_ENGLISH]:
        ((language, _),) = scripts.most_common(1)
        is_one = n_foreign == 1
        they, them = ("it", "it") if is_one else ("they", "them")
        yield Note(
            message=f"{count(n_foreign, 'post')} that may answer {is_or_are(n_foreign)} in another "
            f"language than the codebook ('{book.language}') and {'was' if is_one else 'were'} not "
            f"read: {they} may hold themes that are not proposed; to have {them} read, start from "
            f"a codebook with the line 'language: {language}' (-c START.yaml)"
        )
    if n_repeats:
        verb, they = ("says", "it is") if n_repeats == 1 else ("say", "they are")
        yield Note(
            message=f"{count(n_repeats, 'answer')} {verb} word for word what another person wrote: "
            f"{they} read and counted among the people of a theme, and coding will leave "
            f"{'it' if n_repeats == 1 else 'them'} out as {'a ' * (n_repeats == 1)}"
            f"duplicate{'s' * (n_repeats > 1)}"
        )
    if n_twice := reasons[LeftOutReason.DUPLICATE]:
        verb = "repeats" if n_twice == 1 else "repeat"
        yield Note(
            message=f"{count(n_twice, 'post')} {verb} an earlier post word for word and "
            f"{'was' if n_twice == 1 else 'were'} not read again: the same person wrote both, or "
            f"who did is not known, or the first holds no answer"
        )


def _unplaced(answers: list[Task], book: Codebook) -> Iterator[Note]:
    """Yield how many posts can't be laid to a question for want of a time, and what to do."""
    if not book.questions:
        return
    unplaced = [task for task in answers if not task.attribution.question_ids]
    n_timeless = sum(task.post.created_at is None for task in unplaced)
    if n_timeless or len(unplaced) == len(answers):
        why = f"; {number(n_timeless)} of them carry no time" if n_timeless else ""
        yield Note(
            message=f"for {number(len(unplaced))} of {count(len(answers), 'post')} with answers it "
            f"is not known which question they answer{why}: no theme was looked for among them; "
            f"name the column of their times (--column created_at=NAME) or of their questions "
            f"(--column question=NAME), or let answers begin with 'A1'"
        )


def _language_of(post: Post) -> str:
    """Return a language in which the post would be read: as its platform says, or by script."""
    given = (post.lang or "").casefold().split("-")[0]
    scripts = Counter(
        unicodedata.name(letter, "LATIN").split()[0]
        for letter in post.text[:2000]
        if letter.isalpha()
    )
    scripts.pop("LATIN", None)
    if given not in {"", "en"} and given not in NO_LANGUAGE:
        return given
    known = (_LANGUAGE_OF[script] for script, _ in scripts.most_common() if script in _LANGUAGE_OF)
    return next(known, NOT_TOLD)
