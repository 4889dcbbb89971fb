"""The examples a post's prompt shows: of each theme the quotes nearest to it, never its own."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from secondcoder.coding.similarity import Words
from secondcoder.errors import InputError
from secondcoder.schema.chat import Post
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.examples import Examples
from secondcoder.schema.near_copies import Copy

_DECIMALS = 6
"""Nearness is rounded, so that the last bits of a product of matrices decide nothing."""


class Shown(NamedTuple):
    """An example in a prompt."""

    theme_id: str
    text: str


class Nearest:
    """Chooses examples for posts."""

    def __init__(self, examples: Examples, codebook: Codebook) -> None:
        """Learn which words are rare among the quotes.

        Args:
            examples: Quotes that people coded.
            codebook: Its themes are the ones that can be shown.

        Raises:
            InputError: If the quotes have none of its themes.
        """
        known = codebook.theme_by_id.keys()
        self._quotes = [one for one in examples.quotes if known & set(one.theme_ids)]
        if not self._quotes:
            raise InputError(
                f"--examples: none of the {len(examples.quotes)} quotes has a theme of codebook "
                f"'{codebook.title}'; give quotes that were coded with it"
            )
        self._per_theme = examples.per_theme
        self._copies = [Copy(one.text) for one in self._quotes]
        self._words = Words(language=codebook.language)
        self._words.fit([one.text for one in self._quotes])

    def of(self, post: Post, theme_ids: Sequence[str]) -> list[Shown]:
        """Return the examples for a post, theme by theme, the nearest first.

        Left out are quotes of the post itself, of a post it passes on, and whatever says nearly the
        same as the post; and of two quotes that say nearly the same, the second.

        Args:
            post: The post that is to be coded.
            theme_ids: The themes it may be given, in the order of the prompt.
        """
        near = np.round(self._words.similarities([post.text])[0], _DECIMALS)
        order = np.argsort(-near, kind="stable").tolist()
        own = Copy(post.text)
        origins = {post.id, post.repost_of, post.quote_of}
        shown = []
        for theme_id in theme_ids:
            chosen: list[int] = []
            for place in order:
                quote, copy = self._quotes[place], self._copies[place]
                if theme_id not in quote.theme_ids or quote.post_id in origins:
                    continue
                if copy.is_near(own) or any(copy.is_near(self._copies[one]) for one in chosen):
                    continue
                chosen.append(place)
                if len(chosen) == self._per_theme:
                    break
            shown += [Shown(theme_id, self._quotes[place].text) for place in chosen]
        return shown
