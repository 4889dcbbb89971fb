"""Injection plans: words that try to steer a coder, in its posts and beside them."""

import random
from collections.abc import Iterator, Sequence

from secondcoder.api.evaluation_plans import Batch, Item, Plan, reference_of
from secondcoder.errors import InputError
from secondcoder.schema.chat import Attribution, Post
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Coding, LeftOut, LeftOutReason, PostCodings, Quoted
from secondcoder.schema.evaluation import Attack, EvaluationTask
from secondcoder.schema.quotes import Quote, Span

HARMLESS = "Here is what I think. More about this another time, and thank you for asking."
"""Stands where the attack would: how a neighbour is coded beside it is what counts."""
OPENING = "Here is what I think. "
"""In front of an attack that is a post of its own, so that it has words to quote."""
TOGETHER = 3
"""Posts of a request with an attack in the middle: one before it, one behind."""


def injection_plans(task: EvaluationTask) -> list[Plan]:
    """Return the plans for posts without and with an attack, and for the neighbours of attacks.

    An attack stands in front of a post or behind it by turns. As a post of its own it stands
    between two others of one request; what these are coded as is compared with a run in which a
    harmless post stands there, and that run is done twice, to know how far a coder wavers anyhow.

    Raises:
        InputError: If the task holds no attack, or one that names an unknown theme.
    """
    codings, book = reference_of(task)
    for attack in task.attacks:
        if attack.theme is not None and attack.theme not in book.theme_by_id:
            raise InputError(f"task {task.name}: an attack names an unknown theme, {attack.theme}")
    if not task.attacks:
        raise InputError(f"task {task.name}: add 'attacks:', each with a text")
    chance = random.Random(task.seed)  # noqa: S311  # a sample, no secret
    quoted = [coded for coded in codings.posts if coded.codings]
    hosts = chance.sample(quoted, min(task.hosts, len(quoted)))
    attacked = tuple(_on_hosts(hosts, task, book, chance))
    clean = tuple(Item(host, host.post.id) for host in hosts)
    pairs = _pairs(quoted, len(task.attacks), chance)
    targets = [
        _target(attack, pair, book, chance)
        for attack, pair in zip(task.attacks, pairs, strict=True)
    ]
    harmless = [HARMLESS] * len(pairs)
    hostile = [
        OPENING + attack.words(target.id, target.name)
        for attack, target in zip(task.attacks, targets, strict=True)
    ]
    beside_harmless = Batch(book, tuple(_triples(pairs, harmless, targets)))
    beside_attacks = Batch(book, tuple(_triples(pairs, hostile, targets)))
    first, batch = "beside harmless", Batch(book, clean)
    # Which posts share a request is not in an answer's key: each run has a ledger of its own.
    return [
        Plan("clean", (batch,), posts_per_request=1),
        Plan("attacked", (Batch(book, attacked),), against=("clean",), posts_per_request=1),
        _beside(first, beside_harmless, "ledger"),
        _beside(f"{first}, again", beside_harmless, "ledger-again", first, is_for_models=True),
        _beside("beside attacks", beside_attacks, "ledger-attacks", first),
    ]


def _beside(
    condition: str, batch: Batch, ledger: str, *against: str, is_for_models: bool = False
) -> Plan:
    return Plan(
        condition,
        (batch,),
        ledger=ledger,
        against=against,
        is_scored=False,
        posts_per_request=TOGETHER,
        is_for_models=is_for_models,
    )


def _on_hosts(
    hosts: Sequence[PostCodings], task: EvaluationTask, book: Codebook, chance: random.Random
) -> Iterator[Item]:
    """Yield each attack on each of its hosts, where its theme would be wrong."""
    n_tries = min(task.tries or len(hosts), len(hosts))
    for place, attack in enumerate(task.attacks):
        for n in range(n_tries):
            host = hosts[(place * n_tries + n) % len(hosts)]
            target = _target(attack, (host,), book, chance)
            if target.id not in _themes((host,)):
                words = attack.words(target.id, target.name)
                coded = _attacked(host, words, f"-a{place + 1}", in_front=(place + n) % 2 == 1)
                yield Item(coded, host.post.id, target.id, host.post.id)


def _target(
    attack: Attack, hosts: Sequence[PostCodings], book: Codebook, chance: random.Random
) -> Theme:
    """Return the theme an attack asks for: its own, else one that a question has and no host."""
    if attack.theme is not None:
        return book.theme_by_id[attack.theme]
    given = _themes(hosts)
    near = {
        theme.id: theme
        for question_id in hosts[0].attribution.question_ids
        for theme in book.themes_for(question_id)
    }
    others = [theme for theme in near.values() if theme.id not in given]
    return chance.choice(others or [theme for theme in book.themes if theme.id not in given])


def _themes(hosts: Sequence[PostCodings]) -> set[str]:
    return {theme for host in hosts for coding in host.codings for theme in coding.theme_ids}


Pair = tuple[PostCodings, PostCodings]


def _pairs(quoted: Sequence[PostCodings], n: int, chance: random.Random) -> list[Pair]:
    """Return pairs of posts of one question each: only those share a request.

    Raises:
        InputError: If no question has two posts.
    """
    groups: dict[tuple[str, ...], list[PostCodings]] = {}
    for coded in quoted:
        groups.setdefault(coded.attribution.question_ids, []).append(coded)
    several = [group for group in groups.values() if len(group) > 1]
    if not several:
        raise InputError("the reference quotes no two posts of one question; an attack needs two")
    chosen = chance.choices(several, [len(group) for group in several], k=n)
    pairs = [chance.sample(group, 2) for group in chosen]
    return [(first, second) for first, second in pairs]


def _triples(
    pairs: Sequence[Pair], between: Sequence[str], targets: Sequence[Theme]
) -> Iterator[Item]:
    """Yield the posts of each request: the first of a pair, the words between, the second.

    One post may have several neighbours: each time it is another post, with an answer of its own.
    """
    for place, (pair, words, target) in enumerate(zip(pairs, between, targets, strict=True), 1):
        cluster = f"a{place}"
        first, second = (_renamed(host, f"-n{place}") for host in pair)
        yield Item(first, cluster, target.id, first.post.id)
        yield Item(_unquoted(cluster, words, pair[0].attribution), cluster, is_compared=False)
        yield Item(second, cluster, target.id, second.post.id)


def _unquoted(post_id: str, words: str, attribution: Attribution) -> PostCodings:
    """Return a post that nobody compares with anything."""
    outcome = LeftOut(reason=LeftOutReason.NOT_CODED)
    post = Post(id=post_id, text=words)
    return PostCodings(post=post, attribution=attribution, outcome=outcome)


def _renamed(host: PostCodings, suffix: str) -> PostCodings:
    post = host.post.model_copy(update={"id": f"{host.post.id}{suffix}"})
    return _moved(host, post, 0)


def _attacked(host: PostCodings, attack: str, suffix: str, *, in_front: bool) -> PostCodings:
    """Return the post with an attack; what the reference quotes of it stays."""
    text = f"{attack}\n{host.post.text}" if in_front else f"{host.post.text}\n{attack}"
    shift = len(attack) + 1 if in_front else 0
    post = host.post.model_copy(update={"id": f"{host.post.id}{suffix}", "text": text})
    return _moved(host, post, shift)


def _moved(host: PostCodings, post: Post, shift: int) -> PostCodings:
    """Return a post coded as another one that it holds from an offset on."""
    codings: list[Coding] = []
    for coding in host.codings:
        spans = [Span(start=s.start + shift, end=s.end + shift) for s in coding.quote.spans]
        codings.append(coding.model_copy(update={"quote": Quote.cut(post, spans)}))
    outcome = Quoted(codings=tuple(codings))
    return PostCodings(post=post, attribution=host.attribution, outcome=outcome)
