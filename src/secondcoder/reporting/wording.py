"""Numbers, times, links and authors as the report prints them, the same in every form."""

import unicodedata
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_STRONG = {"L": False, "R": True, "AL": True}
"""Which characters give a text its direction, and whether it runs from right to left."""


def number(value: int) -> str:
    """Return a whole number with a comma between thousands.

    >>> number(12345)
    '12,345'
    """
    return f"{value:,}"


def count(value: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun.

    Args:
        value: How many.
        one: The noun for one.
        many: The noun for none or several; `one` with an s when not given.

    >>> count(1, "quote"), count(2, "quote"), count(0, "reply", "replies")
    ('1 quote', '2 quotes', '0 replies')
    """
    noun = one if value == 1 else (many or f"{one}s")
    return f"{number(value)} {noun}"


def is_or_are(value: int) -> str:
    """Return the verb that goes with a number.

    >>> is_or_are(1), is_or_are(0)
    ('is', 'are')
    """
    return "is" if value == 1 else "are"


def not_shown(value: int, one: str) -> str:
    """Return that so many are counted and not shown, as a sentence without its stop.

    >>> not_shown(1, "quote"), not_shown(2, "post")
    ('1 quote is not shown', '2 posts are not shown')
    """
    return f"{count(value, one)} {is_or_are(value)} not shown"


def other_language(n_posts: int) -> str:
    """Return that so many posts were not read for their language, as an aside.

    >>> other_language(1)
    '1 more in another language than the codebook was not read'
    """
    verb = "was" if n_posts == 1 else "were"
    return f"{number(n_posts)} more in another language than the codebook {verb} not read"


def joined(parts: list[str]) -> str:
    """Return the parts as a person lists them.

    >>> joined(["tea", "time", "trust"])
    'tea, time and trust'
    """
    if len(parts) < 2:  # noqa: PLR2004 - one part or none has nothing to join
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def day(moment: datetime) -> str:
    """Return the day of a moment, in the moment's own time zone.

    >>> from datetime import UTC
    >>> day(datetime(2026, 3, 5, 20, 4, tzinfo=UTC))
    '5 March 2026'
    """
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def time_of(moment: datetime) -> str:
    """Return day, minute and time zone of a moment, in the moment's own time zone.

    >>> from datetime import UTC
    >>> time_of(datetime(2026, 3, 5, 20, 4, tzinfo=UTC))
    '5 March 2026, 20:04 UTC'
    """
    offset = moment.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    sign = "+" if minutes > 0 else "-"
    zone = f"UTC{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02d}" if minutes else "UTC"
    return f"{day(moment)}, {moment:%H:%M} {zone}"


def told(moment: datetime | None, start: datetime | None) -> str | None:
    """Return when a post was written: the minute alone on the day of the chat's start.

    >>> from datetime import UTC
    >>> start = datetime(2026, 3, 5, 20, tzinfo=UTC)
    >>> told(datetime(2026, 3, 5, 20, 4, tzinfo=UTC), start)
    '20:04'
    >>> told(datetime(2026, 3, 6, 7, 30, tzinfo=UTC), start)
    '6 March 2026, 07:30 UTC'
    """
    if moment is None:
        return None
    if start is not None and (moment.date(), moment.utcoffset()) == (
        start.date(),
        start.utcoffset(),
    ):
        return f"{moment:%H:%M}"
    return time_of(moment)


def within(hours: float) -> str:
    """Return how a stretch of time from the chat's start is named.

    >>> within(1), within(24), within(1.5)
    ('within the hour', 'within 24 hours of the start', 'within 90 minutes of the start')
    """
    if hours == 1:
        return "within the hour"
    whole = hours == round(hours)
    time = count(round(hours), "hour") if whole else count(round(60 * hours), "minute")
    return f"within {time} of the start"


def web_link(url: str | None) -> str | None:
    """Return the address if it may become a link: http or https, with a host, in plain characters.

    >>> web_link("https://example.org/status/1")
    'https://example.org/status/1'
    >>> web_link("javascript:alert(1)") is None
    True
    """
    if url is None or not url.isascii() or not url.isprintable() or set(url) & set(' "<>\\^`{|}'):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in {"http", "https"} and parts.hostname else None


def endpoint(base_url: str) -> str:
    """Return the address of a server without the user name, password or query it may carry.

    >>> endpoint("https://me:secret@example.org/v1?key=1")
    'https://example.org/v1'
    """
    parts = urlsplit(base_url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def shown(text: str) -> str:
    """Return a post's words as their author saw them.

    Platforms export `&`, `<` and `>` as entities. Posts and quotes keep what was exported, since
    offsets count it; a reader is shown the characters. Source: X API data dictionary, `text`.

    >>> shown("health &amp; care &gt; &amp;amp;")
    'health & care > &amp;'
    """
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def in_quotation_marks(name: str) -> str:
    """Return a theme's name between quotation marks; one made of a quote has its own.

    >>> in_quotation_marks("Tea"), in_quotation_marks("“tea first”")
    ('“Tea”', '“tea first”')
    """
    return name if name.lstrip("\u2068").startswith("“") else f"“{name}”"


def author_name(author: str | None) -> str | None:
    r"""Return an author without the invisible characters that could turn the words around it.

    >>> author_name("ann\u202e"), author_name(" ") is None
    ('ann', True)
    """
    if author is None:
        return None
    return "".join(letter for letter in author if letter.isprintable()).strip() or None


def runs_right_to_left(text: str) -> bool:
    """Return whether a text's first strong character is of a script that runs from the right.

    What is isolated does not count. Source: Unicode Standard Annex 9, rules P2 and P3.

    >>> runs_right_to_left("1. \u05e9\u05dc\u05d5\u05dd"), runs_right_to_left("tea \u05d0")
    (True, False)
    """
    depth = 0
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"LRI", "RLI", "FSI"}:
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif kind in _STRONG and not depth:
            return _STRONG[kind]
    return False
