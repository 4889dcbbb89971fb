"""Which pictures a report holds, and the numbers in them."""

from collections import Counter
from itertools import combinations

from secondcoder.reporting.accounting import Accounting
from secondcoder.reporting.breakdown import Breakdown, QuestionSection
from secondcoder.reporting.charts import Cell, Chart, apart, shortened, told_cell
from secondcoder.reporting.over_time import over_time
from secondcoder.reporting.wording import count, in_quotation_marks, is_or_are
from secondcoder.schema.codings import Codings

MOST_BARS = 15
"""Bars in a picture; the table behind holds the rest."""
MOST_PAIRS = 10
MOST_LETTERS = 60
"""Of a theme's name in a sentence, and of each of two that share a label."""


def charts(
    codings: Codings, breakdown: Breakdown, account: Accounting, *, clock: bool = True
) -> tuple[Chart, ...]:
    """Return the pictures of a report in the order of print; one that shows nothing is not made.

    Args:
        codings: What was coded.
        breakdown: The themes as the report names and counts them.
        account: What became of the posts.
        clock: Whether the times at which posts were written may be told.
    """
    posts = tuple(coded.post for coded in codings.posts)
    info = codings.info
    made = [
        over_time(posts, info.chat, info.codebook.questions, clock=clock),
        participation(codings),
        *(
            themes_of_question(section, number)
            for number, section in enumerate(breakdown.questions, 1)
        ),
        together(codings, breakdown),
        coverage(account),
        coverage_of_questions(codings),
    ]
    return tuple(chart for chart in made if chart is not None)


def participation(codings: Codings) -> Chart | None:
    """Return the share of the signed posts that the busiest authors wrote; None below two."""
    counts = Counter(coded.post.author_key for coded in codings.posts)
    n_unsigned = counts.pop(None, 0)
    n_posts, n_authors = counts.total(), len(counts)
    if n_authors < 2:  # noqa: PLR2004 - all posts are by one
        return None
    busiest = [n for _, n in counts.most_common()]
    steps = [n for n in (1, 2, 3, 5, 10, 20, 50, 100, 200, 500) if 2 * n <= n_authors] or [1]
    rows: list[tuple[Cell, ...]] = []
    for n in steps:
        label = "The busiest author" if n == 1 else f"The {n:,} busiest authors"
        rows.append((label, sum(busiest[:n]) / n_posts, sum(busiest[:n])))
    half, reached = 0, 0
    while 2 * reached < n_posts:
        reached += busiest[half]
        half += 1
    alt = (
        f"Bars: share of the {count(n_posts, 'post')} by the busiest of {n_authors:,} authors; "
        f"second number: their posts. {count(half, 'author')} wrote half of them or more."
    )
    if n_moderators := len(codings.moderators.keys() & counts.keys()):
        alt += f" {count(n_moderators, 'author')} moderated the chat."
    once = sum(n == 1 for n in busiest)
    if once:
        alt += f" {count(once, 'author')} wrote a single post."
    if n_unsigned:
        alt += (
            f" {count(n_unsigned, 'post')} without an author {is_or_are(n_unsigned)} not counted."
        )
    return Chart(
        id="participation",
        kind="bars",
        place="introduction",
        title="Who wrote the posts",
        alt=alt,
        columns=("Authors", "Share of posts", "Posts"),
        rows=tuple(rows),
        n_drawn=len(rows),
    )


def themes_of_question(section: QuestionSection, place: int) -> Chart | None:
    """Return the question's themes by distinct authors, then posts; None for fewer than two.

    Where no author is given, posts alone are drawn.
    """
    themes = [theme for theme in section.themes if theme.tally.n_quotes]
    if len(themes) < 2:  # noqa: PLR2004 - nothing to compare
        return None
    signed = any(theme.tally.n_authors for theme in themes)
    ranked = sorted(
        themes, key=lambda theme: (theme.tally.n_authors, theme.tally.n_posts), reverse=True
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"{theme.number}. {apart(theme.name)}",
            *((theme.tally.n_authors,) if signed else ()),
            theme.tally.n_posts,
        )
        for theme in ranked
    )
    n_drawn = min(MOST_BARS, len(rows))
    first = ranked[0].tally
    most = (
        f"{count(first.n_authors, 'author')} in {count(first.n_posts, 'post')}"
        if signed
        else count(first.n_posts, "post")
    )
    said = "Bars: distinct authors; second number: posts." if signed else "Bars: posts."
    n_first = sum(
        (one.tally.n_authors, one.tally.n_posts) == (first.n_authors, first.n_posts)
        for one in ranked
    )
    leading = (
        f"First comes {in_quotation_marks(_name(ranked[0].name))}, of {most}."
        if n_first == 1
        else f"{n_first} themes come first, each of {most}."
    )
    alt = f"{said} {leading}"
    if n_drawn < len(rows):
        alt += f" The first {n_drawn} of {len(rows)} themes are drawn."
    name = section.question_id or "posts that answered no question"
    return Chart(
        id=f"themes-{place}",
        kind="bars",
        place=f"question-{place}",
        title=f"Themes of {name}",
        alt=alt,
        columns=("Theme", "Authors", "Posts") if signed else ("Theme", "Posts"),
        rows=rows,
        n_drawn=n_drawn,
    )


def together(codings: Codings, breakdown: Breakdown) -> Chart | None:
    """Return which two themes stand in the same posts most often; None where none do."""
    posts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    named = {
        theme.theme_id: (theme.number, theme.name)
        for section in breakdown.questions
        for theme in section.themes
    }
    for coded in codings.posts:
        found = {theme_id for coding in coded.codings for theme_id in coding.theme_ids}
        ids = sorted(found, key=lambda theme_id: named[theme_id])
        posts.update(ids)
        pairs.update(combinations(ids, 2))
    if not pairs:
        return None
    ranked = sorted(
        pairs.items(), key=lambda item: (-item[1], named[item[0][0]], named[item[0][1]])
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"{_short(*named[one])}\n+ {_short(*named[other])}",
            n,
            n / min(posts[one], posts[other]),
            posts[one],
            posts[other],
        )
        for (one, other), n in ranked[:MOST_PAIRS]
    )
    (one, other), most = ranked[0]
    alt = (
        f"Bars: posts that hold quotes of both themes; second number: their share of the posts "
        f"of the rarer one. Most often, in {count(most, 'post')}, "
        f"these are {named[one][0]}. {in_quotation_marks(_name(named[one][1]))} and "
        f"{named[other][0]}. {in_quotation_marks(_name(named[other][1]))}."
    )
    if len(ranked) > MOST_PAIRS:
        alt += f" The {MOST_PAIRS} most frequent of {len(ranked):,} pairs are shown."
    return Chart(
        id="together",
        kind="bars",
        place="key-themes",
        title="Themes in the same posts",
        alt=alt,
        columns=(
            "Themes",
            "Posts with both",
            "Share of the rarer",
            "Posts with the first",
            "Posts with the second",
        ),
        rows=rows,
        n_drawn=len(rows),
    )


def coverage(account: Accounting) -> Chart | None:
    """Return what became of the posts, reasons told apart; None for fewer than two posts."""
    if account.n_posts < 2:  # noqa: PLR2004 - nothing to compare
        return None
    outcomes = [("Quoted", account.n_quoted)]
    left_out = [
        (f"Left out: {group.title.lower()}", len(group.posts)) for group in account.left_out
    ]
    outcomes += sorted(left_out, key=lambda row: -row[1])
    outcomes += [
        (name, len(posts))
        for name, posts in (("For people to decide", account.abstained), ("Failed", account.failed))
        if posts
    ]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, n, n / account.n_posts) for name, n in outcomes
    )
    return Chart(
        id="coverage",
        kind="bars",
        place="left-out",
        title="What became of the posts",
        alt=(
            f"Bars: posts; second number: their share of all {account.n_posts:,}. "
            f"{told_cell(account.n_quoted / account.n_posts)} gave a quote."
        ),
        columns=("Posts", "Number", "Share"),
        rows=rows,
        n_drawn=len(rows),
    )


def coverage_of_questions(codings: Codings) -> Chart | None:
    """Return which share of the posts that may answer a question gave a quote to any.

    The post that asks it is none of them.
    None where fewer than two questions have posts.
    """
    posts: Counter[str] = Counter()
    quoted: Counter[str] = Counter()
    for coded in codings.posts:
        if not coded.codings and codings.asks(coded):
            continue
        posts.update(coded.attribution.question_ids)
        if coded.codings:
            quoted.update(coded.attribution.question_ids)
    ids = [question.id for question in codings.info.codebook.questions if posts[question.id]]
    if len(ids) < 2:  # noqa: PLR2004 - nothing to compare
        return None
    least = min(ids, key=lambda name: quoted[name] / posts[name])
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, quoted[name] / posts[name], quoted[name], posts[name]) for name in ids
    )
    return Chart(
        id="coverage-of-questions",
        kind="bars",
        place="left-out",
        title="Posts that gave a quote, by question",
        alt=(
            f"Bars: of the posts that may answer a question, the share that gave a quote; second "
            f"number: how many did. A post that may answer several counts for each. The lowest "
            f"share, {told_cell(quoted[least] / posts[least])} of {count(posts[least], 'post')}, "
            f"is of {least}."
        ),
        columns=("Question", "Share quoted", "Posts quoted", "Posts"),
        rows=rows,
        n_drawn=len(rows),
    )


def _short(number: int, name: str) -> str:
    return f"{number}. {_name(name)}"


def _name(name: str) -> str:
    return apart(shortened(name, MOST_LETTERS))
