"""Voices: different people who can be quoted for a theme, in words of their own if possible."""

from collections.abc import Container, Mapping, Sequence
from itertools import islice

from secondcoder.induction.typical import Typicality
from secondcoder.induction.units import Unit, joined
from secondcoder.schema.chat import Post
from secondcoder.schema.near_copies import Apart
from secondcoder.schema.quotes import Quote

_N_EXAMPLES = 5
_FEWEST_VOICES = 3
"""A theme is shown by three to five examples; one that can't be is of too few people."""
_SHARED = 2
"""What one person says alone is no theme, even where nobody else answered."""


class Voices:
    """The units of one question, and who can be quoted for some of them."""

    def __init__(
        self,
        units: Sequence[Unit],
        posts: Mapping[str, Post],
        typicality: Typicality,
        moderators: Container[str | None] = (),
    ) -> None:
        """Count the voices of the whole question.

        Args:
            units: Of one question.
            posts: The posts that were read, by id.
            typicality: Knows which words are rare among all that was read.
            moderators: Authors who are no participants, as authors are told apart: what they say
                stays in a theme, and nobody is quoted or counted for it.
        """
        self._moderators = moderators
        self.units = units
        self._posts = posts
        self.typicality = typicality
        self.n_voices = len(self.examples(range(len(units))))
        """Of the question, told as far as five."""
        self.fewest = max(_SHARED, min(_FEWEST_VOICES, self.n_voices))
        """Voices that a theme of this question must have."""

    def ranked(self, places: Sequence[int]) -> tuple[Quote, ...]:
        """Return the quotes of the units at these places, the most typical first."""
        quotes = joined((self.units[place] for place in places), self._posts)
        order = self.typicality.order([quote.text for quote in quotes])
        return tuple(quotes[place] for place in order)

    def examples(self, places: Sequence[int]) -> tuple[Quote, ...]:
        """Return the most typical quotes, no two by one author or in nearly the same words.

        Each unsigned post is by somebody else. Where too few say it in words of their own, those
        who say nearly the same follow, up to three: many who answer alike are a theme, too.
        """
        chosen: dict[str, Quote] = {}
        alike: dict[str, Quote] = {}
        apart = Apart()
        for quote in self.ranked(places):
            author = self._author(quote)
            if author in chosen or self._posts[quote.post_id].author_key in self._moderators:
                continue
            if apart.takes(quote.text):
                chosen[author] = quote
                if len(chosen) == _N_EXAMPLES:
                    break
            else:
                alike.setdefault(author, quote)
        others = (item for item in alike.items() if item[0] not in chosen)
        chosen |= islice(others, max(0, _FEWEST_VOICES - len(chosen)))
        return tuple(chosen.values())

    def _author(self, quote: Quote) -> str:
        key = self._posts[quote.post_id].author_key
        return f"@{key}" if key else quote.post_id

    def carry(self, places: Sequence[int]) -> bool:
        """Return whether enough people can be quoted for a theme of these units."""
        return len(self.examples(places)) >= self.fewest

    def n_authors(self, places: Sequence[int]) -> int:
        """Return how many participants wrote these units, as far as they are signed."""
        return len(self._authors(places) - {None})

    def support(self, places: Sequence[int]) -> int:
        """Return on how many people these units rest; posts count where one of them is unsigned."""
        authors = self._authors(places)
        if None not in authors:
            return len(authors)
        members = (self.units[place] for place in places)
        return len({unit.quote.post_id for unit in members})

    def _authors(self, places: Sequence[int]) -> set[str | None]:
        authors = {self.units[place].author for place in places}
        return {author for author in authors if author not in self._moderators}
