"""Privacy of evidence: a proposal without words, names and ids that a report would not show.

Told on the record itself, from which every form of evidence is made.
"""

from collections.abc import Callable, Iterable, Mapping

from secondcoder.schema.codebook import Theme
from secondcoder.schema.copies import Said
from secondcoder.schema.proposals import InitialCode, Proposal, Residue, ThemeEvidence, TooFew
from secondcoder.schema.quotes import Quote
from secondcoder.schema.readings import Note

_NO_NAME = "(name not shown)"
_NO_NOTE = "A note that repeats words of a post is not shown."


class PrivateProposal:
    """Shows a proposal without what leads to some people."""

    def __init__(
        self,
        said: Said,
        words_of: Callable[[str], str] = str,
        *,
        post_of: Mapping[str, str] | None = None,
        author_of: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare.

        Args:
            said: What must not stand in the words of themes.
            words_of: Returns what is shown of other words, those of quotes included.
            post_of: What is shown of each post's id; None: the id.
            author_of: What is shown of each author; None: the author.
        """
        self._said = said
        self._words_of = words_of
        self._post_of = post_of
        self._author_of = author_of

    def proposal(self, found: Proposal) -> Proposal:
        """Return the proposal as it is shown; the codebook's own file tells how it was made."""
        book = found.codebook
        numbers = {theme.id: number for number, theme in enumerate(book.themes, 1)}
        ids = {name: f"theme-{n}" if self._hides_id(name) else name for name, n in numbers.items()}
        themes = tuple(
            self._theme(theme, ids[theme.id], numbers[theme.id]) for theme in book.themes
        )
        return found.model_copy(
            update={
                "codebook": book.model_copy(update={"themes": themes, "edits": ()}),
                "themes": tuple(self._evidence(each, ids) for each in found.themes),
                "residue": tuple(map(self._residue, found.residue)),
                "sample": found.sample.model_copy(
                    update={"post_ids": tuple(map(self._post, found.sample.post_ids))}
                ),
                "notes": tuple(map(self._note, found.notes)),
            }
        )

    def _hides_id(self, theme_id: str) -> bool:
        words = theme_id.replace("-", " ").replace("_", " ")
        return self._said.is_in(words) or self._words_of(words) != words

    def _hides(self, text: str) -> bool:
        return self._said.is_quoted_in(text)

    def _theme(self, theme: Theme, theme_id: str, number: int) -> Theme:
        finding = theme.key_finding
        name = f"Theme {number}" if self._hides(theme.name) else self._words_of(theme.name)
        return theme.model_copy(
            update={
                "id": theme_id,
                "name": name,
                "definition": "".join(self._shown([theme.definition])),
                "include": self._shown(theme.include),
                "exclude": self._shown(theme.exclude),
                # Where quotes are shown by other words, an example is one of them.
                "examples": tuple(map(self._words_of, theme.examples))
                if self._post_of is not None
                else self._shown(theme.examples),
                "key_finding": next(iter(self._shown([finding] if finding else [])), None),
            }
        )

    def _shown(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._words_of(text) for text in texts if not self._hides(text))

    def _evidence(self, found: ThemeEvidence, ids: Mapping[str, str]) -> ThemeEvidence:
        return found.model_copy(
            update={
                "theme_id": ids[found.theme_id],
                "quotes": self._quotes(found.quotes),
                "examples": self._quotes(found.examples),
                "example_authors": tuple(map(self._author, found.example_authors)),
                "terms": tuple(map(self._words_of, found.terms)),
                "nearest": tuple(
                    near.model_copy(update={"theme_id": ids[near.theme_id]})
                    for near in found.nearest
                ),
                "counter_examples": self._quotes(found.counter_examples),
                "codes": self._codes(found.codes),
            }
        )

    def _residue(self, found: Residue) -> Residue:
        return found.model_copy(
            update={
                "quotes": self._quotes(found.quotes),
                "too_few": tuple(map(self._few, found.too_few)),
            }
        )

    def _few(self, found: TooFew) -> TooFew:
        return found.model_copy(
            update={
                "name": self._name(found.name),
                "codes": self._codes(found.codes),
                "quotes": self._quotes(found.quotes),
            }
        )

    def _codes(self, codes: Iterable[InitialCode]) -> tuple[InitialCode, ...]:
        return tuple(
            code.model_copy(
                update={"name": self._name(code.name), "segments": self._quotes(code.segments)}
            )
            for code in codes
        )

    def _name(self, name: str) -> str:
        return _NO_NAME if self._hides(name) else self._words_of(name)

    def _quotes(self, quotes: Iterable[Quote]) -> tuple[Quote, ...]:
        return tuple(
            quote.model_copy(
                update={"post_id": self._post(quote.post_id), "text": self._words_of(quote.text)}
            )
            for quote in quotes
        )

    def _post(self, post_id: str) -> str:
        return post_id if self._post_of is None else self._post_of[post_id]

    def _author(self, author: str | None) -> str | None:
        return author if author is None or self._author_of is None else self._author_of[author]

    def _note(self, note: Note) -> Note:
        text = _NO_NOTE if self._hides(note.message) else self._words_of(note.message)
        return note.model_copy(update={"message": text})
