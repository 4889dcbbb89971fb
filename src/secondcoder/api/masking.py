"""Masking: what hides handles, links and likely names in the words of a chat."""

from collections.abc import Callable, Iterable, Sequence

from secondcoder.coding.pseudonyms import Pseudonyms
from secondcoder.reporting.names import Names
from secondcoder.reporting.opting_out import SOMEONE
from secondcoder.schema.codebook import Codebook


def masking(
    texts: Iterable[str], book: Codebook, *, people: Iterable[str], also: Sequence[str]
) -> Callable[[str], str]:
    """Return what masks a text of the chat, or of its codebook.

    Args:
        texts: All posts.
        book: Its questions hold no names.
        people: Handles and names of those who wrote, moderated or opted out.
        also: Words to hide besides.
    """
    everybody = Pseudonyms(everyone=SOMEONE)
    names = Names(
        texts,
        known=[question.text for question in book.questions],
        themes=[theme.name for theme in book.themes],
        people=people,
        also=also,
    )
    return lambda text: names.hide(everybody.hide(text))
