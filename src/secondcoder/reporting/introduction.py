"""The introduction: the chat's figures, and how the coding was made."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pydantic import AwareDatetime

from secondcoder.reporting.charts import apart
from secondcoder.reporting.derivation_wording import model_addresses
from secondcoder.reporting.wording import (
    author_name,
    count,
    day,
    endpoint,
    is_or_are,
    joined,
    number,
    time_of,
    web_link,
    within,
)
from secondcoder.schema.chat import ChatCounts, ChatInfo, Post, WindowCount, author_key_of
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings, CodingsInfo, awaits_coding
from secondcoder.schema.record import Record
from secondcoder.schema.runs import CoderKind, Run

CODER_WORDS = {
    CoderKind.PERSON: "people",
    CoderKind.MODEL: "a language model",
    CoderKind.PANEL: "a panel of coders",
    CoderKind.EMBEDDED: "the embedded coder, which runs on this machine",
}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
DAY = timedelta(hours=24)


class Fact(Record):
    """One line of how the coding was made: what, and its value."""

    name: str
    value: str


class Introduction(Record):
    """What the report says before its themes. `figures` and `made` are sentences and facts."""

    title: str
    hashtag: str | None
    source: str | None
    source_url: str | None
    starts_at: AwareDatetime | None
    held: str | None
    """When the chat began, in words."""
    moderated_by: str | None = None
    """Who moderated, by name; None where nobody is known to."""
    counts: ChatCounts
    figures: tuple[str, ...]
    made: tuple[Fact, ...]


def introduction(
    codings: Codings, writer: Run | None = None, asked_out: str | None = None
) -> Introduction:
    """Return the introduction of the report on the codings.

    The figures are the chat's own where it has them, and are counted from the posts otherwise.

    Args:
        codings: What was coded.
        writer: The run in which a model wrote sentences of the report.
        asked_out: Says how many people asked to be left out, where some did.
    """
    chat = codings.info.chat
    counts = chat.counts or counts_of(tuple(coded.post for coded in codings.posts), chat)
    return Introduction(
        title=chat.title,
        hashtag=chat.hashtag,
        source=chat.source,
        source_url=web_link(chat.source_url),
        starts_at=chat.starts_at,
        held=_began(chat),
        moderated_by=_moderated_by(codings),
        counts=counts,
        figures=(
            *figures(counts),
            *_moderating(codings),
            *_held(counts, len(codings.posts)),
            *_waiting(codings),
            *((asked_out,) if asked_out is not None else ()),
        ),
        made=made(codings.info, writer),
    )


def counts_of(posts: tuple[Post, ...], chat: ChatInfo) -> ChatCounts:
    """Return the figures the posts themselves give; windows only where the chat's start is known.

    >>> posts = (Post(id="1", text="Tea", author="Ann"), Post(id="2", text="Tea", author="ann"))
    >>> counted = counts_of(posts, ChatInfo())
    >>> counted.n_posts, counted.n_participants, counted.n_duplicates
    (2, 1, 1)
    """
    originals = [post for post in posts if not post.is_repost]
    windows: tuple[WindowCount, ...] = ()
    if chat.starts_at is not None:
        lengths = sorted({chat.usual_length, DAY})
        windows = tuple(_window(posts, chat.starts_at, length) for length in lengths)
    return ChatCounts(
        n_posts=len(posts),
        n_reposts=len(posts) - len(originals),
        n_duplicates=len(originals) - len({post.text for post in originals}),
        n_participants=_participants(posts),
        n_without_time=sum(post.created_at is None for post in posts),
        windows=windows,
    )


def figures(counts: ChatCounts) -> tuple[str, ...]:
    """Return the chat's figures as sentences, reposts told apart where there are any.

    A people's report counts no reposts, so that none is not told from not counted.

    >>> figures(ChatCounts(
    ...     n_posts=9, n_reposts=2, n_duplicates=0, n_participants=4, n_without_time=0
    ... ))
    ('There were 9 posts by 4 participants; 2 of the posts are reposts.',)
    """
    stretches = [
        f"{_posts_by(window.n_posts, window.n_participants)} {within(window.hours)}"
        + (f" ({count(window.n_reposts, 'repost')} among them)" if counts.n_reposts else "")
        for window in counts.windows
    ]
    whole = _posts_by(counts.n_posts, counts.n_participants)
    kind = "a repost" if counts.n_reposts == 1 else "reposts"
    reposts = f"; {number(counts.n_reposts)} of the posts {is_or_are(counts.n_reposts)} {kind}"
    sentences = []
    if stretches:
        sentences.append(f"There were {joined(stretches)}.")
    if not stretches or counts.n_posts != counts.windows[-1].n_posts:
        opening = "In all, there were" if stretches else "There were"
        sentences.append(f"{opening} {whole}{reposts if counts.n_reposts else ''}.")
    if counts.n_duplicates:
        verb = "repeats" if counts.n_duplicates == 1 else "repeat"
        sentences.append(
            f"{number(counts.n_duplicates)} of the posts {verb} an earlier post word for word."
        )
    if counts.windows and counts.n_without_time:
        verb = "carries no time and is" if counts.n_without_time == 1 else "carry no time and are"
        sentences.append(f"{count(counts.n_without_time, 'post')} {verb} in no stretch of time.")
    return tuple(sentences)


def _began(chat: ChatInfo) -> str | None:
    if chat.starts_at is None:
        return None
    inferred = " (taken from the first question)" if chat.start_is_inferred else ""
    return f"{time_of(chat.starts_at)}{inferred}"


def _moderated_by(codings: Codings) -> str | None:
    named = {author_key_of(name) for name in codings.info.chat.moderators}
    return (
        ", ".join(
            apart(author_name(name) or key)
            + ("" if key in named else " (not named as such; posted a question)")
            for key, name in codings.moderators.items()
        )
        or None
    )


def _moderating(codings: Codings) -> tuple[str, ...]:
    """Return, where who moderated wrote posts, how they are counted."""
    authors = {coded.post.author_key for coded in codings.posts}
    n = len(codings.moderators.keys() & authors)
    if not n:
        return ()
    return (
        f"{count(n, 'participant')} moderated the chat: not counted among the authors who spoke of "
        f"a theme, where their own posts are told apart.",
    )


def _held(counts: ChatCounts, n_posts: int) -> tuple[str, ...]:
    """Return, where the codings hold only part of the chat, a sentence that says so."""
    if counts.n_posts <= n_posts:
        return ()
    verb = "is" if n_posts == 1 else "are"
    return (
        f"Of these, {count(n_posts, 'post')} {verb} in the codings that this report is made of.",
    )


def _waiting(codings: Codings) -> tuple[str, ...]:
    """Return, where a theme was split since its quotes were coded, a sentence that says so."""
    waiting = [coding for coding in codings.quotes if awaits_coding(coding.note)]
    if not waiting:
        return ()
    verb = "waits" if len(waiting) == 1 else "wait"
    return (
        f"{count(len(waiting), 'quote')} {verb} to be coded again, since their theme was split; "
        f"until then they are under none of its parts.",
    )


def made(info: CodingsInfo, writer: Run | None = None) -> tuple[Fact, ...]:
    """Return how the coding was made: by whom, when, with what, and where words went."""
    run, codebook = info.run, info.codebook
    words = CODER_WORDS[run.coder.kind]
    # Names, of any script, stand apart, or the line they begin would run from the right.
    coder = words if run.coder.id == words else f"{apart(run.coder.id)} ({words})"
    if run.coder.description:
        coder = f"{coder}: {apart(run.coder.description)}"
    facts = [
        Fact(name="Coded by", value=coder),
        Fact(name="Coded on", value=_day_of(run.finished_at or run.started_at)),
        Fact(
            name="Codebook",
            value=f"{apart(codebook.title)}, version {codebook.version}, {_short(codebook.sha256)}",
        ),
        Fact(name="Prompt", value=_prompt(run)),
        Fact(name="Where words went", value=_where_words_went(run, codebook, writer)),
    ]
    if run.codebook_sha256 not in {None, codebook.sha256}:
        facts.append(
            Fact(
                name="Codebook of the run",
                value=f"{_short(run.codebook_sha256)}: the run used another version than this one",
            )
        )
    if run.usage.n_requests or run.usage.n_reused:
        facts.append(Fact(name="Requests", value=_usage(run)))
    if run.packing is not None:
        measured = run.packing.measurements
        facts.append(
            Fact(
                name="Posts per request",
                value=f"{run.packing.words}{f'; {measured}' if measured else ''}",
            )
        )
    if run.secondcoder_version:
        facts.append(Fact(name="Program", value=f"secondcoder {run.secondcoder_version}"))
    facts += [
        Fact(name=f"Member {number}", value=_member(member))
        for number, member in enumerate(run.members, 1)
    ]
    return tuple(facts)


def _window(posts: tuple[Post, ...], start: datetime, length: timedelta) -> WindowCount:
    inside = tuple(
        post
        for post in posts
        if post.created_at is not None and start <= post.created_at < start + length
    )
    return WindowCount(
        hours=length / timedelta(hours=1),
        n_posts=len(inside),
        n_reposts=sum(post.is_repost for post in inside),
        n_participants=_participants(inside),
    )


def _participants(posts: tuple[Post, ...]) -> int:
    return len({post.author_key for post in posts} - {None})


def _posts_by(n_posts: int, n_participants: int) -> str:
    posts = count(n_posts, "post")
    return f"{posts} by {count(n_participants, 'participant')}" if n_participants else posts


def _short(sha256: str | None) -> str:
    return f"hash {(sha256 or '')[:12]}"


def _day_of(moment: datetime | None) -> str:
    return "not recorded" if moment is None else day(moment)


def _member(run: Run) -> str:
    """Return who a panel's member is, with what it coded, and what it asked."""
    parts = [f"{apart(run.coder.id)} ({CODER_WORDS[run.coder.kind]})", f"prompt: {_prompt(run)}"]
    if run.usage.n_requests or run.usage.n_reused:
        parts.append(_usage(run))
    return "; ".join(parts)


def _prompt(run: Run) -> str:
    if run.prompt_version is None and run.prompt_sha256 is None:
        if run.members:
            return "each member's own, see below"
        return "not recorded" if _asks(run) else "none: this coder uses no prompt"
    known = [run.prompt_version, _short(run.prompt_sha256) if run.prompt_sha256 else None]
    return ", ".join(part for part in known if part)


def _where_words_went(run: Run, book: Codebook, writer: Run | None) -> str:
    """Return where words were sent to: for coding, and where models were asked for more."""
    beside = (
        ("themes", tuple(model_addresses(book))),
        (
            "sentences of the report",
            (writer.base_url,) if writer is not None and writer.prompts else (),
        ),
    )
    others = [f"for {what}, {_sent_to(urls)}" for what, urls in beside if urls]
    coded = _where_coding_sent(run)
    if not others:
        return coded
    return "; ".join((f"for coding, {coded.removesuffix(', and nowhere else')}", *others))


def _sent_to(urls: Sequence[str | None]) -> str:
    places = [_place(url) for url in dict.fromkeys(urls) if url is not None]
    unknown = ["an address that is not recorded"] if None in urls else []
    return f"sent to {joined([*places, *unknown])}"


def _where_coding_sent(run: Run) -> str:
    unknown = [one.coder.id for one in run.members if not one.endpoints and _asks(one)]
    if run.endpoints:
        places = " and ".join(_place(url) for url in run.endpoints)
        if unknown:
            return f"sent to {places}; for {' and '.join(unknown)} the address is not recorded"
        return f"sent to {places}, and nowhere else"
    if run.members and not unknown:
        return "nothing left this machine"
    match run.coder.kind:
        case CoderKind.EMBEDDED:
            return "nothing left this machine"
        case CoderKind.PERSON:
            return "nothing left this machine: people coded, no server was asked"
        case CoderKind.MODEL | CoderKind.PANEL:
            return "the address they were sent to is not recorded"


def _place(url: str) -> str:
    here = ", on this machine" if urlsplit(url).hostname in LOOPBACK else ""
    return f"{endpoint(url)}{here}"


def _asks(run: Run) -> bool:
    """Return whether such a coder asks a server."""
    return run.coder.kind in {CoderKind.MODEL, CoderKind.PANEL}


def _usage(run: Run) -> str:
    usage = run.usage
    parts = [
        count(usage.n_requests, "request"),
        f"{count(usage.n_reused, 'answer')} reused",
        *(
            ("no tokens counted",)
            if usage.has_no_tokens
            else (
                f"{number(usage.prompt_tokens)} tokens sent",
                f"{number(usage.completion_tokens)} tokens received",
            )
        ),
    ]
    if usage.has_unknown_cost:
        parts.append("cost not known")
    elif usage.cost_usd is not None:
        parts.append(f"{usage.cost_usd:.2f} US dollars")
    return ", ".join(parts)
