"""The quotes under each theme of each question, and how many posts and people they come from."""

from collections.abc import Iterator
from typing import NamedTuple

from secondcoder.schema.codebook import Theme
from secondcoder.schema.codings import Codings
from secondcoder.schema.quotes import Quote

Place = tuple[str | None, str | None]
"""Question id and theme id; None is no question, and other ideas."""


class Group(NamedTuple):
    """Distinct quotes of one place, in the order of the codings."""

    quotes: tuple[Quote, ...]
    authors: frozenset[str]
    """Of the posts, as far as they are known; who moderated is none of the participants."""
    n_posts: int
    n_unsigned: int
    """Posts whose author is not known."""
    moderators: frozenset[str] = frozenset()
    """Who moderated and wrote some of the posts."""
    n_moderated: int = 0
    """Posts of theirs."""

    @property
    def weight(self) -> tuple[int, int]:
        """Return what places are ranked by: distinct authors, then posts."""
        return len(self.authors), self.n_posts


class ThemeQuotes:
    """The quotes of codings, by place."""

    def __init__(self, codings: Codings) -> None:
        """Gather them; a quote that is coded twice at one place counts once there."""
        self._codebook = codings.info.codebook
        self._author_of = {coded.post.id: coded.post.author_key for coded in codings.posts}
        self._moderators = codings.moderators.keys()
        self._quotes: dict[Place, dict[Quote, None]] = {}
        for coding in codings.quotes:
            for theme_id in coding.theme_ids or (None,):
                place = (coding.question_id, theme_id)
                self._quotes.setdefault(place, {})[coding.quote] = None

    def themes(self) -> Iterator[tuple[str | None, Theme, Group]]:
        """Yield question id, theme and quotes of every theme that has any, questions in order."""
        order = {question.id: place for place, question in enumerate(self._codebook.questions)}
        places = sorted(
            self._quotes, key=lambda place: order.get(place[0] or "", len(order))
        )  # stable: within a question, in the order of the posts
        for question_id, theme_id in places:
            if theme_id is not None:
                theme = self._codebook.theme_by_id[theme_id]
                yield question_id, theme, self.group((question_id, theme_id))

    def by_theme(self) -> dict[str, Group]:
        """Return the quotes of each theme that has any, under whichever question."""
        quotes: dict[str, dict[Quote, None]] = {}
        for (_, theme_id), found in self._quotes.items():
            if theme_id is not None:
                quotes.setdefault(theme_id, {}).update(found)
        return {theme_id: self._group(found) for theme_id, found in quotes.items()}

    def group(self, place: Place) -> Group:
        """Return the quotes of one place."""
        return self._group(self._quotes.get(place, {}))

    def question(self, question_id: str | None) -> Group:
        """Return all quotes of one question, under a theme or not."""
        return self._group({
            quote: None
            for place, quotes in self._quotes.items()
            if place[0] == question_id
            for quote in quotes
        })

    def _group(self, quotes: dict[Quote, None]) -> Group:
        authors = [self._author_of[post_id] for post_id in {quote.post_id for quote in quotes}]
        known = frozenset(author for author in authors if author is not None)
        here = known & self._moderators
        n_moderated = sum(author in here for author in authors)
        return Group(
            tuple(quotes), known - here, len(authors), authors.count(None), here, n_moderated
        )
