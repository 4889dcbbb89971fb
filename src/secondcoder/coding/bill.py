"""The bill: what requests will cost, told before they are sent."""

from secondcoder.coding.planned import PlannedRequest
from secondcoder.coding.pricing import Price, cost_usd
from secondcoder.coding.tokens import Tokenizer, tokenizer
from secondcoder.schema.estimates import Amounts

TOKENS_AROUND = 8
"""Tokens by which a chat's two messages are set apart, about: OpenAI's cookbook gives 3 for each
message and 3 for the start of the reply."""


class Bill:
    """Adds up requests; their texts are not kept."""

    def __init__(self, price: Price | None) -> None:
        """Start with nothing on it; `price` is what tokens cost, None where that is not known."""
        self._price = price
        self.tokenizer: Tokenizer = tokenizer()
        self._known: dict[str, int] = {}
        self._seen = set[tuple[str, str]]()
        self.n_posts = 0
        self.n_reused = 0
        self.n_requests = 0
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.cost_usd = 0.0 if price else None

    def add(self, planned: PlannedRequest) -> float | None:
        """Add a request; return what it will cost, None where that is not known."""
        self.n_posts += 0 if planned.is_extra else planned.n_posts
        came = self._repeated(planned.usual_reply)
        return self._put((planned.system, planned.reply_schema), planned.user, came)

    def add_once(self, planned: PlannedRequest) -> None:
        """Add a request, unless one that reads the same is on the bill: its answer is kept."""
        if (planned.system, planned.user) not in self._seen:
            self._seen.add((planned.system, planned.user))
            self.add(planned)

    def add_text(self, stable: tuple[str, str], user: str, reply: str) -> None:
        """Add a request whose reply is expected to read like this.

        Args:
            stable: System prompt and form of the reply, which many requests share.
            user: The rest of the prompt.
            reply: An ordinary reply.
        """
        self._put(stable, user, self.tokenizer.count(reply))

    def reuse(self) -> None:
        """Count a request that is not sent, since its answer is known."""
        self.n_reused += 1

    def _put(self, stable: tuple[str, str], user: str, came: int) -> float | None:
        sent = sum(map(self._repeated, stable)) + self.tokenizer.count(user) + TOKENS_AROUND
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

    def _repeated(self, text: str) -> int:
        """Return the count of a text that many requests share, taken once."""
        if text not in self._known:
            self._known[text] = self.tokenizer.count(text)
        return self._known[text]
