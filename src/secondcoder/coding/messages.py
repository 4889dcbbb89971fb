"""Messages: what a model is asked, before it is put into any provider's language."""

from collections.abc import Callable
from typing import NamedTuple

from pydantic import BaseModel, JsonValue

from secondcoder.coding.replies import Reply, holds_posts


class Message(NamedTuple):
    """What to send; the schema stands in the text where the server takes no other form."""

    system: str
    system_with_schema: str
    user: str
    reply_model: type[BaseModel]
    is_reply: Callable[[str], bool] = holds_posts
    """Whether a server that said this can be asked in the mode in which it was asked."""
    weighs: int = 0
    """Of so many tokens of a reply it asks how likely they are, in place of a reply; 0: of none."""
    size: tuple[int, int] | None = None
    """How many posts it holds, and segments the longest of them; None: it is about no posts."""

    @property
    def posts(self) -> dict[str, JsonValue] | None:
        """What the reply's form says of so many posts; None: the same as of any number."""
        if self.size is None or not issubclass(self.reply_model, Reply):
            return None
        return self.reply_model.posts_of(*self.size)

    @property
    def worded_as(self) -> type[BaseModel]:
        """A model whose form is the reply's, but for `posts` where that is told."""
        if self.posts is None or not issubclass(self.reply_model, Reply):
            return self.reply_model
        return self.reply_model.worded_as()

    @property
    def sized_model(self) -> type[BaseModel]:
        """The reply's form for so many posts."""
        if self.size is None or not issubclass(self.reply_model, Reply):
            return self.reply_model
        return self.reply_model.of(*self.size)

    def chat(self, mode: str) -> list[JsonValue]:
        """Return the two messages of a chat that ask for it in a mode."""
        system = self.system_with_schema if mode == "json" else self.system
        return [{"role": "system", "content": system}, {"role": "user", "content": self.user}]
