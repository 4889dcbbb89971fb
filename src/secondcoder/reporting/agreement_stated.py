"""Agreement as the methods of a report state it, under a name that says what it shows."""

from collections.abc import Iterable, Iterator

from secondcoder.reporting.agreement_wording import Figure, theme_figures, what_was_compared
from secondcoder.reporting.agreement_wording import number as statistic
from secondcoder.reporting.introduction import Fact
from secondcoder.reporting.wording import count, is_or_are, joined
from secondcoder.schema.agreement import Agreement, post_mark
from secondcoder.schema.codings import Codings
from secondcoder.schema.runs import CoderKind
from secondcoder.schema.statistics import Interval, Undefined

WITH_PEOPLE = "Agreement"
"""These codings beside a person's: the one that answers whether people checked them."""
OF_PROGRAMS = "Agreement between programs"
OF_OTHERS = "Agreement of other coders"
"""On the same posts, but not about these codings."""


def stated(agreement: Agreement, codings: Codings) -> Fact:
    """Return the agreement as a fact of the report on these codings.

    Args:
        agreement: On posts of these codings.
        codings: Those that the report shows.
    """
    coder = codings.info.run.coder.id
    name, about = WITH_PEOPLE, []
    if all(each.coder.id != coder for each in agreement.coders):
        name = OF_OTHERS
        about.append(f"{coder}, whose codings these are, is none of them.")
    elif all(each.coder.kind is not CoderKind.PERSON for each in agreement.coders):
        name = OF_PROGRAMS
        about.append("No person is among them.")
    n_here, n_compared = posts_in(agreement, codings), len(agreement.post_marks)
    if n_here < n_compared:
        posts = f"the {count(n_compared, 'post')}, left out or compared"
        about.append(f"Of {posts}, {n_here:,} {is_or_are(n_here)} in this report.")
    figures = theme_figures(agreement.overall)
    told = "; ".join(f"{figure.name} {statistic(figure.result)}" for figure in figures)
    brackets = filter(None, (_brackets(agreement), *_missing(figures)))
    value = " ".join((*what_was_compared(agreement), *about, f"{told}.", *brackets))
    return Fact(name=name, value=value)


def _missing(figures: Iterable[Figure]) -> Iterator[str]:
    """Yield why figures have a value and no interval, once per reason."""
    without: dict[str, list[str]] = {}
    for figure in figures:
        if isinstance(figure.result, Undefined):
            continue
        if isinstance(figure.result.interval, Undefined):
            without.setdefault(figure.result.interval.reason, []).append(figure.name)
    for reason, names in without.items():
        yield f"No interval of {joined(names)}: {reason}."


def posts_in(agreement: Agreement, codings: Codings) -> int:
    """Return how many of the posts that could be compared are among these codings."""
    marks = {post_mark(coded.post) for coded in codings.posts}
    return sum(mark in marks for mark in agreement.post_marks)


def _brackets(agreement: Agreement) -> str:
    """Return what the numbers in brackets are; nothing where there are none."""
    results = [figure.result for figure in theme_figures(agreement.overall)]
    methods = {
        each.interval.method
        for each in results
        if not isinstance(each, Undefined) and isinstance(each.interval, Interval)
    }
    if agreement.interval is None or not methods:
        return ""
    level = f"{agreement.interval.level:.0%}".replace("%", " %")
    return f"In brackets: {level} intervals over posts ({joined(sorted(methods))})."
