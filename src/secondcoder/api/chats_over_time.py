"""Making a report over several chats: their order, their common themes, counts and shares."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from secondcoder.agreement.run_chart import run_chart
from secondcoder.agreement.share import share
from secondcoder.api.masking import masking
from secondcoder.errors import InputError
from secondcoder.induction.over_time import nowhere_finding, over_time_finding
from secondcoder.induction.same_themes import SameThemes, same_themes
from secondcoder.reporting.breakdown import ThemeOrder
from secondcoder.reporting.chat_counts import ChatCounts, Posts, chat_counts
from secondcoder.reporting.opting_out import left_out_sentence, without_authors
from secondcoder.reporting.series_cautions import cautions, shared_posts
from secondcoder.reporting.series_names import labels, names, series_title
from secondcoder.reporting.series_withholding import masked_in_series, withheld_in_series
from secondcoder.schema.chat import Question
from secondcoder.schema.chats_over_time import (
    AskedInChat,
    ChatOfSeries,
    ChatsOverTime,
    Gap,
    QuestionOverTime,
    QuestionPoint,
    ThemeInChat,
    ThemeOverTime,
    ThemePoint,
)
from secondcoder.schema.codebook import Theme
from secondcoder.schema.codings import Codings
from secondcoder.schema.key_findings import AMOUNTS

_NOTES = (
    "A share is of the posts with a quote under the question, moderators' among them; authors are "
    "counted without those who moderated. Posts that failed, that were left "
    "for people to decide, that nobody looked at, or that gave no quote are not among them; they "
    "are counted beside. A post that speaks of several themes counts for each.",
    "Intervals are of 95 %, Wilson's with the effective number of posts: posts of one author are "
    "no independent witnesses (Korn & Graubard 1998; Franco et al. 2019).",
    "The dashed line is the median of the chats' shares. Signals are looked for where ten points "
    "or more are off the median. Up to 20 chats: shift, six points or more in a row on one side of "
    "it, and trend, five or more rising or falling, of Perla, Provost & Murray (2011), BMJ Qual "
    "Saf 20:46-51. In series of any length: long run and few crossings, whose limits grow with the "
    "number of points, of Anhøj & Olesen (2014), PLoS ONE 9(11):e113825, who find the trend rule "
    "of little use. Shift and trend are not applied to longer series, since chance alone meets "
    "them in most. The rules are meant for one chart: of many themes some give a signal by chance.",
    AMOUNTS,
)
_ORDER = {
    "authors": "Under each question, themes stand by their number of authors over all chats, then "
    "by posts, the most first.",
    "numbers": "Themes are in the order of their numbers in the codebook.",
}


class _Series(NamedTuple):
    """The chats in order of time, counted."""

    chats: tuple[ChatOfSeries, ...]
    same: SameThemes
    counts: tuple[ChatCounts, ...]


def chats_over_time(
    given: Sequence[Codings],
    *,
    order: ThemeOrder = "authors",
    opt_out: Sequence[str] = (),
    mask_also: Sequence[str] = (),
    is_masked: bool = False,
) -> ChatsOverTime:
    """Return the themes of several chats in order of time.

    A chat that is given twice, or a name that nobody has who wrote in any, is an `InputError`;
    codebooks whose themes can't be told to be the same, a `CodebookError`.

    Args:
        given: Codings of two chats or more.
        order: Which themes come first.
        opt_out: Authors who asked to be left out; they count nowhere.
        mask_also: Words to mask besides likely names.
        is_masked: Whether likely names are masked, in whatever the codebook says of themes.
    """
    _refuse_twins(given)
    dated = [(date, place) for place, one in enumerate(given) if (date := _beginning(one))]
    is_by_date = len(dated) == len(given)
    ordered = [given[place] for _, place in sorted(dated)] if is_by_date else list(given)
    dates = [_beginning(codings) for codings in ordered]
    kept, opted_out, hides = _without(ordered, tuple(opt_out))
    called = names([codings.info.chat for codings in kept])
    same = same_themes(kept, called)
    counts = tuple(chat_counts(one.codings) for one in same.chats)
    known = labels(called, dates if is_by_date else [None for _ in dates])
    chats = tuple(
        _chat(number, kept, same, counts, (called, known, dates))
        for number in range(1, len(kept) + 1)
    )
    series = _Series(chats, same, counts)
    numbered = order == "numbers" and any(theme.number is not None for theme in same.themes)
    questions = tuple(_questions(series, is_numbered=numbered))
    made = ChatsOverTime(
        title=series_title(chats),
        is_by_date=is_by_date,
        order_of_themes=_ORDER["numbers" if numbered else "authors"],
        codebook_version=same.book.version,
        chats=chats,
        questions=questions,
        cautions=(*cautions(chats, kept, questions, is_by_date=is_by_date), *same.cautions),
        notes=(*opted_out, *_NOTES),
    )
    shown = withheld_in_series(made, hides) if opted_out else made
    if not is_masked:
        return shown
    posts = [coded.post for codings in kept for coded in codings.posts]
    moderators = (name for codings in kept for name in codings.info.chat.moderators)
    hide = masking(
        (post.text for post in posts),
        same.book,
        people=(*filter(None, (post.author for post in posts)), *moderators, *opt_out),
        also=mask_also,
    )
    return masked_in_series(shown, hide)


def _beginning(codings: Codings) -> datetime | None:
    """Return when a chat began; its first post may announce it days before."""
    if codings.info.chat.starts_at is not None:
        return codings.info.chat.starts_at
    times = (coded.post.created_at for coded in codings.posts)
    return min((at for at in times if at is not None), default=None)


def _refuse_twins(given: Sequence[Codings]) -> None:
    """Refuse a chat that is given twice.

    Raises:
        InputError: Naming both.
    """
    called = names([codings.info.chat for codings in given])
    for (one, other), shared in shared_posts(given).items():
        if len(shared) == min(len(given[one].posts), len(given[other].posts)):
            raise InputError(
                f"codings {one + 1} ('{called[one]}') and {other + 1} ('{called[other]}') are of "
                f"the same posts; give each chat once. Two coders of one chat are compared by "
                f"'secondcoder agree'"
            )


def _without(
    chats: Sequence[Codings], opt_out: tuple[str, ...]
) -> tuple[list[Codings], tuple[str, ...], Callable[[str], bool]]:
    """Return the chats without some people, what is said of that, and what repeats or names them.

    Raises:
        InputError: If nobody is called so.
    """
    kept = [without_authors(codings, opt_out) for codings in chats]
    unknown = [name for name in opt_out if all(name in one.unknown for one in kept)]
    if unknown:
        raise InputError(
            f"no post of any chat is by {', '.join(unknown)}, who should be left out; correct the "
            f"name, so that nobody is counted who asked not to be"
        )
    n_posts = sum(one.n_posts for one in kept)
    people = frozenset[str]().union(*(one.keys for one in kept))
    sentence = (left_out_sentence(n_posts, len(people)),) if n_posts else ()
    return (
        [one.codings for one in kept],
        sentence,
        lambda text: any(one.said.is_quoted_in(text) or one.words_of(text) != text for one in kept),
    )


def _chat(
    number: int,
    kept: Sequence[Codings],
    same: SameThemes,
    counts: Sequence[ChatCounts],
    named: tuple[Sequence[str], Sequence[str], Sequence[datetime | None]],
) -> ChatOfSeries:
    place = number - 1
    called, known, dates = named
    codings, followed, fates = kept[place], same.chats[place], counts[place].fates
    run, book = codings.info.run, codings.info.codebook
    authors = {coded.post.author_key for coded in codings.posts} - {None}
    return ChatOfSeries(
        number=number,
        title=called[place],
        label=known[place],
        begins_at=dates[place],
        n_posts=len(codings.posts),
        n_authors=len(authors),
        n_quoted=fates["quoted"],
        n_left_out=fates["left-out"],
        n_abstained=fates["abstained"],
        n_failed=fates["failed"],
        n_not_coded=fates["not-coded"],
        coder=run.coder,
        prompt_version=run.prompt_version,
        prompt_sha256=run.prompt_sha256,
        codebook_version=book.version,
        codebook_sha256=book.sha256,
        secondcoder_version=run.secondcoder_version,
        n_moved=followed.n_moved,
        n_retired=followed.n_retired,
        n_to_code_again=len(followed.to_code_again),
    )


def _questions(series: _Series, *, is_numbered: bool) -> Iterable[QuestionOverTime]:
    books = [one.codings.info.codebook for one in series.same.chats]
    known: dict[str, Question] = {}
    # The latest codebook's own order first.
    for book in (series.same.book, *reversed(books)):
        for question in book.questions:
            known.setdefault(question.id, question)
    leaves = {question.id for book in books for question in book.leaves}
    answered = {question_id for counts in series.counts for question_id in counts.answering}
    asked = [name for name in known if name in leaves or name in answered]
    is_beside = None in answered or bool(_unspoken(series))
    for question_id in (*asked, *((None,) if is_beside else ())):
        has = [
            question_id is None or question_id in {one.id for one in book.questions}
            for book in books
        ]
        texts = [
            question.text
            for book in reversed(books)
            for question in book.questions
            if question.id == question_id and question.text
        ]
        points = tuple(
            _asked(chat.number, counts, question_id)
            if there
            else Gap(chat=chat.number, reason=f"its codebook has no question {question_id}")
            for chat, counts, there in zip(series.chats, series.counts, has, strict=True)
        )
        wordings = list(dict.fromkeys(texts))
        yield QuestionOverTime(
            question_id=question_id,
            text=wordings[0] if wordings else "",
            other_texts=tuple(wordings[1:]),
            points=points,
            themes=tuple(_themes(series, question_id, points, is_numbered=is_numbered)),
        )


def _asked(number: int, counts: ChatCounts, question_id: str | None) -> AskedInChat:
    posts = counts.answering.get(question_id, {})
    beside = counts.beside.get(question_id, Counter())
    n_authors, n_unsigned = _authors(posts, counts.moderators)
    return AskedInChat(
        chat=number,
        n_answering=len(posts),
        n_authors=n_authors,
        n_unsigned=n_unsigned,
        n_left_out=beside["left-out"],
        n_abstained=beside["abstained"],
        n_failed=beside["failed"],
        n_not_coded=beside["not-coded"],
    )


def _authors(posts: Posts, moderators: Collection[str]) -> tuple[int, int]:
    """Return how many participants wrote the posts, who moderated aside, and unsigned posts."""
    authors = set(posts.values()) - {None}
    n_unsigned = sum(author is None for author in posts.values())
    return len(authors.difference(moderators)), n_unsigned


def _unspoken(series: _Series) -> set[str]:
    """Return the themes of no question of their own that no quote of any chat carries."""
    used = {theme_id for counts in series.counts for (_, theme_id) in counts.themes}
    return {theme.id for theme in series.same.themes if not theme.questions} - used


def _themes(
    series: _Series,
    question_id: str | None,
    asked: tuple[QuestionPoint, ...],
    *,
    is_numbered: bool,
) -> list[ThemeOverTime]:
    """Return the question's own themes, all that its quotes carry, and other ideas last."""
    # As in a report on one chat, what is of no question is told of once, beside them.
    own = _unspoken(series) if question_id is None else set[str]()
    for one in series.same.chats:
        book = one.codings.info.codebook
        if question_id is None or question_id in {question.id for question in book.questions}:
            own |= {theme.id for theme in book.themes_for(question_id) if theme.questions}
    used = {
        theme_id
        for counts in series.counts
        for (place, theme_id), posts in counts.themes.items()
        if place == question_id and posts
    }
    themes = [
        _theme(series, question_id, theme, asked)
        for theme in series.same.themes
        if theme.id in own or theme.id in used
    ]
    if is_numbered:
        last = 1 + max(theme.number or 0 for theme in series.same.themes)
        themes.sort(key=lambda theme: last if theme.number is None else theme.number)
    else:
        themes.sort(key=lambda theme: (theme.n_authors, theme.n_posts), reverse=True)
    others = [_theme(series, question_id, None, asked)] if None in used else []
    return [*themes, *others]


def _theme(
    series: _Series,
    question_id: str | None,
    theme: Theme | None,
    asked: tuple[QuestionPoint, ...],
) -> ThemeOverTime:
    theme_id = theme.id if theme else None
    points = tuple(
        _point(series, place, question_id, theme_id) for place in range(len(series.chats))
    )
    exact = [
        Fraction(point.n_posts, whole.n_answering)
        if isinstance(point, ThemeInChat) and isinstance(whole, AskedInChat) and whole.n_answering
        else None
        for point, whole in zip(points, asked, strict=True)
    ]
    chart = run_chart(exact)
    # Whoever answered anything could have spoken of what is of no question.
    n_knowing = sum(isinstance(point, ThemeInChat) for point in points)
    is_nowhere = question_id is None and theme_id in _unspoken(series) and n_knowing
    everybody = {
        author
        for counts in series.counts
        for author in counts.themes.get((question_id, theme_id), {}).values()
        if author is not None and author not in counts.moderators
    }
    return ThemeOverTime(
        theme_id=theme_id,
        number=theme.number if theme else None,
        name=theme.name if theme else "Other ideas",
        definition=theme.definition if theme else "Quotes under no theme of the codebook.",
        finding=nowhere_finding(n_knowing, len(points))
        if is_nowhere
        else over_time_finding(series.chats, asked, points, chart),
        n_posts=sum(point.n_posts for point in points if isinstance(point, ThemeInChat)),
        n_authors=len(everybody),
        points=points,
        run_chart=chart,
    )


def _point(
    series: _Series, place: int, question_id: str | None, theme_id: str | None
) -> ThemePoint:
    chat, counts = series.chats[place], series.counts[place]
    book = series.same.chats[place].codings.info.codebook
    if question_id is not None and question_id not in {one.id for one in book.questions}:
        return Gap(chat=chat.number, reason=f"its codebook has no question {question_id}")
    if theme_id is not None and theme_id not in series.same.known[place]:
        whole = series.same.split[place].get(theme_id)
        reason = (
            f"split off '{whole}' after it was coded; to be coded again"
            if whole
            else "its codebook had no such theme"
        )
        return Gap(chat=chat.number, reason=reason)
    posts = counts.themes.get((question_id, theme_id), {})
    n_authors, n_unsigned = _authors(posts, counts.moderators)
    has, of = _by_author(counts.answering.get(question_id, {}), posts)
    return ThemeInChat(
        chat=chat.number,
        n_posts=len(posts),
        n_authors=n_authors,
        n_unsigned=n_unsigned,
        share=share(has, of),
    )


def _by_author(answering: Posts, posts: Mapping[str, object]) -> tuple[list[int], list[int]]:
    """Return posts with the theme and all posts by author; an unsigned post is by nobody else."""
    of: dict[tuple[str, ...], int] = {}
    has: dict[tuple[str, ...], int] = {}
    for post_id, author in answering.items():
        who = (author,) if author is not None else ("", post_id)
        of[who] = of.get(who, 0) + 1
        has[who] = has.get(who, 0) + (post_id in posts)
    return list(has.values()), list(of.values())
