"""Requests as they would be sent, for those who ask what a run would cost."""

from typing import NamedTuple


class PlannedRequest(NamedTuple):
    """One request that nobody has sent."""

    system: str
    user: str
    reply_schema: str
    """The form of the reply as JSON Schema; it is sent too, and counted as prompt."""
    usual_reply: str
    """An ordinary reply, one quote a post: what will come is not known."""
    n_posts: int
    is_extra: bool = False
    """Asked to measure with: its posts are asked about elsewhere, too."""
