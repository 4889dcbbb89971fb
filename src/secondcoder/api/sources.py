"""Where posts come from: gone through several times, held in memory never more than needed."""

from collections.abc import Iterator
from pathlib import Path

from secondcoder.errors import InputError
from secondcoder.ingest.posts import iter_posts
from secondcoder.schema.chat import Chat, ChatInfo, Post
from secondcoder.schema.options import ChatFile
from secondcoder.schema.readings import Note


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
        """Yield the posts in the order of the file, reading it anew each time."""
        if not isinstance(self._posts, ChatFile):
            return iter(self._posts)
        notes = self.notes if self._is_first else []
        self._is_first = False
        file = self._posts
        return iter_posts(
            file.path,
            columns=file.columns,
            timezone=file.timezone,
            sheet=file.sheet,
            notes=notes,
        )


def open_source(chat: Chat | ChatFile | str | Path) -> Source:
    """Return the posts of a chat, or of a file that is read as it is iterated.

    Raises:
        InputError: If `chat` is none of these.
    """
    match chat:
        case Chat():
            return Source(chat.posts, chat.info)
        case str() | Path():
            return open_source(ChatFile(path=Path(chat)))
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
