"""Questions that are known by the labels of their answers, where no post was understood to ask."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from secondcoder.ingest.questions import handle, is_numbered, resolve
from secondcoder.ingest.wording import clean
from secondcoder.schema.chat import Post, Question
from secondcoder.schema.labels import find_labels
from secondcoder.schema.readings import Note

_FEWEST_PEOPLE = 2
"""One alone may have mistyped a number. Our choice."""
_FEWEST_FOREIGN = 3
"""People who begin posts with `R1` before that is told: one may write of a road. Our choice."""
_NUMBER = re.compile("[1-9][0-9]?")
_FOREIGN = re.compile(r"\W*([b-pr-su-z])\.?0?[1-9][a-h]?(?=[\s:.)-])", re.IGNORECASE)
"""`R1` or `P2:`, as posts in other languages begin; not the letters of labels, A, Q and T."""


class Answered:
    """Counts how posts label what they answer; of each number, two of its people are held."""

    def __init__(self) -> None:
        """Start with no post."""
        self._n_posts: Counter[str] = Counter()
        self._people: dict[str, set[str]] = {}
        self._n_foreign: Counter[str] = Counter()
        self._foreigners: dict[str, set[str]] = {}

    def add(self, post: Post) -> None:
        """Take note of a post; another's words passed on say nothing of who answers."""
        if post.is_repost:
            return
        labels = find_labels(post.text)
        person = post.author_key or post.id
        for label in labels:
            if label.kind == "answers":
                for question_id in {_whole(each) for each in label.question_ids}:
                    self._n_posts[question_id] += 1
                    _hold(self._people.setdefault(question_id, set()), person, _FEWEST_PEOPLE)
        found = _FOREIGN.match(post.text) if not labels else None
        if found is not None:
            letter = found[1].upper()
            self._n_foreign[letter] += 1
            _hold(self._foreigners.setdefault(letter, set()), person, _FEWEST_FOREIGN)

    def lacking(self, questions: Sequence[Question]) -> list[str]:
        """Return the questions that two people or more say they answer, and that are not there."""
        ids = [question.id for question in questions]
        if not is_numbered(ids):
            return []
        found = [
            question_id
            for question_id, people in self._people.items()
            if len(people) >= _FEWEST_PEOPLE and not resolve(question_id, ids)
        ]
        return sorted(found, key=lambda question_id: int(question_id[1:]))

    def notes(self, known: Sequence[Question], made: Collection[str]) -> Iterable[Note]:
        """Yield what was made of labels, and which say nothing here.

        Args:
            known: The questions there are.
            made: Those of them that are known by the labels of answers alone.
        """
        for question_id in made:
            n = self._n_posts[question_id]
            yield Note(
                message=f"no post was understood to ask {question_id} in words; it is a question "
                f"since {n:,} posts are labelled as its answers (A{question_id[1:]}): write its "
                f"words into the codebook. Posts without a label or a reply count by time"
            )
        for question_id in self.lacking(known):
            n = self._n_posts[question_id]
            yield Note(
                message=f"{n:,} posts are labelled A{question_id[1:]}, and there is no "
                f"{question_id}: they are laid to no question; add it to the codebook"
            )
        for letter, people in self._foreigners.items():
            n, n_labelled = self._n_foreign[letter], sum(self._n_posts.values())
            if len(people) >= _FEWEST_FOREIGN and n > n_labelled:
                yield Note(
                    message=f"{n:,} posts begin like '{letter}1', which is not read as a label: "
                    f"in every language questions are labelled Q1 and answers A1; write them so, "
                    f"or name the column of their questions (--column question=NAME)"
                )


def completed(
    questions: Sequence[Question],
    lacking: Collection[str],
    posts: Iterable[Post],
    moderators: Collection[str],
) -> tuple[Question, ...]:
    """Return the questions with those that are known by the labels of their answers.

    A moderator's first post with nothing but the question's label asks it, in whatever words: it
    may be a picture.

    Args:
        questions: That were found.
        lacking: Ids of those that were not.
        posts: All of them, gone through once.
        moderators: Handles; without any, those who asked the others.
    """
    asked_by = {question.asked_by for question in questions}
    names = {handle(name) for name in moderators}
    leaders = set[str](names)
    first: dict[tuple[str, str], tuple[tuple[bool, float, int], Post, str]] = {}
    for position, post in enumerate(posts):
        if post.id in asked_by and not names:
            leaders.add(handle(post.author))
        labels = find_labels(post.text)
        if post.is_repost or not labels or any(each.kind == "answers" for each in labels):
            continue
        time = post.created_at
        moment = (time is None, time.timestamp() if time else 0.0, position)
        words = clean(post.text[labels[0].span.end :])
        words = words if any(letter.isalnum() for letter in words) else ""
        for question_id in {_whole(each) for label in labels for each in label.question_ids}:
            key = (question_id, handle(post.author))
            if question_id in lacking and (key not in first or moment < first[key][0]):
                first[key] = (moment, post, words)
    made = []
    for question_id in lacking:
        mine = [first[key] for key in first if key[0] == question_id and key[1] in leaders]
        if not mine:
            made.append(Question(id=question_id))
            continue
        _, post, words = min(mine, key=lambda each: each[0])
        made.append(
            Question(id=question_id, text=words, asked_by=post.id, asked_at=post.created_at)
        )
    return tuple(sorted((*questions, *made), key=lambda each: _order(each.id)))


def _whole(question_id: str) -> str:
    """Return the whole that a label names: `Q2` of `Q2a`."""
    found = _NUMBER.search(question_id)
    return f"Q{found[0]}" if found else question_id


def _order(question_id: str) -> tuple[int, str]:
    return int(_whole(question_id)[1:]), question_id


def _hold(people: set[str], person: str, most: int) -> None:
    if len(people) < most:
        people.add(person)
