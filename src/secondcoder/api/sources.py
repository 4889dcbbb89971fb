"""Where posts come from: gone through several times, held in memory never more than needed."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from secondcoder.errors import InputError
from secondcoder.ingest.posts import iter_posts
from secondcoder.schema.chat import AttributionRule, Chat, ChatInfo, Post
from secondcoder.schema.options import ChatFile
from secondcoder.schema.readings import Note
from secondcoder.store.files import open_codings

HELD = 10_000
"""Posts of a file that are held after the first reading, some 15 MB; a longer one is read anew."""
_BLOCK = 500
"""Posts made in a row before the first of them is looked at: what makes them, and what looks at
them, would push each other out of the processor's cache."""
CODINGS_START = b'{"kind":"codings"'


class Source:
    """Posts that can be iterated again and again, and what is known of their chat."""

    def __init__(
        self, posts: "tuple[Post, ...] | ChatFile", info: ChatInfo, *, is_titled: bool = True
    ) -> None:
        self._posts = posts
        self.info = info
        self.is_titled = is_titled
        """Whether somebody gave the title; else the file's name stands in for it."""
        self.notes: list[Note] = []
        """What reading the file had to say; filled by the first pass."""
        self._is_first = True

    def __iter__(self) -> Iterator[Post]:
        """Yield the posts in the order of the file, reading a long one anew each time."""
        if not isinstance(self._posts, ChatFile):
            return iter(self._posts)
        if not self._is_first:
            return self._read(self._posts, [])
        self._is_first = False
        return self._held(self._read(self._posts, self.notes))

    def _read(self, file: ChatFile, notes: list[Note]) -> Iterator[Post]:
        if is_codings(file.path):
            return _posts_of(file.path)
        posts = iter_posts(
            file.path,
            columns=file.columns,
            timezone=file.timezone,
            sheet=file.sheet,
            notes=notes,
        )
        return _in_blocks(posts)

    def _held(self, posts: Iterator[Post]) -> Iterator[Post]:
        """Yield the posts, and keep them for the next time if they are few."""
        held: list[Post] = []
        for post in posts:
            if len(held) <= HELD:
                held.append(post)
            yield post
        if len(held) <= HELD:
            self._posts = tuple(held)


def open_source(chat: Chat | ChatFile | str | Path) -> Source:
    """Return the posts of a chat, or of a file that is read as it is iterated.

    A file of codings is a chat, too: its posts, to be coded blind by another coder.

    Raises:
        InputError: If `chat` is none of these.
    """
    match chat:
        case Chat():
            return Source(chat.posts, chat.info)
        case str() | Path():
            return open_source(ChatFile(path=Path(chat)))
        case ChatFile() if is_codings(chat.path):
            info = open_codings(chat.path)[0].chat
            given = chat.model_dump(include=set(ChatInfo.model_fields), exclude_unset=True)
            known = {name: value for name, value in given.items() if value}
            if "starts_at" in known:
                known["start_is_inferred"] = False
            return Source(chat, info.model_copy(update=known))
        case ChatFile():
            info = ChatInfo(
                title=chat.title or chat.path.stem.replace("_", " ").replace("-", " "),
                hashtag=chat.hashtag.removeprefix("#") if chat.hashtag else None,
                source=chat.path.name,
                source_url=chat.source_url,
                starts_at=chat.starts_at,
                length=chat.length,
                moderators=tuple(name.removeprefix("@") for name in chat.moderators),
            )
            return Source(chat, info, is_titled=chat.title is not None)
    raise InputError(f"a chat is a Chat, a ChatFile or a path, not {type(chat).__name__}")


def _in_blocks(posts: Iterator[Post]) -> Iterator[Post]:
    """Yield the posts, read some hundred at a time."""
    while block := list(islice(posts, _BLOCK)):
        yield from block


def is_codings(path: Path) -> bool:
    """Return whether a file holds codings, whose posts can be coded again by another coder."""
    try:
        with path.open("rb") as file:
            return file.read(len(CODINGS_START)) == CODINGS_START
    except OSError:
        return False


def _posts_of(path: Path) -> Iterator[Post]:
    """Yield the posts of codings without what was decided; questions that were given stay given."""
    for coded in open_codings(path)[1]:
        attribution = coded.attribution
        if attribution.rule is AttributionRule.GIVEN and coded.post.question is None:
            ids = " ".join(attribution.question_ids)
            yield coded.post.model_copy(update={"question": ids})
        else:
            yield coded.post
