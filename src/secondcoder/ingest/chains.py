"""Chains of replies: from a post up to the nearest one whose question is known."""

from typing import NamedTuple

from secondcoder.schema.chat import Attribution


class Link(NamedTuple):
    """What is kept of a post: who wrote it, what it follows, what it says of itself."""

    author: str
    upper: str | None
    own: Attribution
    is_known: bool
    """Whether the post itself says which question it asks or answers."""


class Reach(NamedTuple):
    """Where the chain that begins at a post leads."""

    known: str | None
    """The nearest post whose question is known, the post itself included."""
    is_own: bool
    """Whether one author wrote every post from the first up to `known`."""
    top: str
    """The uppermost post of the author's own thread."""


class Chains:
    """The links between posts, by post id. Missing posts and cycles end a chain.

    Each post is walked over once, however long the chain; posts that follow none and are alike
    share one `Link`.
    """

    def __init__(self) -> None:
        self._links: dict[str, Link] = {}
        self._shared: dict[tuple[str, int, bool], Link] = {}
        self._reaches: dict[str, Reach] = {}

    def __contains__(self, post_id: object) -> bool:
        return post_id in self._links

    def __getitem__(self, post_id: str) -> Link:
        return self._links[post_id]

    def add(self, post_id: str, link: Link) -> None:
        """Keep a post's link, in place of an earlier one."""
        # Attributions are shared already, and too large to be compared for each post.
        alike = (link.author, id(link.own), link.is_known)
        self._links[post_id] = link if link.upper else self._shared.setdefault(alike, link)
        self._reaches.clear()

    def reach(self, post_id: str) -> Reach:
        """Return where the chain that begins at a post leads; the post has to be here."""
        path: list[str] = []
        on_path: set[str] = set()
        here: str | None = post_id
        while here in self._links and here not in self._reaches and here not in on_path:
            path.append(here)
            on_path.add(here)
            if self._links[here].is_known:
                break
            here = self._links[here].upper
        above = here if here in self._reaches else None
        for below in reversed(path):
            self._reaches[below] = self._step(below, above)
            above = below
        return self._reaches[post_id]

    def _step(self, below: str, above: str | None) -> Reach:
        """Return the reach of a post from that of the post above it."""
        if self._links[below].is_known:
            return Reach(known=below, is_own=True, top=below)
        if above is None:
            return Reach(known=None, is_own=False, top=below)
        upper = self._reaches[above]
        author = self._links[below].author
        is_same = author != "" and author == self._links[above].author
        return Reach(
            known=upper.known,
            is_own=upper.is_own and is_same,
            top=upper.top if is_same else below,
        )
