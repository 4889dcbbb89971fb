"""The first look at a chat: its questions, its start, its repeats, its counts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from secondcoder.api.sources import Source
from secondcoder.coding.bare_handles import Handles
from secondcoder.errors import IngestError
from secondcoder.ingest.answered import Answered, completed
from secondcoder.ingest.attribution import Attributor, given
from secondcoder.ingest.counts import count_posts
from secondcoder.ingest.duplicates import RepeatIndex
from secondcoder.ingest.hashtags import HashtagCount
from secondcoder.ingest.questions import ANOTHER_CHAT, find_questions
from secondcoder.schema.chat import Attribution, ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.placed import PlacedPost
from secondcoder.schema.readings import Note

EARLY = timedelta(minutes=15)
"""Chats open with greetings: one whose first question comes at 20:06 began at 20:00. Our choice."""


class Survey(NamedTuple):
    """What was learnt by going through the posts before any is coded."""

    info: ChatInfo
    codebook: Codebook
    n_posts: int
    attributor: Attributor
    repeats: RepeatIndex
    contexts: dict[str, str]
    """Texts of posts that others reply to, by id; questions are known without."""
    handles: Handles
    """Of who writes, and of whom they mention."""

    def attribute(self, posts: Iterable[Post]) -> Iterator[tuple[Post, Attribution]]:
        """Yield each post with the questions it may answer; what the source says goes first."""
        for post, attribution in self.attributor.attribute(posts):
            yield post, given(post, self.codebook.questions) or attribution

    def place(self, posts: Iterable[Post]) -> Iterator[PlacedPost]:
        """Yield each post with all that coding it needs to know of the rest of the chat."""
        times = [each.asked_at for each in self.info.questions if each.asked_at is not None]
        first = min(times, default=None)
        for post, attribution in self.attribute(posts):
            context = self.contexts.get(post.in_reply_to or "")
            yield PlacedPost(
                post=post,
                attribution=attribution,
                context=context,
                is_question_post=self.is_question_post(post),
                same_as=self.same_as(post),
                precedes_questions=(
                    first is not None and post.created_at is not None and post.created_at < first
                ),
                named=self.handles.written_in(post.text, context),
            )

    def is_question_post(self, post: Post) -> bool:
        """Return whether the post asks a question of the chat."""
        return self.attributor.is_question_post(post)

    def same_as(self, post: Post) -> str | None:
        """Return the id of the post whose words this one repeats."""
        return self.repeats.same_as(post)


def survey(
    source: Source, codebook: Codebook | None = None, *, with_context: bool = False
) -> Survey:
    """Return what a first look at the posts tells; the posts are gone through four times.

    Args:
        source: The posts.
        codebook: Its questions are looked for among the moderators' posts. Where it has none, the
            moderators' question posts become questions, of the chat and, without who asked them
            when, of the codebook.
        with_context: Whether to keep the texts of posts that others reply to.

    Raises:
        IngestError: If there are no posts.
    """
    book = codebook or Codebook()
    moderators = source.info.moderators
    hashtags, replied_to, answered = HashtagCount(), set[str](), Answered()
    handles = Handles()
    noted = _noting(source, hashtags, replied_to, answered, handles)
    asked = find_questions(noted, moderators=moderators, known=book.questions)
    made = answered.lacking(asked) if not book.questions else []
    if made:
        asked = completed(asked, made, source, moderators)
    source.notes.extend(answered.notes(asked, made))
    if not book.questions and asked:
        # Built anew and not copied, so that its parts are checked against each other. Other chats
        # may ask the same: the codebook is one for all of them, the times are this chat's.
        book = Codebook(**(dict(book) | {"questions": [each.unasked() for each in asked]}))
    if elsewhere := [each.id for each in _moved(book.questions, asked)]:
        message = (
            f"the codebook has {', '.join(elsewhere)} asked in another chat, more than a day from "
            f"these posts, so who asked them here, and when, was looked for anew"
        )
        source.notes.append(Note(message=message))
    starts_at = source.info.starts_at or _start(asked)
    is_inferred = source.info.starts_at is None and starts_at is not None
    if is_inferred and starts_at is not None:
        message = (
            f"start taken to be {starts_at.isoformat(' ')}, by the first question; --start sets it"
        )
        source.notes.append(Note(message=message))
    attributor = Attributor(
        asked, moderators=moderators, starts_at=starts_at, length=source.info.usual_length
    )
    attributor.survey(source)
    repeats = RepeatIndex.build(source)
    replied_to = replied_to - {question.asked_by for question in asked} if with_context else set()
    contexts: dict[str, str] = {}
    hours = sorted({source.info.usual_length / timedelta(hours=1), 24.0})
    counts = count_posts(_keeping(source, replied_to, contexts), starts_at=starts_at, hours=hours)
    n_posts, before = counts.n_posts, source.info.counts
    if before is not None and before.n_posts > n_posts:
        # The file holds part of the chat, such as a report's quotations: its figures stay.
        counts = before
    hashtag = source.info.hashtag or hashtags.common()
    known: dict[str, object] = {
        "questions": asked,
        "starts_at": starts_at,
        "start_is_inferred": is_inferred or source.info.start_is_inferred,
        "counts": counts,
        "hashtag": hashtag,
    }
    if not source.is_titled:
        if hashtag:
            known["title"] = f"Tweet chat #{hashtag}"
        elif book.title != Codebook().title:
            known["title"] = book.title
    if not n_posts:
        raise IngestError(f"{source.info.source or 'the chat'} holds no posts; export it again")
    return Survey(
        info=source.info.model_copy(update=known),
        codebook=book,
        n_posts=n_posts,
        attributor=attributor,
        repeats=repeats,
        contexts=contexts,
        handles=handles,
    )


def _moved(known: Sequence[Question], found: Sequence[Question]) -> Iterator[Question]:
    """Yield the known questions that were asked in another chat."""
    for question, here in zip(known, found, strict=bool(known)):
        when, now = question.asked_at, here.asked_at
        if when is not None and (now is None or abs(now - when) > ANOTHER_CHAT):
            yield question


def _noting(
    posts: Iterable[Post],
    hashtags: HashtagCount,
    replied_to: set[str],
    answered: Answered,
    handles: Handles,
) -> Iterator[Post]:
    for post in posts:
        hashtags.add(post)
        answered.add(post)
        handles.add(post)
        if post.in_reply_to is not None:
            replied_to.add(post.in_reply_to)
        yield post


def _keeping(posts: Iterable[Post], ids: set[str], texts: dict[str, str]) -> Iterator[Post]:
    for post in posts:
        if post.id in ids:
            texts[post.id] = post.text
        yield post


def _start(questions: tuple[Question, ...]) -> datetime | None:
    """Return when the chat began: the full or half hour at or up to `EARLY` before its Q1."""
    times = [question.asked_at for question in questions if question.asked_at is not None]
    if not times:
        return None
    first = min(times)
    past = timedelta(
        minutes=first.minute % 30, seconds=first.second, microseconds=first.microsecond
    )
    return first - past if past <= EARLY else first
