"""Which question a post answers: label, replies, the author's own thread, time, in this order."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from secondcoder.ingest.chains import Chains, Link
from secondcoder.ingest.questions import find_asking, handle, is_numbered, resolve
from secondcoder.ingest.wording import has_question_mark, is_alike
from secondcoder.schema.chat import Attribution, AttributionRule, Post, Question
from secondcoder.schema.labels import find_labels

SLACK = timedelta(minutes=15)
"""How long after the chat's end a post may still answer the last question. Our choice."""
NUMBERED_WITHIN = timedelta(minutes=15)
"""How far apart `1/2` and `2/2` of one author may stand without a reply between. Our choice."""

_ANOTHER = ": it answers another question"
_COUNTER = re.compile(r"(?<![\w/.])([0-9]{1,2})/([0-9]{1,2}|n)?(?![\w/.])")


_ID = re.compile(r"q?\d{1,2}[a-h]?", re.IGNORECASE)
_APART = re.compile(r"[\s,;/|&+]+")


def given(post: Post, questions: Sequence[Question]) -> Attribution | None:
    """Return the questions that the source itself says a post answers; None if it says nothing.

    It may name ids in any usual form (`Q2a`, `2a`, several of them), or repeat a question's words.

    >>> given(Post(id="1", text="Tea", question="2a"), [Question(id="Q2a")]).question_ids
    ('Q2a',)
    """
    if post.question is None:
        return None
    ids = [question.id for question in questions]
    named = [
        found
        for word in _APART.split(post.question)
        if _ID.fullmatch(word) or word in ids
        for found in ((word,) if word in ids else resolve(word, ids))
    ]
    said = [question.id for question in questions if is_alike(question.text, post.question)]
    found = tuple(dict.fromkeys(named or said))
    if not found:
        return None
    return Attribution(question_ids=found, rule=AttributionRule.GIVEN, evidence=post.question)


class Attributor:
    """Says which questions posts may answer, and which rule said so.

    The rules, tried in this order:

    1. **Label.** The questions of the labels that answer, else of those that ask (people write `Q1`
       for `A1`). A question post gets the question it asks. `A2` where the codebook has `Q2a` and
       `Q2b` gives both. A number it lacks is noted: one that answers says that the post answers
       none of the questions there are, so no other rule is tried; after one that asks, the next is.
    2. **Reply** or **thread**: up the chain to the nearest post that asks or carries a label. If
       the author wrote all of the chain it is a thread, else a reply. A chain follows what a post
       replies to, else what it passes on or comments on, else the part before it of posts
       numbered `1/2`, `2/2` by one author within `NUMBERED_WITHIN`. A thread without any label
       takes the question that time gives its first post.
    3. **Time.** The question asked last before the post. The last one counts until the end of the
       chat and `SLACK`; without `starts_at` the chat starts with its first question.
    4. **None**: the post is general.

    Memory: per post one dictionary entry with its id and a small link, which posts that follow
    none share when they are alike; texts are not kept.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        *,
        moderators: Collection[str] = (),
        starts_at: datetime | None = None,
        length: timedelta = timedelta(hours=1),
    ) -> None:
        """Make ready to attribute.

        Args:
            questions: With `asked_by` and `asked_at` where known (`find_questions` fills them in).
            moderators: Handles. The authors of posts named by `asked_by` count as well.
            starts_at: When the chat starts.
            length: How long the chat lasts.
        """
        self._questions = tuple(questions)
        self._ids = [question.id for question in questions]
        self._is_numbered = is_numbered(self._ids)
        self._moderators = {handle(name) for name in moderators}
        self._asked = _asked(self._questions)
        windows: dict[datetime, list[str]] = {}
        for question in _leaves(self._questions):
            if question.asked_at is not None:
                windows.setdefault(question.asked_at, []).append(question.id)
        self._times = sorted(windows)
        self._windows = [
            Attribution(
                question_ids=tuple(windows[time]),
                rule=AttributionRule.TIME,
                evidence=f"written after {time.isoformat()}, when it was asked",
            )
            for time in self._times
        ]
        if self._times:
            end = (starts_at or self._times[0]) + length + SLACK
            self._ends_at = max(end, self._times[-1] + SLACK)
        self._resolved: dict[str, tuple[str, ...]] = {}
        self._chains = Chains()
        self._shared: dict[tuple[object, ...], Attribution] = {}
        self._numbered: dict[tuple[str, int, str], list[tuple[datetime, str]]] = {}
        for post_id, ids in self._asked.items():
            own = self._share(ids, AttributionRule.LABEL, "question post")
            self._chains.add(post_id, Link("", None, own, is_known=True))

    def survey(self, posts: Iterable[Post]) -> None:
        """Index all posts before `attribute`, so that replies may come before what they answer."""
        waiting: list[tuple[str, tuple[str, int, str], datetime]] = []
        for post in posts:
            self._add(post)
            counter = _counter(post)
            if counter and post.created_at and self._chains[post.id].upper is None:
                waiting.append((post.id, counter, post.created_at))
        for post_id, counter, time in waiting:
            upper = self._part_before(counter, time)
            self._chains.add(post_id, self._chains[post_id]._replace(upper=upper))

    def attribute(self, posts: Iterable[Post]) -> Iterator[tuple[Post, Attribution]]:
        """Yield each post with the questions it may answer, in the order given.

        Posts that `survey` has not seen are indexed as they come: a chain then leads only through
        posts that came before.
        """
        for post in posts:
            if post.id not in self._chains or post.id in self._asked:
                self._add(post)
            yield post, self._attribution(post)

    def is_question_post(self, post: Post) -> bool:
        """Return whether a post asks a question of the chat, or does nothing but repeat one.

        Reposts are not question posts, whatever they pass on.
        """
        if post.id in self._asked:
            return True
        if post.is_repost or not (has_question_mark(post.text) or find_labels(post.text)):
            return False
        if handle(post.author) in self._moderators:
            asking = find_asking(post, self._questions, is_moderator=True)
            return asking is not None and asking.is_certain
        if any(label.kind == "answers" for label in find_labels(post.text)):
            return False
        return any(is_alike(question.text, post.text) for question in self._questions)

    def _add(self, post: Post) -> None:
        """Index a post."""
        author = handle(post.author)
        if post.id in self._asked:
            self._moderators.add(author)
        upper = post.in_reply_to or post.repost_of or post.quote_of
        counter = _counter(post)
        if counter is not None and post.created_at is not None:
            upper = upper or self._part_before(counter, post.created_at)
            self._numbered.setdefault(counter, []).append((post.created_at, post.id))
        own = self._own(post)
        is_known = own.rule is AttributionRule.LABEL
        self._chains.add(post.id, Link(author, upper, own, is_known=is_known))

    def _attribution(self, post: Post) -> Attribution:
        """Return the attribution of an indexed post."""
        link = self._chains[post.id]
        if link.is_known or self._answers_another(link.own):
            return link.own
        for upper in dict.fromkeys((link.upper, post.repost_of, post.quote_of)):
            found = self._followed(post.id, upper) if upper else None
            if found is not None:
                return found
        return link.own

    def _followed(self, post_id: str, upper: str) -> Attribution | None:
        """Return what the chain that leads on from a post says; None if nothing."""
        if upper in self._asked:
            return self._share(self._asked[upper], AttributionRule.REPLY, f"question post {upper}")
        if upper not in self._chains or upper == post_id:
            return None
        reach = self._chains.reach(upper)
        author = self._chains[post_id].author
        is_own = author != "" and author == self._chains[upper].author
        if reach.known is not None:
            known = self._chains[reach.known].own
            is_thread = is_own and reach.is_own and reach.known not in self._asked
            rule = AttributionRule.THREAD if is_thread else AttributionRule.REPLY
            return self._share(known.question_ids, rule, f"post {reach.known}: {known.evidence}")
        top = self._chains[reach.top]
        if not is_own or not top.own.question_ids:
            return None
        evidence = f"own post {reach.top}: {top.own.evidence}"
        return self._share(top.own.question_ids, AttributionRule.THREAD, evidence)

    def _own(self, post: Post) -> Attribution:
        """Return what the post says by itself: by its label, else by its time."""
        if post.id in self._asked:
            return self._share(self._asked[post.id], AttributionRule.LABEL, "question post")
        labels = find_labels(post.text)
        answers = [label for label in labels if label.kind == "answers"] or labels
        named = list(dict.fromkeys(name for label in answers for name in label.question_ids))
        ids = tuple(dict.fromkeys(found for name in named for found in self._meant(name)))
        words = ", ".join(label.span.of(post.text) for label in answers[:4])
        lacking = ", ".join(name for name in named if not self._meant(name))
        note = f"label '{words}'" + (f" (there is no {lacking})" if lacking else "")
        if ids:
            return self._share(ids, AttributionRule.LABEL, note)
        if labels and answers[0].kind == "answers" and self._is_numbered:
            return self._share((), AttributionRule.NONE, f"{note}{_ANOTHER}")
        return self._timed(post.created_at, note if labels else None)

    @staticmethod
    def _answers_another(own: Attribution) -> bool:
        """Return whether a post says that it answers a question that is not there."""
        return own.rule is AttributionRule.NONE and (own.evidence or "").endswith(_ANOTHER)

    def _meant(self, name: str) -> tuple[str, ...]:
        """Return the questions that the name of a label means."""
        if name not in self._resolved:
            self._resolved[name] = resolve(name, self._ids)
        return self._resolved[name]

    def _timed(self, time: datetime | None, note: str | None) -> Attribution:
        """Return what the time of a post says; `note` tells of a label that names no question."""
        if time is None or not self._times or not self._times[0] <= time <= self._ends_at:
            return self._share((), AttributionRule.NONE, note)
        window = self._windows[bisect_right(self._times, time) - 1]
        if note is None:
            return window
        evidence = f"{window.evidence}; {note}"
        return self._share(window.question_ids, AttributionRule.TIME, evidence)

    def _part_before(self, counter: tuple[str, int, str], time: datetime) -> str | None:
        """Return the post that holds the part before, as near in time as there is."""
        author, number, total = counter
        before = self._numbered.get((author, number - 1, total), ())
        near = [(abs(time - at), post_id) for at, post_id in before]
        return min((each for each in near if each[0] <= NUMBERED_WITHIN), default=(None, None))[1]

    def _share(
        self, ids: tuple[str, ...], rule: AttributionRule, evidence: str | None
    ) -> Attribution:
        """Return one attribution for all posts that say the same."""
        key = (ids, rule, evidence)
        if key not in self._shared:
            self._shared[key] = Attribution(question_ids=ids, rule=rule, evidence=evidence)
        return self._shared[key]


def _leaves(questions: Sequence[Question]) -> list[Question]:
    """Return the questions that can be answered: those without parts."""
    parents = {question.parent for question in questions}
    return [question for question in questions if question.id not in parents]


def _asked(questions: Sequence[Question]) -> dict[str, tuple[str, ...]]:
    """Return the ids that each question post asks, parts in place of a whole that has some."""
    leaves = {question.id for question in _leaves(questions)}
    asked: dict[str, dict[str, None]] = {}
    for question in questions:
        if question.asked_by is None:
            continue
        own = [question.id] if question.id in leaves else []
        parts = [each.id for each in questions if each.parent == question.id]
        asked.setdefault(question.asked_by, {}).update(dict.fromkeys(own or parts))
    return {post_id: tuple(ids) for post_id, ids in asked.items()}


def _counter(post: Post) -> tuple[str, int, str] | None:
    """Return author, number and total of a post such as `1/2`; None where there is no counter."""
    match = _COUNTER.search(post.text) if "/" in post.text else None
    if match is None or not post.author:
        return None
    return (handle(post.author), int(match[1]), match[2] or "")
