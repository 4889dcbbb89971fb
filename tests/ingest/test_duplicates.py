"""Posts with the same words are coded once, whatever the order of the file."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.ingest.duplicates import RepeatIndex, repeats
from secondcoder.schema.chat import Post

LONG = (
    "We meet at seven and each of us names one small thing that went well, then one that did not, "
)


def _post(
    post_id: str,
    text: str,
    author: str = "ann",
    *,
    repost_of: str | None = None,
    minute: int | None = None,
) -> Post:
    is_repost = repost_of is not None or text.startswith("RT @")
    created_at = None if minute is None else datetime(2020, 6, 24, 19, minute, tzinfo=UTC)
    return Post(
        id=post_id,
        text=text,
        author=author,
        created_at=created_at,
        repost_of=repost_of,
        is_repost=is_repost,
    )


def _found(*posts: Post) -> list[str | None]:
    return [same_as for _, same_as in repeats(posts)]


def test_the_same_text_is_coded_at_its_first_post() -> None:
    """White space at the ends is nothing; inside it is."""
    posts = [_post("a", "Tea helps"), _post("2", " Tea helps\n"), _post("3", "Tea  helps")]
    assert _found(*posts) == [None, "a", None]


def test_the_earliest_is_the_first_in_a_file_that_has_the_newest_first() -> None:
    """Time goes before the order of rows."""
    assert _found(_post("2", "Tea", minute=9), _post("1", "Tea", minute=1)) == ["1", None]


def test_a_repost_points_to_its_original_by_id_before_or_after_it() -> None:
    """However the platform cut its text."""
    repost, original = _post("2", "RT @ann: T…", "bob", repost_of="1"), _post("1", "Tea helps")
    assert _found(repost, original) == ["1", None]
    assert _found(original, repost) == [None, "1"]


def test_a_repost_without_an_id_points_to_the_words_it_passes_on() -> None:
    """Whole, or by author and beginning where the platform cut it; `RT` may be nested."""
    original = _post("1", LONG + "every single day of the week")
    cut = _post("2", f"RT @Ann: {LONG}every…", "bob")
    whole = _post("3", f"RT @bob: RT @ann: {original.text}", "cy")
    other = _post("4", f"RT @dan: {LONG}every…", "bob")
    assert _found(cut, original, whole, other) == ["1", None, "1", None]


def test_two_people_with_the_same_short_answer_are_two_answers() -> None:
    """One author saying it twice is a repeat, another author saying `Trust` is not."""
    posts = [_post("1", "Trust"), _post("2", "Trust", "b"), _post("3", "Trust ")]
    assert _found(*posts) == [None, None, "1"]


def test_dots_at_the_end_may_be_the_authors_own() -> None:
    """A short post that ends so is matched whole; another that only begins so is not."""
    posts = [_post("2", "RT @ann: Well…", "b"), _post("1", "Well…"), _post("3", "Well then")]
    assert _found(*posts) == ["1", None, None]


def test_two_originals_with_one_beginning_are_not_guessed_between() -> None:
    """The cut repost then stands for itself."""
    one, two = _post("1", LONG + LONG + "one"), _post("2", LONG + LONG + "two")
    assert _found(one, two, _post("3", f"RT @ann: {(LONG + LONG)[:120]}…")) == [None, None, None]


def test_of_reposts_without_their_original_the_first_is_coded() -> None:
    """By id or by text."""
    by_id = [_post("2", "RT @z: Tea…", "b", repost_of="1"), _post("3", "x", "c", repost_of="1")]
    by_text = [_post("4", "RT @z: Milk…", "b"), _post("5", "RT @z: Milk…", "c")]
    assert _found(*by_id, *by_text) == [None, "2", None, "4"]


def test_a_repost_of_a_copy_points_to_the_first_of_the_copies() -> None:
    """The post that is pointed to is always one that is coded."""
    tea = "Tea for all on every night shift"
    posts = [_post("1", tea), _post("2", tea, "b"), _post("3", "RT @b: T…", repost_of="2")]
    assert _found(*posts) == [None, "1", "1"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Tea", "Milk", "RT @a: Tea", "RT @a: RT @b: Milk", "RT @a: T…"]),
            st.none() | st.integers(0, 9),
            st.none() | st.integers(0, 59),
        ),
        max_size=10,
    )
)
def test_whoever_is_pointed_to_is_coded(rows: list[tuple[str, int | None, int | None]]) -> None:
    """No chains, no pointing at oneself, and at least one post of each group is coded."""
    posts = [
        _post(f"p{n}", text, repost_of=None if of is None else f"p{of}", minute=minute)
        for n, (text, of, minute) in enumerate(rows)
    ]
    index = RepeatIndex.build(iter(posts))
    by_id = {post.id: post for post in posts}
    for post in posts:
        same_as = index.same_as(post)
        assert same_as is None or (same_as != post.id and index.same_as(by_id[same_as]) is None)


def test_ten_thousand_ids_of_every_kind_come_back_as_they_were() -> None:
    """Numbers, leading zeros and words are kept apart."""
    ids = [str(1_275_551_234_567_890_000 + n) for n in range(5000)] + [f"0{n}" for n in range(5000)]
    posts = [_post(post_id, f"words of {n}") for n, post_id in enumerate(ids)]
    copies = [_post(f"copy-{n}", post.text) for n, post in enumerate(posts)]
    index = RepeatIndex.build([*posts, *copies])
    assert [index.same_as(copy) for copy in copies] == ids
