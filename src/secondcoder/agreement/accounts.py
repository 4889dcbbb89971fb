"""What became of the posts in the hands of each coder, and what takes no part and why."""

from collections import Counter
from collections.abc import Sequence

from secondcoder.agreement.shared_posts import SharedPosts, Standing
from secondcoder.agreement.units import is_set_aside, merged, rating_of
from secondcoder.schema.agreement import CoderAccount, Counting, Exclusion, UnitKind
from secondcoder.schema.runs import Coder

_ACTS = {
    Standing.QUOTED: "quoted it",
    Standing.LEFT_OUT: "left it out",
    Standing.ABSTAINED: "abstained",
    Standing.FAILED: "failed",
    Standing.NEVER_SEEN: "never saw it",
}


def coder_accounts(shared: SharedPosts, coders: Sequence[Coder]) -> tuple[CoderAccount, ...]:
    """Return what each coder did with the posts, in the order of the coders."""
    accounts = []
    for place, (name, coder) in enumerate(zip(shared.names, coders, strict=True)):
        looks = [post.looks[place] for post in shared.posts]
        counts = Counter(look.standing for look in looks)
        quotes = [mark for look in looks for mark in merged(look.marks)]
        accounts.append(
            CoderAccount(
                name=name,
                coder=coder,
                n_quoted=counts[Standing.QUOTED],
                n_left_out=counts[Standing.LEFT_OUT],
                n_abstained=counts[Standing.ABSTAINED],
                n_failed=counts[Standing.FAILED],
                n_never_seen=counts[Standing.NEVER_SEEN],
                n_quotes=len(quotes),
                n_other_ideas=sum(mark.has_other_ideas for mark in quotes),
            )
        )
    return tuple(accounts)


def exclusions(
    shared: SharedPosts, counting: Counting, *, coders: Sequence[int], unit: UnitKind
) -> tuple[Exclusion, ...]:
    """Return the posts (and quotes in them) that take no part, the most frequent reason first.

    Args:
        shared: Codings side by side.
        counting: What counts as a rating.
        coders: Places of the coders that are compared.
        unit: What is compared. Posts that are set aside still give quotes.
    """
    posts: Counter[str] = Counter()
    n_quotes = 0
    for post in shared.posts:
        if unit == "posts" and is_set_aside(post, counting):
            posts["left out for a reason that is set aside"] += 1
            continue
        looks = [post.looks[coder] for coder in coders]
        rated = [rating_of(look, counting) is not None for look in looks]
        if sum(rated) > 1:
            continue
        reasons = [
            f"{shared.names[coder]} {_ACTS[look.standing]}"
            for coder, look, is_rated in zip(coders, looks, rated, strict=True)
            if not is_rated
        ]
        posts["; ".join(reasons)] += 1
        n_quotes += sum(len(merged(look.marks)) for look in looks)
    found = [Exclusion(what="posts", n=n, reason=reason) for reason, n in posts.most_common()]
    if unit == "quotes" and n_quotes:
        reason = "in posts that fewer than two of the coders rated"
        found.append(Exclusion(what="quotes", n=n_quotes, reason=reason))
    return tuple(found)
