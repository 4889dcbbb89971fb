"""Duplicates: which posts say what another post of the chat says already."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import Self

from secondcoder.ingest.hash_table import NUMERIC, HashTable, key_of, key_of_id
from secondcoder.ingest.reposts import passed_on
from secondcoder.schema.chat import Post

PREFIXES = (100, 60)
"""Characters by which a repost cut off by the platform is matched with its original. Reposts were
cut at 140 with `RT @name: ` in front, so nearly all keep 100; two originals of one author that
share their first 100 are told apart by nothing and left alone."""
SHORT_WORDS = 5
"""Two people who both answer `Trust` said the same, but neither repeats the other: a text with
fewer words repeats another only if it is by the same author. Our choice."""
_AMBIGUOUS = 2**32


class RepeatIndex:
    """Groups of posts with the same words, known by hashes; built in one pass, then asked.

    Posts say the same if their texts are equal but for white space at the ends (short texts also
    need the same author, see `SHORT_WORDS`), or if one is a repost of the other: by the id the
    platform gives, or by the text behind `RT @name:` (its beginning, where the platform cut it).
    Each group has one post to code: the first that is no repost, or the first repost if the
    original is absent. First is earliest by time where both have one, else by the order of the
    file; so newest-first files give the same answer.

    It keeps about 150 bytes a post and no text.
    """

    def __init__(self) -> None:
        self._groups = HashTable()
        self._beginnings = HashTable()
        self._waiting = array("Q")
        self._parents = array("I")
        self._ids = array("Q")
        self._times = array("d")
        self._reposts = bytearray()
        self._other_ids: list[str] = []

    @classmethod
    def build(cls, posts: Iterable[Post]) -> Self:
        """Return the index of posts, which are taken once and not kept."""
        index = cls()
        for post in posts:
            index._add(post)
        index._match_cut_reposts()
        return index

    def same_as(self, post: Post) -> str | None:
        """Return the id of the post coded in place of this one, None if it is itself coded.

        The id returned is of a post for which this returns None. Ask about indexed posts only.
        """
        for key in _keys(post):
            if group := self._groups.get(key):
                found = self._id(self._ids[self._root(group - 1)])
                return None if found == post.id else found
        return None

    def _add(self, post: Post) -> None:
        group = len(self._parents)
        self._parents.append(group)
        self._ids.append(self._packed(post.id))
        self._times.append(post.created_at.timestamp() if post.created_at else inf)
        self._reposts.append(post.is_repost)
        for key in _keys(post):
            if known := self._groups.get(key):
                group = self._join(known - 1, group)
            else:
                self._groups.set(key, group + 1)
        if not post.is_repost:
            self._note_beginnings(post, group)
        elif post.repost_of is None:
            for key in _originals(post):
                self._waiting.extend((key, group))

    def _note_beginnings(self, post: Post, group: int) -> None:
        text = post.text.strip()
        for length in PREFIXES:
            if post.author is not None and len(text) > length:
                key = _beginning_key(post.author.casefold(), text, length)
                known = self._beginnings.get(key)
                same = not known or (
                    known != _AMBIGUOUS and self._root(known - 1) == self._root(group)
                )
                self._beginnings.set(key, group + 1 if same else _AMBIGUOUS)

    def _match_cut_reposts(self) -> None:
        waiting = iter(self._waiting)
        for key, group in zip(waiting, waiting, strict=True):
            known = self._groups.get(key) or self._beginnings.get(key)
            if known and known != _AMBIGUOUS:
                self._join(known - 1, group)
        del self._waiting[:]
        self._beginnings = HashTable()

    def _join(self, one: int, other: int) -> int:
        """Make two groups one, under the post that is to be coded."""
        one, other = self._root(one), self._root(other)
        if one == other:
            return one
        first, second = (one, other) if self._precedes(one, other) else (other, one)
        self._parents[second] = first
        return first

    def _precedes(self, one: int, other: int) -> bool:
        if self._reposts[one] != self._reposts[other]:
            return not self._reposts[one]
        times = self._times[one], self._times[other]
        if inf not in times and times[0] != times[1]:
            return times[0] < times[1]
        return one < other

    def _root(self, group: int) -> int:
        parents = self._parents
        while parents[group] != group:
            parents[group] = parents[parents[group]]
            group = parents[group]
        return group

    def _packed(self, post_id: str) -> int:
        key = key_of_id(post_id)
        if key < NUMERIC:
            return key
        self._other_ids.append(post_id)
        return NUMERIC | (len(self._other_ids) - 1)

    def _id(self, packed: int) -> str:
        return str(packed) if packed < NUMERIC else self._other_ids[packed & ~NUMERIC]


def repeats(posts: Sequence[Post]) -> Iterator[tuple[Post, str | None]]:
    """Yield each post with the id of the post whose words it repeats, None if they are its own.

    >>> posts = [Post(id="1", text="RT @ann: Tea helps", is_repost=True)]
    >>> posts += [Post(id="2", text="Tea helps", author="ann")]
    >>> [same_as for post, same_as in repeats(posts)]
    ['2', None]
    """
    index = RepeatIndex.build(posts)
    for post in posts:
        yield post, index.same_as(post)


def words_key(text: str, author: str | None) -> int:
    """Return the key that posts share when one repeats the other's words."""
    text = text.strip()
    if len(text.split(None, SHORT_WORDS)) < SHORT_WORDS:
        return key_of("short", (author or "").lstrip("@").casefold(), text)
    return key_of("words", text)


def _keys(post: Post) -> Iterator[int]:
    """Yield the keys under which posts with the same words meet."""
    if not post.is_repost:
        yield words_key(post.text, post.author)
        yield key_of("post", post.id)
        return
    if post.repost_of is not None:
        yield key_of("post", post.repost_of)
    passed = passed_on(post.text)
    if passed is None:
        # Flagged by the platform without `RT` in front: the text is the original's.
        yield words_key(post.text, post.author)
    elif passed.is_cut:
        yield key_of("cut", passed.author, passed.words)
    elif passed.words:
        yield words_key(passed.words, passed.author)
    else:
        yield key_of("cut", passed.author, "")


def _originals(post: Post) -> Iterator[int]:
    """Yield the keys that the original of a cut repost may have."""
    passed = passed_on(post.text)
    if passed is None or not passed.is_cut:
        return
    # The dots may be the author's own.
    yield words_key(passed.whole, passed.author)
    for length in PREFIXES:
        if len(passed.words) >= length:
            yield _beginning_key(passed.author, passed.words, length)
            return


def _beginning_key(author: str, text: str, length: int) -> int:
    return key_of("beginning", author, text[:length])
