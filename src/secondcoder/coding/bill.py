"""The bill: what requests will cost, told before they are sent."""

import json
from collections.abc import Iterable

from secondcoder.coding.planned import PlannedRequest
from secondcoder.coding.pricing import Price, cost_usd
from secondcoder.coding.tokens import Tokenizer, tokenizer
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.estimates import Amounts

TOKENS_AROUND = 8
"""Tokens by which a chat's two messages are set apart, about: OpenAI's cookbook gives 3 for each
message and 3 for the start of the reply."""


class Bill:
    """Adds up requests; their texts are not kept."""

    def __init__(self, price: Price | None, codebook: Codebook) -> None:
        """Start with nothing on it.

        Args:
            price: What tokens cost; None: not known.
            codebook: Whose longest theme an ordinary reply names.
        """
        self._price = price
        self.tokenizer: Tokenizer = tokenizer()
        self._reply_tokens = self.tokenizer.count(_reply(theme.id for theme in codebook.themes))
        self._known: dict[str, int] = {}
        self.n_posts = 0
        self.n_requests = 0
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.cost_usd = 0.0 if price else None

    def add(self, planned: PlannedRequest) -> float | None:
        """Add a request; return what it will cost, None where that is not known."""
        sent = self._stable(planned.system) + self._stable(planned.reply_schema)
        sent += self.tokenizer.count(planned.user) + TOKENS_AROUND
        came = planned.n_posts * self._reply_tokens
        self.n_posts += 0 if planned.is_extra else planned.n_posts
        self.n_requests += 1
        self.prompt_tokens += sent
        self.completion_tokens += came
        cost = cost_usd(self._price, sent, 0, came)
        if self.cost_usd is not None and cost is not None:
            self.cost_usd += cost
        return cost

    @property
    def amounts(self) -> Amounts:
        """Return the sums."""
        return Amounts(
            n_requests=self.n_requests,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cost_usd=self.cost_usd,
        )

    def _stable(self, text: str) -> int:
        """Return the count of a text that many requests share, taken once."""
        if text not in self._known:
            self._known[text] = self.tokenizer.count(text)
        return self._known[text]


def _reply(theme_ids: Iterable[str]) -> str:
    """Return what a model says of an ordinary post: one quote, with the longest theme."""
    theme = max(theme_ids, key=len, default="")
    quote = {"segments": [1], "question": "Q1", "themes": [theme]}
    return json.dumps({"post": 10, "quotes": [quote], "left_out": None, "undecided": None})
