"""Columns: which column of a file holds which field of a post."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from secondcoder.errors import IngestError

FIELDS = (
    "id",
    "text",
    "author",
    "created_at",
    "in_reply_to",
    "in_reply_to_author",
    "repost_of",
    "quote_of",
    "question",
    "url",
    "lang",
)
"""Fields of a post that a column can be named for."""

NAMES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "id": (
        ("idstr",),
        ("id",),
        ("tweetid", "postid", "statusid", "messageid", "tweetidstr", "statusidstr"),
    ),
    "text": (
        ("fulltext",),
        ("text",),
        (
            "tweet",
            "tweettext",
            "posttext",
            "statustext",
            "messagetext",
            "content",
            "body",
            "message",
            "post",
            "tweetcontent",
            "postcontent",
            "answer",
            "response",
            "comment",
        ),
    ),
    "author": (
        ("author.username", "user.screenname", "fromuser", "screenname", "username", "author"),
        ("handle", "authorhandle", "authorusername", "userusername", "userhandle", "twitterhandle"),
        ("user", "authorname", "author.name", "user.name", "accountname", "account", "sender"),
        ("who", "from", "poster", "postedby", "participant", "respondent", "speaker"),
    ),
    "created_at": (
        ("createdat",),
        (
            "timestamp",
            "datetime",
            "publishedat",
            "published",
            "postedat",
            "tweetcreatedat",
            "time",
            "date",
            "created",
            "posted",
            "tweetdate",
            "postdate",
            "datecreated",
        ),
    ),
    "in_reply_to": (
        ("inreplyto", "referencedtweets.repliedto.id", "inreplytostatusidstr"),
        (
            "inreplytostatusid",
            "inreplytotweetid",
            "inreplytoid",
            "inreplytopostid",
            "replyto",
            "replytoid",
            "parentid",
        ),
    ),
    "in_reply_to_author": (
        ("inreplytoauthor", "inreplytouser.username", "inreplytousername", "inreplytoscreenname"),
        ("replytouser", "replytousername", "replytoauthor"),
    ),
    "repost_of": (
        ("repostof", "referencedtweets.retweeted.id", "retweetedstatus.idstr"),
        ("retweetedstatusidstr", "retweetedstatusid", "retweetedid", "retweetid", "retweetof"),
    ),
    "quote_of": (
        ("quoteof", "referencedtweets.quoted.id", "quotedstatusidstr"),
        ("quotedstatusid", "quotedstatus.idstr", "quotedid", "quotedtweetid"),
    ),
    "question": (("question", "questionid"), ("questionnumber", "questionno", "questionnr")),
    "url": (
        ("url", "statusurl"),
        (
            "tweeturl",
            "posturl",
            "permalink",
            "tweetlink",
            "postlink",
            "link",
            "permanentlink",
            "tweetpermanentlink",
        ),
    ),
    "lang": (("lang",), ("language", "tweetlang", "tweetlanguage")),
    # Not to be named by a caller: columns that known exports add.
    "long_text": (("notetweet.text", "extendedtweet.fulltext"),),
    "is_repost": (("isrepost", "isretweet"),),
}
"""Usual names per field, without case, spaces and underscores. The first group that a file has
decides: a field's own name and those of known exports come before names that may mean anything.
Two columns of one group are ambiguous.
Sources: X API v1.1 and v2 data dictionaries, twarc-csv, the TAGS sheet (its `user_lang` is the
language of the author's screen, not of the post, and so is not read)."""

SHOWN = 40
"""Columns that a message lists."""


def find_columns(
    path: Path, present: Sequence[str], given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the column of each field that has one.

    Args:
        path: Names the file in messages.
        present: The file's columns.
        given: Field to column, as the caller says; it goes before any detection.

    Raises:
        IngestError: If a given field or column does not exist, the text column can't be told, or
            several columns claim one field.

    >>> find_columns(Path("chat.csv"), ["Tweet ID", "Full Text", "User"])
    {'id': 'Tweet ID', 'text': 'Full Text', 'author': 'User'}
    """
    found = _given(path, present, given or {})
    forms: dict[str, list[str]] = {}
    for name in present:
        forms.setdefault(_form(name), []).append(name)
    for field, groups in NAMES.items():
        claimed = None if field in found else _claimed(path, field, groups, forms)
        if claimed is not None:
            found[field] = claimed
    if "text" not in found:
        raise IngestError(
            f"{path}: no column is known to hold the posts' text; {_remedy('text')} "
            f"({_listed(present)})"
        )
    if "text" in (given or {}):
        # The caller's own choice of words is final.
        found.pop("long_text", None)
    return found


def without_author(present: Sequence[str], found: Mapping[str, str]) -> str | None:
    """Return what to say where posts have no authors though a column may hold them; else None.

    Args:
        present: The file's columns.
        found: The column of each field.

    >>> without_author(["text", "wer"], {"text": "text"})[-45:]
    "--column author=NAME says so (columns: 'wer')"
    >>> without_author(["text"], {"text": "text"})
    """
    left = [name for name in present if name not in found.values()]
    if "author" in found or not left:
        return None
    return (
        f"no column is known to hold who wrote each post, so people can't be counted; where one "
        f"does, --column author=NAME says so ({_listed(left)})"
    )


def _form(name: str) -> str:
    return re.sub(r"[^\w.]|_", "", name.casefold())


def _claimed(
    path: Path, field: str, groups: Iterable[Iterable[str]], forms: Mapping[str, list[str]]
) -> str | None:
    for group in groups:
        claims = [name for form in group for name in forms.get(form, ())]
        if len(claims) == 1:
            return claims[0]
        if claims:
            quoted = " and ".join(f"'{name}'" for name in claims)
            raise IngestError(
                f"{path}: columns {quoted} may each hold the {field}; {_remedy(field, claims[0])}"
            )
    return None


def _given(path: Path, present: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for field, name in given.items():
        if field not in FIELDS:
            raise IngestError(
                f"'{field}' is not a field of a post; the fields are: {', '.join(FIELDS)}"
            )
        matches = [column for column in present if column == name] or [
            column for column in present if _form(column) == _form(name)
        ]
        if not matches:
            raise IngestError(
                f"{path} has no column '{name}' to take the {field} from ({_listed(present)})"
            )
        if len(matches) > 1:
            raise IngestError(
                f"{path} has {len(matches)} columns that '{name}' may mean ({_listed(matches)}); "
                f"rename all but one"
            )
        found[field] = matches[0]
    return found


def _remedy(field: str, example: str = "NAME") -> str:
    example = f"'{field}={example}'" if " " in example else f"{field}={example}"
    return f"say which with --column {example}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name[:60]}'" for name in names[:SHOWN])
    return f"columns: {shown or 'none'}{', …' if len(names) > SHOWN else ''}"
