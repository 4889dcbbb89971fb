"""Platforms: posts as X's API gives them (v2 and v1.1), turned into the fields of a post.

Sources: X API v2 data dictionary (pages of `data`, `includes`, `meta`; lines as flattened by
twarc2), and the v1.1 Tweet object with `extended_tweet` and `retweeted_status`.
"""

from collections.abc import Iterator, Mapping

from secondcoder.ingest.notebook import Notebook
from secondcoder.ingest.rows import Cell

Object = Mapping[str, object]
Cells = dict[str, Cell]

_V2 = frozenset({
    "author_id",
    "referenced_tweets",
    "conversation_id",
    "edit_history_tweet_ids",
    "note_tweet",
})
_REFERENCES = {"replied_to": "in_reply_to", "retweeted": "repost_of", "quoted": "quote_of"}


def platform_posts(
    value: Object, row: int, notebook: Notebook
) -> Iterator[tuple[Object, Cells]] | None:
    """Return the posts of a platform's object as (as given, fields of a post).

    Args:
        value: A page, a post, or any other object.
        row: Line or item it stands in.
        notebook: Told about authors without a name, and pages without posts.

    Returns:
        None if the object comes from no known platform.
    """
    if _is_page(value):
        return _page(value, row, notebook)
    if "text" in value and any(isinstance(value.get(key), list | dict | str) for key in _V2):
        return iter([(value, _v2(value, {}, row, notebook))])
    is_v11 = "screen_name" in _object(value.get("user")) and {"id", "id_str"} & value.keys()
    if is_v11 and {"text", "full_text"} & value.keys():
        return iter([(value, _v11(value))])
    return None


def _is_page(value: Object) -> bool:
    if "text" in value or not ({"includes", "meta", "errors"} & value.keys() or "data" in value):
        return False
    data = value.get("data")
    if isinstance(data, dict):
        return "text" in data
    return isinstance(data, list) or "result_count" in _object(value.get("meta"))


def _page(page: Object, row: int, notebook: Notebook) -> Iterator[tuple[Object, Cells]]:
    data = page.get("data")
    posts = _objects([data] if isinstance(data, dict) else data)
    if not posts:
        notebook.count("pages without posts", where=row)
    names = {
        str(user.get("id")): str(user["username"])
        for user in _objects(_object(page.get("includes")).get("users"))
        if user.get("username")
    }
    for post in posts:
        yield post, _v2(post, names, row, notebook)


def _v2(post: Object, names: Mapping[str, str], row: int, notebook: Notebook) -> Cells:
    author = _name(post.get("author"), post.get("author_id"), names)
    if author is None and post.get("author_id") is not None:
        author = _text(post.get("author_id"))
        notebook.count("authors known by number only, for want of includes.users", where=row)
    post_id = _text(post.get("id"))
    cells: Cells = {
        "id": post_id,
        "text": _text(_object(post.get("note_tweet")).get("text")) or _text(post.get("text")),
        "author": author,
        "created_at": _text(post.get("created_at")),
        "in_reply_to_author": _name(
            post.get("in_reply_to_user"), post.get("in_reply_to_user_id"), names
        ),
        "lang": _text(post.get("lang")),
        "url": _link(post_id, author if post.get("author") or names else None),
    }
    for reference in _objects(post.get("referenced_tweets")):
        field = _REFERENCES.get(str(reference.get("type")))
        if field is not None:
            cells[field] = _text(reference.get("id"))
    return cells


def _v11(post: Object) -> Cells:
    post_id = _id(post, "id")
    author = _text(_object(post.get("user")).get("screen_name"))
    extended = _text(_object(post.get("extended_tweet")).get("full_text"))
    return {
        "id": post_id,
        "text": extended or _text(post.get("full_text")) or _text(post.get("text")),
        "author": author,
        "created_at": _text(post.get("created_at")),
        "in_reply_to": _id(post, "in_reply_to_status_id"),
        "in_reply_to_author": _text(post.get("in_reply_to_screen_name")),
        "repost_of": _id(_object(post.get("retweeted_status")), "id"),
        "quote_of": _id(post, "quoted_status_id"),
        "lang": _text(post.get("lang")),
        "url": _link(post_id, author),
    }


def _name(user: object, user_id: object, names: Mapping[str, str]) -> str | None:
    name = _text(_object(user).get("username"))
    return name or names.get(str(user_id))


def _id(post: Object, key: str) -> str | None:
    text = _text(post.get(f"{key}_str"))
    return text if text is not None else _text(post.get(key))


def _link(post_id: str | None, author: str | None) -> str | None:
    return f"https://x.com/{author or 'i'}/status/{post_id}" if post_id else None


def _object(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Object]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return None if value is None else str(value)
