"""Exports of X's API, twarc and TAGS give the same fields."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from secondcoder.ingest.posts import read_posts
from secondcoder.schema.chat import Post
from secondcoder.schema.readings import Note

TWEETS: list[dict[str, object]] = [
    {"id": "11", "text": "Long…", "author_id": "1", "created_at": "2020-06-24T19:00:00.000Z"}
    | {"note_tweet": {"text": "Long and whole"}, "lang": "en"},
    {"id": "12", "text": "RT @Ann: Long…", "author_id": "2", "in_reply_to_user_id": "1"}
    | {"referenced_tweets": [{"type": "retweeted", "id": "11"}]},
    {"id": "13", "text": "Yes", "author_id": "3", "in_reply_to_user_id": "1"}
    | {
        "referenced_tweets": [{"type": "replied_to", "id": "11"}, {"type": "quoted", "id": "9"}],
        "entities": {"urls": []},
    },
]
USERS = [{"id": "1", "username": "Ann"}, {"id": "2", "username": "bob"}]


def _read(folder: Path, *objects: object) -> tuple[tuple[Post, ...], tuple[Note, ...]]:
    path = folder / "tweets.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in objects), encoding="utf-8")
    return read_posts(path)


def test_pages_of_the_v2_api_are_read_with_names_and_references(tmp_path: Path) -> None:
    """The long text counts; a retweet's text stays as read; an unknown author keeps a number."""
    page = {"data": TWEETS, "includes": {"users": USERS}, "meta": {"result_count": 3}}
    posts, notes = _read(tmp_path, page, {"meta": {"result_count": 0}})
    first, repost, reply = posts
    assert (first.text, first.author, first.lang) == ("Long and whole", "Ann", "en")
    assert first.created_at == datetime(2020, 6, 24, 19, tzinfo=UTC)
    assert first.url == "https://x.com/Ann/status/11"
    assert (repost.text, repost.repost_of, repost.is_repost) == ("RT @Ann: Long…", "11", True)
    assert (reply.in_reply_to, reply.quote_of, reply.in_reply_to_author) == ("11", "9", "Ann")
    assert (reply.author, reply.is_repost) == ("3", False)
    assert {note.message.split(" (")[0] for note in notes} == {
        "authors known by number only, for want of includes.users",
        "pages without posts",
    }


def test_flattened_lines_of_twarc2_give_the_same_posts(tmp_path: Path) -> None:
    """Each line carries its author; only the line numbers differ."""
    flat = [
        tweet | {"author": {"id": "1", "username": name}, "in_reply_to_user": {"username": "Ann"}}
        for tweet, name in zip(TWEETS, ("Ann", "bob", "cy"), strict=True)
    ]
    posts, notes = _read(tmp_path, *flat)
    assert [(post.id, post.author, post.row) for post in posts] == [
        ("11", "Ann", 1),
        ("12", "bob", 2),
        ("13", "cy", 3),
    ]
    assert (posts[0].text, posts[1].repost_of, posts[2].in_reply_to) == (
        "Long and whole",
        "11",
        "11",
    )
    assert notes == ()


def test_v1_objects_are_read_with_their_extended_text(tmp_path: Path) -> None:
    """`id_str` is exact where `id` need not be."""
    user = {"screen_name": "ann"}
    posts, _ = _read(
        tmp_path,
        {"id": 1.0e18, "id_str": "1000000000000000001", "full_text": "Hi", "user": user}
        | {"in_reply_to_status_id_str": "9", "in_reply_to_screen_name": "bob"}
        | {"created_at": "Wed Jun 24 19:00:00 +0000 2020"},
        {"id_str": "2", "text": "Cut…", "user": user, "extended_tweet": {"full_text": "Cut not"}},
        {"id_str": "3", "full_text": "RT @bob: x…", "user": user}
        | {"retweeted_status": {"id_str": "8"}},
    )
    assert [post.text for post in posts] == ["Hi", "Cut not", "RT @bob: x…"]
    assert (posts[0].id, posts[0].in_reply_to, posts[0].in_reply_to_author) == (
        "1000000000000000001",
        "9",
        "bob",
    )
    assert posts[0].created_at == datetime(2020, 6, 24, 19, tzinfo=UTC)
    assert posts[2].repost_of == "8"


@pytest.mark.parametrize("given", [None, {"author": "author.name"}])
def test_twarc_csv_needs_no_mapping(tmp_path: Path, given: dict[str, str] | None) -> None:
    """`note_tweet.text` stands for the text where it is filled."""
    path = tmp_path / "twarc.csv"
    path.write_text(
        "id,conversation_id,referenced_tweets.replied_to.id,referenced_tweets.retweeted.id,"
        "author_id,created_at,text,note_tweet.text,lang,author.id,author.username,author.name\n"
        "1,1,,,5,2020-06-24T19:00:00.000Z,Cut…,Cut not,en,5,ann,Ann A\n"
        "2,1,1,,6,2020-06-24T19:01:00.000Z,Yes,,en,6,bob,Bob B\n"
        "3,3,,1,6,2020-06-24T19:02:00.000Z,Cut…,,en,6,bob,Bob B\n",
        encoding="utf-8",
    )
    posts, notes = read_posts(path, columns=given)
    assert [post.text for post in posts] == ["Cut not", "Yes", "Cut…"]
    assert posts[0].author == ("Ann A" if given else "ann")
    assert (posts[1].in_reply_to, posts[2].repost_of, posts[2].is_repost) == ("1", "1", True)
    assert notes == ()


def test_a_tags_sheet_is_read_by_its_exact_time(tmp_path: Path) -> None:
    """`created_at` has a zone, `time` is the sheet's own; `user_lang` is not the post's."""
    path = tmp_path / "tags.csv"
    path.write_text(
        "id_str,from_user,text,created_at,time,geo_coordinates,user_lang,in_reply_to_user_id_str,"
        "in_reply_to_screen_name,from_user_id_str,in_reply_to_status_id_str,source,status_url\n"
        "7,ann,Hi,Wed Jun 24 19:00:00 +0000 2020,24/06/2020 20:00:00,,fr,4,bob,3,6,web,"
        "http://twitter.com/ann/statuses/7\n",
        encoding="utf-8",
    )
    posts, notes = read_posts(path)
    post = posts[0]
    assert (post.id, post.author, post.in_reply_to, post.in_reply_to_author) == (
        "7",
        "ann",
        "6",
        "bob",
    )
    assert (post.created_at, post.lang) == (datetime(2020, 6, 24, 19, tzinfo=UTC), None)
    assert (post.url, notes) == ("http://twitter.com/ann/statuses/7", ())
