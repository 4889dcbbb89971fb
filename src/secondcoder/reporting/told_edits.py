"""Told edits: a codebook's record without words and names of people whom a report does not show.

Why somebody changed a theme often quotes a post, and who decided may have been in the chat.
"""

from collections.abc import Callable, Collection

from secondcoder.schema.chat import author_key_of
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings
from secondcoder.schema.edits import CodebookEdit

_NO_REASON = "reason not shown, since it repeats words of a post"
_NO_NAME = "somebody whose name is not shown"


def with_told_edits(
    codings: Codings,
    *,
    repeats: Callable[[str], bool],
    people: Collection[str],
    words_of: Callable[[str], str],
) -> Codings:
    """Return the codings with reasons and names of their codebook's edits as they are shown.

    Args:
        codings: What was coded.
        repeats: Whether a text repeats words that are not shown.
        people: Who is not named, as `Post.author_key` tells authors apart.
        words_of: Returns what is shown of other words.
    """

    def told(edit: CodebookEdit) -> CodebookEdit:
        by = edit.made_by
        if by is not None and (author_key_of(by) in people or repeats(by) or words_of(by) != by):
            by = _NO_NAME
        reason = _NO_REASON if repeats(edit.reason) else words_of(edit.reason)
        return edit.model_copy(update={"reason": reason, "made_by": by})

    book: Codebook = codings.info.codebook
    edits = tuple(map(told, book.edits))
    if edits == book.edits:
        return codings
    info = codings.info.model_copy(update={"codebook": book.model_copy(update={"edits": edits})})
    return codings.model_copy(update={"info": info})
