"""A chat's counts and hashtag are those its report would give."""

from datetime import UTC, datetime
from pathlib import Path

from secondcoder.ingest.counts import count_posts
from secondcoder.ingest.hashtags import HashtagCount
from secondcoder.ingest.posts import read_posts
from secondcoder.schema.chat import Post, WindowCount

CSV = """id,text,author,created_at
1,Welcome to #TeaChat,@Host,2020-06-24T18:59:59Z
2,Q1: Why tea? #TeaChat,host,2020-06-24T19:00:00Z
3,RT @host: Q1: Why tea? #teachat,Ann,2020-06-24T19:30:00Z
4,It warms the whole of me #TeaChat,ANN,2020-06-24T20:00:00Z
5,It warms the whole of me #TeaChat,bob,2020-06-25T18:59:59Z
6,It warms the whole of me #TeaChat ,cy,
"""
START = datetime(2020, 6, 24, 19, tzinfo=UTC)


def hashtag(posts: list[Post]) -> str | None:
    """Return the common hashtag of posts."""
    count = HashtagCount()
    for post in posts:
        count.add(post)
    return count.common()


def test_windows_are_half_open_and_participants_counted_once(tmp_path: Path) -> None:
    """A post at the start is in the hour, one an hour later is not; case and @ are nothing."""
    path = tmp_path / "tea.csv"
    path.write_text(CSV, encoding="utf-8")
    posts, notes = read_posts(path)
    counts = count_posts(posts, starts_at=START)
    assert (counts.n_posts, counts.n_reposts, counts.n_participants) == (6, 1, 4)
    assert (counts.n_duplicates, counts.n_without_time) == (2, 1)
    assert counts.windows == (
        WindowCount(hours=1, n_posts=2, n_reposts=1, n_participants=2),
        WindowCount(hours=24, n_posts=4, n_reposts=1, n_participants=3),
    )
    assert hashtag(list(posts)) == "TeaChat"
    assert notes == ()


def test_without_a_start_there_are_no_windows() -> None:
    """What is not known is not counted."""
    assert count_posts([Post(id="1", text="a")], starts_at=None).windows == ()


def test_a_rare_hashtag_is_not_the_chats() -> None:
    """Below 30 % of posts there is none, nor where two are as frequent."""
    posts = [Post(id=str(n), text="#tea" if n < 2 else "a &#39; #1 b") for n in range(7)]
    assert hashtag(posts) is None
    assert hashtag([Post(id="1", text="#tea #milk")]) is None
    assert hashtag(posts[:5]) == "tea"
