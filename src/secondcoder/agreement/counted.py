"""Counts in words, for the sentences of results and errors."""


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun.

    >>> counted(1, "post"), counted(1200, "post"), counted(0, "person", "people")
    ('1 post', '1,200 posts', '0 people')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def times(n: int) -> str:
    """Return how often, as it is said.

    >>> times(1), times(2), times(3)
    ('once', 'twice', '3 times')
    """
    return {1: "once", 2: "twice"}.get(n, f"{n:,} times")
