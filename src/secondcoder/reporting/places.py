"""Quotes by place: which stand under a question and theme, and how many of whom."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pydantic import Field

from secondcoder.reporting.wording import count, joined, number
from secondcoder.schema.codings import Coding, Codings
from secondcoder.schema.quotes import Quote
from secondcoder.schema.record import Record


class Tally(Record):
    """How many quotes, each counted once, and of how many distinct authors."""

    n_quotes: int = Field(ge=0)
    n_posts: int = Field(ge=0)
    n_authors: int = Field(
        ge=0, description="Distinct participants, case-insensitive; no moderators."
    )
    n_unsigned: int = Field(ge=0, description="Quotes whose author is not given.")
    n_moderators: int = Field(default=0, ge=0, description="Who moderated and is quoted.")

    @property
    def words(self) -> str:
        """Return the tally in words.

        >>> Tally(n_quotes=3, n_posts=3, n_authors=2, n_unsigned=0).words
        '3 quotes from 2 authors'
        >>> Tally(n_quotes=3, n_posts=3, n_authors=1, n_unsigned=1, n_moderators=1).words
        '3 quotes from 1 known author and 1 moderator, 1 unsigned'
        """
        if not self.n_quotes:
            return "no quotes"
        quotes = count(self.n_quotes, "quote")
        author = "known author" if self.n_unsigned else "author"
        people = [count(self.n_authors, author)] if self.n_authors else []
        people += [count(self.n_moderators, "moderator")] if self.n_moderators else []
        if not people:
            return f"{quotes}, authors not given"
        unsigned = f", {number(self.n_unsigned)} unsigned" if self.n_unsigned else ""
        return f"{quotes} from {joined(people)}{unsigned}"

    @property
    def sentence(self) -> str:
        """Return the tally as a sentence of its own."""
        return f"{self.words[:1].upper()}{self.words[1:]}."


QuoteKey = tuple[str, tuple[tuple[int, int], ...]]
"""What makes two quotes one: the post and the characters cut from it."""

Place = tuple[str | None, str | None]
"""Question id and theme id; None is no question, and other ideas."""


class Shelf:
    """The codings by place, and what is needed to print each quote."""

    def __init__(self, codings: Codings) -> None:
        self.post_by_id = {coded.post.id: coded.post for coded in codings.posts}
        self.starts_at = codings.info.chat.starts_at
        self.moderators = codings.moderators.keys()
        self.numbers: dict[QuoteKey, int] = {}
        self.places: dict[Place, dict[QuoteKey, Coding]] = defaultdict(dict)
        self.places_of: dict[QuoteKey, list[Place]] = defaultdict(list)
        for coding in codings.quotes:
            key = key_of(coding.quote)
            self.numbers.setdefault(key, len(self.numbers) + 1)
            for theme_id in coding.theme_ids or (None,):
                place = (coding.question_id, theme_id)
                if key not in self.places[place]:
                    self.places[place][key] = coding
                    self.places_of[key].append(place)

    def tally(self, keys: Iterable[QuoteKey]) -> Tally:
        """Return the tally of the quotes, each counted once."""
        distinct = set(keys)
        authors = [self.post_by_id[post_id].author_key for post_id, _ in distinct]
        named = {author for author in authors if author is not None}
        moderators = named & self.moderators
        return Tally(
            n_quotes=len(distinct),
            n_posts=len({post_id for post_id, _ in distinct}),
            n_authors=len(named - moderators),
            n_unsigned=authors.count(None),
            n_moderators=len(moderators),
        )

    def at(self, question_id: str | None, theme_id: str | None) -> dict[QuoteKey, Coding]:
        """Return the quotes of a place, in the order of the codings."""
        return self.places.get((question_id, theme_id), {})

    def of_question(self, question_id: str | None) -> Iterator[QuoteKey]:
        """Yield the quotes of a question, once per place."""
        for place, quotes in self.places.items():
            if place[0] == question_id:
                yield from quotes


def key_of(quote: Quote) -> QuoteKey:
    """Return what makes the quote the same as another."""
    return quote.post_id, tuple((span.start, span.end) for span in quote.spans)
