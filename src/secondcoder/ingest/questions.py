"""Finding the questions of a chat in its moderators' posts."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from secondcoder.ingest.wording import clean, has_question_mark, is_alike, n_words
from secondcoder.schema.chat import Post, Question
from secondcoder.schema.labels import Label, find_labels

MIN_WORDS = 3
"""A shorter text behind a label is a remark, not a question; one less does for `Who helps?`."""

ANOTHER_CHAT = timedelta(days=1)
"""A question asked so long before the first post or after the last was asked in another chat."""

_ASKING = re.compile(
    r"\W*(?:and |so |thinking |in |from |for |to )?(?:what|how|why|when|where|which|who|whose|is"
    r"|are"
    r"|do|does|did|can|could|should|would|will|have|has|tell|share|describe|name|give|list|explain"
    r"|discuss|think|imagine|consider|reflect)\b",
    re.IGNORECASE,
)
_ANNOUNCING = re.compile(
    r"\b(?:in|for) (?:about )?(?:an?|one|two|three|four|five|ten|a few|[0-9]+)"
    r" ?(?:more )?(?:min|sec)"
    r"|\bcoming (?:up|soon)\b|\b(?:up|is) next\b|\bany ?(?:one|body|more)\b.{0,20}\bfor q[0-9]",
    re.IGNORECASE,
)
_CANONICAL = re.compile(r"q?0*([1-9][0-9]?)([a-h]?)", re.IGNORECASE)


class Asking(NamedTuple):
    """A post that asks: which questions, in which words, and where it stands among the posts."""

    post_id: str
    author: str
    created_at: datetime | None
    position: int
    texts: dict[str, str]
    """Question id → the words asked, without label, hashtags and links."""
    is_certain: bool = True
    """False: nothing but the label of a known question tells, no question mark or asking word."""


def find_questions(
    posts: Iterable[Post], *, moderators: Collection[str] = (), known: Sequence[Question] = ()
) -> tuple[Question, ...]:
    """Return the questions that the moderators' posts ask, by number, parents before their parts.

    A post asks when it is labelled (`Q1:`, `Q2a -`, or `T1:` in a chat without any Q) and goes on
    as a question; not when it also answers (`Q1: … A1: …`), passes on another's words, or only
    announces (`Q3 in 5 minutes!`). Asked twice, the first time counts. A moderator's label of a
    known question will do without any sign of a question where no post has one.

    Args:
        posts: In any order, read once; only the posts that ask are kept in memory.
        moderators: Handles, with or without `@`, case-insensitive. Without any, each question
            counts for the author who asked it first, and moderators are those with most
            questions, and every other with at least two and half as many.
        known: The codebook's questions. They come back as they are, with `asked_by` and
            `asked_at` filled in: by the id of the label (`Q2` fills parts nobody asked singly), or
            by likeness where there is no label that is known. Where they were asked over a day
            before or after these posts, as in a codebook that was made for an earlier chat, who
            asked them when is looked for anew.

    >>> posts = [Post(id="7", author="host", text="Q1: What does safe care mean? #chat")]
    >>> find_questions(posts)[0].text
    'What does safe care mean?'
    """
    names = {handle(name) for name in moderators}
    certain, topics = list[Asking](), list[Asking]()
    unsure: dict[tuple[str, ...], Asking] = {}
    first: datetime | None = None
    last: datetime | None = None
    for position, post in enumerate(posts):
        if post.created_at is not None:
            first = min(first or post.created_at, post.created_at)
            last = max(last or post.created_at, post.created_at)
        if names and handle(post.author) not in names:
            continue
        asking = find_asking(post, known, is_moderator=bool(names), position=position)
        if asking is not None and asking.is_certain:
            certain.append(asking)
        elif asking is not None:
            same = (asking.author, *asking.texts)
            unsure[same] = min(unsure.get(same, asking), asking, key=_moment)
        elif not certain and has_question_mark(post.text):
            topic = find_asking(
                post, known, is_moderator=bool(names), is_topic=True, position=position
            )
            topics += [topic] if topic else []
    found = certain or topics
    # Participants write `Q1` for `A1`, so what is unsure makes nobody a moderator.
    leaders = names or _leaders(_firsts(found))
    firsts = _firsts(each for each in unsure.values() if each.author in leaders)
    firsts |= _firsts(each for each in found if each.author in leaders)
    if not known:
        return _numbered(firsts)
    return _filled([_of_this_chat(each, first, last) for each in known], firsts)


def find_asking(
    post: Post,
    known: Sequence[Question],
    *,
    is_moderator: bool,
    is_topic: bool = False,
    position: int = 0,
) -> Asking | None:
    """Return what a post asks; None when it asks none of a chat's questions.

    Args:
        post: Any post.
        known: The codebook's questions; without any, every labelled question counts.
        is_moderator: Whether the author is known to moderate, so that an unlabelled post may ask
            a known question among other words.
        is_topic: Whether `T1` asks too.
        position: Place of the post among the posts, which orders posts without a time.
    """
    if post.is_repost or post.text.lstrip(" \"\u201c'").startswith(("RT @", "MT @")):
        return None
    labels = find_labels(post.text)
    asks = [each for each in labels if each.kind == "asks" or (is_topic and _is_topic(post, each))]
    if len(asks) < len(labels) or not (asks or has_question_mark(post.text)):
        return None
    texts = _labelled(post.text, asks)
    is_certain = bool(texts)
    if known:
        texts = texts or _labelled(post.text, asks, is_signed=False)
        ids = [question.id for question in known]
        texts = {name: texts[key] for key in texts for name in resolve(key, ids, leaves=False)}
        words = {question.id: question.text for question in known}
        is_certain = is_certain or any(is_alike(words[name], texts[name]) for name in texts)
        if not texts and has_question_mark(post.text):
            is_certain = True
            texts = {
                question.id: question.text
                for question in known
                if is_alike(question.text, post.text, within=is_moderator)
            }
    if not texts:
        return None
    return Asking(
        post.id, handle(post.author), post.created_at, position, texts, is_certain=is_certain
    )


def resolve(label_id: str, ids: Sequence[str], *, leaves: bool = True) -> tuple[str, ...]:
    """Return the ids that a label may mean: itself, its parts, or the whole it is a part of.

    Args:
        label_id: In the form `Q2a`.
        ids: Ids there are, in any of the forms `Q2a`, `q2A`, `2a`.
        leaves: Whether a whole with parts gives way to its parts.

    >>> resolve("Q2", ["Q1", "Q2", "Q2a", "Q2b"])
    ('Q2a', 'Q2b')
    >>> resolve("Q9", ["Q1"])
    ()
    """
    wanted = _split(label_id)
    split = {name: _split(name) for name in ids}
    same_number = [name for name in ids if split[name][0] == wanted[0] != 0]
    parts = [name for name in same_number if split[name][1]]
    exact = [name for name in same_number if split[name] == wanted]
    if exact and not (leaves and parts and not wanted[1]):
        return tuple(exact)
    return tuple(parts or same_number)


def is_numbered(ids: Iterable[str]) -> bool:
    """Return whether a label may mean one of the ids: some are of the form `Q2a`.

    >>> is_numbered(["Q1"]), is_numbered(["tea"])
    (True, False)
    """
    return any(_split(name)[0] for name in ids)


def handle(author: str | None) -> str:
    """Return the form in which handles are compared.

    >>> handle("@QIhour")
    'qihour'
    """
    return (author or "").lstrip("@").casefold()


def _labelled(text: str, asks: Sequence[Label], *, is_signed: bool = True) -> dict[str, str]:
    """Return the question behind each label that asks one, by a sign of asking if told so."""
    ends = [*(label.span.start for label in asks), len(text)][1:]
    found: dict[str, str] = {}
    for label, end in zip(asks, ends, strict=True):
        words = clean(text[label.span.end : end])
        begins = _ASKING.match(words) or words.startswith("¿")
        asking = begins or has_question_mark(words) or not is_signed
        fewest = MIN_WORDS - 1 if begins else MIN_WORDS
        if asking and n_words(words) >= fewest and not _ANNOUNCING.search(words):
            found |= {name: words for name in label.question_ids if name not in found}
    return found


def _is_topic(post: Post, label: Label) -> bool:
    """Return whether a label is of the form `T1`, which asks where a chat has topics."""
    return has_question_mark(post.text) and label.span.of(post.text).lstrip("[(#*_")[:1] in {
        "T",
        "t",
    }


def _firsts(askings: Iterable[Asking]) -> dict[str, Asking]:
    """Return the post that asked each question first; posts without a time come last."""
    firsts: dict[str, Asking] = {}
    for asking in sorted(askings, key=_moment):
        for question_id in asking.texts:
            firsts.setdefault(question_id, asking)
    return firsts


def _moment(asking: Asking) -> tuple[bool, float, int]:
    """Return the key that orders posts by time, then by place."""
    time = asking.created_at
    return (time is None, time.timestamp() if time else 0.0, asking.position)


def _leaders(firsts: dict[str, Asking]) -> set[str]:
    """Return the authors who asked most questions first."""
    counts = Counter(asking.author for asking in firsts.values())
    most = max(counts.values(), default=0)
    return {name for name, n in counts.items() if n == most or n >= max(2, most / 2)}


def _of_this_chat(question: Question, first: datetime | None, last: datetime | None) -> Question:
    """Return the question, without who asked it when if that was in another chat."""
    when = question.asked_at
    if when is None or first is None or last is None:
        return question
    if first - ANOTHER_CHAT <= when <= last + ANOTHER_CHAT:
        return question
    return question.unasked()


def _filled(known: Sequence[Question], firsts: dict[str, Asking]) -> tuple[Question, ...]:
    """Return the known questions with who asked them when; a part may be asked by its parent."""
    filled = []
    for question in known:
        asking = firsts.get(question.id) or firsts.get(question.parent or "")
        if asking is None or question.asked_by is not None:
            filled.append(question)
        else:
            update = {"asked_by": asking.post_id, "asked_at": asking.created_at}
            filled.append(question.model_copy(update=update))
    return tuple(filled)


def _numbered(firsts: dict[str, Asking]) -> tuple[Question, ...]:
    """Return the questions asked, with a parent for every part."""
    parents = {name: f"Q{_split(name)[0]}" for name in firsts if _split(name)[1]}
    questions = []
    for name in sorted({*firsts, *parents.values()}, key=_split):
        asking = firsts.get(name)
        questions.append(
            Question(
                id=name,
                text=asking.texts[name] if asking else "",
                parent=parents.get(name),
                asked_by=asking.post_id if asking else None,
                asked_at=asking.created_at if asking else None,
            )
        )
    return tuple(questions)


@lru_cache(maxsize=1024)
def _split(question_id: str) -> tuple[int, str]:
    """Return number and part of an id; number 0 where it has none."""
    match = _CANONICAL.fullmatch(question_id)
    return (int(match[1]), match[2].lower()) if match else (0, question_id)
