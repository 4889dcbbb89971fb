"""The shard function: posts in Parquet become codings in Parquet and a manifest."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from coding.model_cases import BOOK
from pydantic import SecretStr
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, down_for_three, failing

from secondcoder.coding.answer_log import AnswerLog, logs_of, read_log
from secondcoder.coding.coders import coder_named
from secondcoder.coding.shard_files import (
    PostRow,
    codings_path,
    read_codings,
    read_manifest,
    read_posts,
    write_posts,
)
from secondcoder.coding.shards import Shard, code_shard, shard_key
from secondcoder.errors import InputError, PermanentProviderError, StoreError
from secondcoder.schema.chat import Attribution, AttributionRule, Post
from secondcoder.schema.codings import LeftOut, PostCodings
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.placed import PlacedPost
from secondcoder.schema.runs import Run, Usage

N_POSTS = 6
ANSWERS_Q1 = Attribution(question_ids=("Q1",), rule=AttributionRule.LABEL, evidence="A1")
KEY = SecretStr("sk-no-one-may-read-this")


def placed(n: int) -> PlacedPost:
    """Return a post that answers the first question."""
    zone = timezone(timedelta(hours=1))
    post = Post(
        id=f"p{n}",
        text=f"Post {n} wants protected hours 🌱 each week.",
        author="ann",
        created_at=datetime(2026, 5, 14, 19, n, 30, 500, tzinfo=zone),
    )
    return PlacedPost(post, ANSWERS_Q1, context="What gets in the way?", named=("ann_b",))


@pytest.fixture
def cut(tmp_path: Path, server: ScriptedServer) -> Callable[..., Shard]:
    """Return what makes a shard of six posts, one of them a repeat that needs no coder."""

    def make(coder: str = "local", **options: int | str) -> Shard:
        posts = [placed(n) for n in range(1, N_POSTS)]
        posts.append(placed(N_POSTS)._replace(same_as="p1"))
        path, digest = write_posts([PostRow.of(each) for each in posts], tmp_path)
        chosen = ModelOptions.model_validate({"base_url": server.url, **options})
        named = coder_named(coder, BOOK, options=chosen)
        key = shard_key(digest, BOOK, named.describe(Run(id="r", coder=named.coder)))
        return Shard(path, digest, key, tmp_path, BOOK, coder, chosen)

    return make


Cut = Callable[..., Shard]


def coded(shard: Shard) -> list[PostCodings]:
    """Return what lies in the shard's codings."""
    return [each for each, _ in read_codings(shard.posts, codings_path(shard.folder, shard.key))]


def test_posts_come_back_from_parquet_as_they_were(tmp_path: Path) -> None:
    """Times keep their zone and their microseconds, words their emoji."""
    posts = [placed(n) for n in range(3)]
    path, digest = write_posts([PostRow.of(each) for each in posts], tmp_path)
    assert [row.placed for row in read_posts(path, digest)] == posts
    zones = [row.placed.post.created_at.utcoffset() for row in read_posts(path, digest)]  # type: ignore[union-attr]
    assert zones == [timedelta(hours=1)] * 3


def test_the_same_posts_are_the_same_file(tmp_path: Path) -> None:
    """A second driver writes nothing, and another post makes another file."""
    rows = [PostRow.of(placed(n)) for n in range(3)]
    first, _ = write_posts(rows, tmp_path)
    written = first.stat().st_mtime_ns
    assert write_posts(rows, tmp_path)[0] == first
    assert first.stat().st_mtime_ns == written
    assert write_posts(rows[:2], tmp_path)[0] != first


def test_a_shard_is_coded_in_the_order_of_its_posts(cut: Cut, server: ScriptedServer) -> None:
    """One request per post that needs one; the repeat costs nothing and stands in its place."""
    shard = cut()
    manifest = code_shard(shard)
    posts = coded(shard)
    assert [each.post.id for each in posts] == [f"p{n}" for n in range(1, N_POSTS + 1)]
    assert all(each.codings for each in posts[:-1])
    assert isinstance(posts[-1].outcome, LeftOut)
    assert manifest.outcomes == {"quoted": N_POSTS - 1, "left-out": 1}
    assert (manifest.n_posts, manifest.n_quotes) == (N_POSTS, N_POSTS - 1)
    assert manifest.usage.n_requests == len(server.requests) == N_POSTS - 1
    assert manifest == read_manifest(shard.folder, shard.key)


def test_requests_that_ask_whether_the_server_is_back_are_counted_once(
    cut: Cut, server: ScriptedServer
) -> None:
    """In the manifest and in the sum over the posts, with the tokens of the one it answered."""
    plain = server.script
    answered: list[ChatRequest] = []

    def answer(request: ChatRequest) -> HttpReply:
        answered.append(request)
        return plain(request)

    server.script = down_for_three(answer)
    shard = cut(patience_s=60)
    usage = code_shard(shard).usage
    assert sum(not request.posts for request in server.requests) >= 3
    assert usage.n_requests == len(server.requests)
    assert usage.prompt_tokens == sum((len(a.system) + len(a.user)) // 4 for a in answered)
    total = Usage()
    for _, each in read_codings(shard.posts, codings_path(shard.folder, shard.key)):
        total = total.plus(each)
    assert total == usage


def test_a_shard_that_is_done_is_not_coded_again(cut: Cut, server: ScriptedServer) -> None:
    """The same manifest, and no request."""
    first = code_shard(cut())
    server.requests.clear()
    assert code_shard(cut()) == first
    assert server.requests == []


def test_codings_that_are_not_whole_are_made_again_from_what_was_answered(
    cut: Cut, server: ScriptedServer
) -> None:
    """A file cut off on the disk is worth nothing, the answers beside it are."""
    shard = cut()
    code_shard(shard)
    before = coded(shard)
    path = codings_path(shard.folder, shard.key)
    path.write_bytes(path.read_bytes()[:-9])
    server.requests.clear()
    assert code_shard(shard).usage.n_reused == N_POSTS - 1
    assert server.requests == []
    assert coded(shard) == before


def test_only_failures_are_asked_again(cut: Cut, server: ScriptedServer) -> None:
    """A post that failed is asked about once more; then the shard is done."""
    plain = server.script

    def refusing(request: ChatRequest) -> HttpReply:
        return failing(400, "too long") if "Post 3 " in request.user else plain(request)

    server.script = refusing
    shard = cut(mode="tools")
    first = code_shard(shard)
    assert first.n_failed == 1
    assert first.failures[0].startswith("post p3: RejectedError")
    server.script = plain
    server.requests.clear()
    second = code_shard(shard)
    assert (second.n_failed, second.usage.n_reused) == (0, N_POSTS - 2)
    assert ["Post 3 " in request.user for request in server.requests] == [True]


def test_a_shard_that_was_stopped_goes_on_from_what_was_answered(
    cut: Cut, server: ScriptedServer
) -> None:
    """The key is refused after three answers; with a right one only the other two are asked."""
    plain = server.script
    left = 3

    def ending(request: ChatRequest) -> HttpReply:
        nonlocal left
        left -= 1
        return plain(request) if left >= 0 else failing(401)

    server.script = ending
    shard = cut(concurrency=1)
    with pytest.raises(PermanentProviderError, match="refused the key"):
        code_shard(shard)
    assert read_manifest(shard.folder, shard.key) is None
    server.script = plain
    server.requests.clear()
    code_shard(shard)
    assert len(server.requests) == N_POSTS - 1 - 3


def test_the_key_of_a_provider_is_sent_and_written_nowhere(
    cut: Cut, server: ScriptedServer
) -> None:
    """Neither posts nor codings, manifest or answers hold it."""
    shard = cut()
    code_shard(shard, KEY)
    sent = {request.headers["authorization"] for request in server.requests}
    assert sent == {f"Bearer {KEY.get_secret_value()}"}
    files = [path for path in shard.folder.iterdir() if path.is_file()]
    assert {path.suffix for path in files} == {".parquet", ".json", ".jsonl"}
    for path in files:
        assert KEY.get_secret_value().encode() not in path.read_bytes()
    assert KEY.get_secret_value() not in repr((shard, KEY))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"posts_per_request": 1}, {"posts_per_request": 2}),
        ({"coder": "local"}, {"coder": "other"}),
        ({"base_url": "http://localhost:1/v1"}, {"base_url": "http://localhost:2/v1"}),
        ({"prompt_version": 1}, {"prompt_version": 2}),
    ],
)
def test_what_changes_codings_changes_the_key(
    cut: Cut, one: dict[str, int | str], other: dict[str, int | str]
) -> None:
    """How fast a shard is coded does not."""
    assert cut(**one).key != cut(**other).key
    assert cut(concurrency=1, **one).key == cut(concurrency=9, **one).key


def test_a_worker_that_would_code_otherwise_refuses(cut: Cut) -> None:
    """Another version of the package there would give another key."""
    with pytest.raises(InputError, match="install the same version everywhere"):
        code_shard(cut()._replace(key="0" * 64))


def test_a_worker_that_cannot_see_the_folder_says_so(cut: Cut, tmp_path: Path) -> None:
    """Likewise one whose file is not what was cut."""
    shard = cut()
    with pytest.raises(InputError, match="all workers share"):
        code_shard(shard._replace(posts=tmp_path / "nowhere.parquet"))
    other, _ = write_posts([PostRow.of(placed(9))], tmp_path)
    with pytest.raises(StoreError, match="is damaged"):
        code_shard(shard._replace(posts=other))
    shard.posts.write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="is missing or damaged"):
        code_shard(shard)


def test_the_embedded_coder_codes_a_shard_without_a_log(cut: Cut) -> None:
    """It asks nobody, so there is nothing to keep."""
    shard = cut("embedded")
    assert code_shard(shard).answers is None
    assert logs_of(shard.folder) == []


def test_a_line_cut_off_by_the_end_of_its_worker_is_no_answer(cut: Cut) -> None:
    """A damaged line further up is an error: it was paid for."""
    shard = cut(concurrency=1)
    code_shard(shard)
    (log,) = logs_of(shard.folder, shard.key)
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:-1]) + lines[-1][:-20])
    # One post of the shard needs no answer; replies that say the same may share a line.
    n_cut_off = len(json.loads(lines[-1])["answers"])
    assert len(list(read_log(log))) == N_POSTS - 1 - n_cut_off
    with AnswerLog(shard.folder, shard.key) as answers:
        keys = [answer.key for answer in read_log(log)]
        assert answers.find([*keys, "0" * 64]).keys() == set(keys)
        answers.keep(read_log(log))
        assert answers.name is None, "what is known is not written again"
    log.write_bytes(b'{"raw":"x"}\n' + b"".join(lines))
    with pytest.raises(StoreError, match="line 1 is damaged"):
        list(read_log(log))


def test_a_reply_about_several_posts_is_kept_once(cut: Cut) -> None:
    """One line of the log per request, and the answers in it read as they were kept."""
    shard = cut(posts_per_request=N_POSTS)
    code_shard(shard)
    (log,) = logs_of(shard.folder, shard.key)
    (line,) = log.read_text("ascii").splitlines()
    assert len(json.loads(line)["answers"]) == N_POSTS - 1
    assert {answer.raw for answer in read_log(log)} == {json.loads(line)["raw"]}
