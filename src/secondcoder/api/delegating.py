"""Delegating: what a model's codings beside people's say about who codes which theme."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

import secondcoder
from secondcoder.api.beside import not_of_people, read_beside, refuse_other_codebook
from secondcoder.api.reading import read_codings
from secondcoder.api.sources import open_source
from secondcoder.api.survey import survey
from secondcoder.api.tabular import Tabular
from secondcoder.errors import CodingsError, InputError
from secondcoder.reporting.delegation_rows import COLUMNS, DelegationRow, delegation_rows
from secondcoder.reporting.wording import count, is_or_are
from secondcoder.schema.agreement import Selection
from secondcoder.schema.beside_people import BesidePeople
from secondcoder.schema.chat import Chat, Post
from secondcoder.schema.codebook import told_apart
from secondcoder.schema.codings import Codings
from secondcoder.schema.identity import sha256
from secondcoder.schema.model_beside_people import DelegationRule
from secondcoder.schema.sampling import Sample
from secondcoder.schema.statistics import IntervalOptions

if TYPE_CHECKING:
    from rich.table import Table

    from secondcoder.agreement.shared_posts import SharedPosts

PathLike = str | Path


class DelegationReport(BesidePeople, Tabular):
    """A model beside people, as a table of themes, a data frame, or the figures themselves."""

    def rows(self) -> tuple[DelegationRow, ...]:
        """Return one row per theme: the decision, what it rests on, and how common the theme is."""
        return delegation_rows(self)

    def columns(self) -> Mapping[str, type[str] | type[int] | type[float]]:
        """Return what each column of the rows holds, in order."""
        return COLUMNS

    def table(self) -> "Table":
        """Return one line per theme, for a terminal: print it with rich."""
        from secondcoder.reporting.tables import delegation_table  # noqa: PLC0415 # loads Rich

        return delegation_table(self)


MAX_MORE = 2000
"""Further posts beyond which double-coding is not what people would do."""


def delegate(  # noqa: PLR0913  # all but the codings by keyword, each with a default
    model: Codings | PathLike,
    *people: Codings | PathLike,
    sample: Sample | PathLike | None = None,
    again: Codings | PathLike | None = None,
    rule: DelegationRule | None = None,
    level: float = 0.95,
    max_more: int = MAX_MORE,
    seed: int = 0,
) -> DelegationReport:
    """Return what a model's codings beside people's say: how good, how common, who codes what.

    Posts are the units, each with all themes a coder gave anywhere in it. A post the model failed
    or abstained on has no rating by it. docs/delegation.md says what each number means.

    Args:
        model: The model's codings of the whole chat, or their file.
        *people: Codings of one person or more, of some of its posts; a sheet may hold several.
        sample: How these posts were drawn: what `sample` returned, or its `sample.json`.
        again: The same model's codings of the chat once more, however it was asked.
        rule: The numbers of the rule of delegation; None: those of `DelegationRule`. The plan
            that is returned holds them.
        level: Of the intervals of agreement, recall and precision, whose bounds the rule looks at;
            shares of posts keep 95 %.
        max_more: Most further posts to consider for an undecided theme.
        seed: Of intervals and simulations.

    Raises:
        CodingsError: If codebooks, or the texts of a post, differ; or if the model and people
            decided no post both.

    A number out of its range is an `InputError`.
    """
    _check_numbers(level, max_more)
    from secondcoder.agreement.accounts import coder_accounts  # noqa: PLC0415 # NumPy
    from secondcoder.agreement.beside_people import (  # noqa: PLC0415 # NumPy and SciPy
        beside_people,
        codable_alone,
        repeats,
    )
    from secondcoder.agreement.shared_posts import share_posts  # noqa: PLC0415 # as above

    of_model, of_people, notes = read_beside(model, people)
    for each in of_people:
        refuse_other_codebook(of_model, each)
    everyone = share_posts([of_model, *of_people], Selection())
    codable = _codable(of_model, [each.post for each in everyone.posts])
    shared = codable_alone(everyone, codable)
    drawn = _read_sample(sample)
    chances = None
    if drawn is not None:
        _check_sample(drawn, everyone)
        chances = _chances(drawn, shared)
    names = told_apart(of_model.info.codebook.themes)
    options = IntervalOptions(level=level, seed=seed)
    found = beside_people(
        shared, names, options, probabilities=chances, rule=rule, max_more=max_more
    )
    if not found.n_beside:
        raise CodingsError(
            f"{everyone.names[0]} and people decided no post both: each failed, abstained or never "
            f"looked where the other decided; let people code posts that it coded"
        )
    stability = None
    if again is not None:
        once_more = _again(of_model, again)
        both = share_posts([of_model, once_more], Selection())
        stability = repeats(codable_alone(both, codable), options)
    accounts = coder_accounts(shared, [each.info.run.coder for each in (of_model, *of_people)])
    return DelegationReport(
        title=of_model.info.chat.title,
        secondcoder_version=secondcoder.__version__,
        codebook_sha256=of_model.info.codebook.sha256,
        seed=seed,
        theme_names=names,
        model=accounts[0],
        people=accounts[1:],
        n_posts=len(shared.posts),
        n_set_aside=len(everyone.posts) - len(shared.posts),
        sampling=_sampling(drawn, chances, shared),
        is_representative=chances is None or len(set(chances.values())) <= 1,
        stability=stability,
        notes=(*notes, *_notes(of_people, drawn, shared)),
        **found._asdict(),
    )


def _check_numbers(level: float, max_more: int) -> None:
    """Refuse numbers out of their range.

    Raises:
        InputError: Naming the number.
    """
    if not 0 < level < 1:
        raise InputError(f"level {level:g}: it must lie between 0 and 1, such as 0.95")
    if max_more < 1:
        raise InputError(f"max_more {max_more}: it must be 1 or more")


def _codable(of_model: Codings, posts: Sequence[Post]) -> frozenset[str]:
    """Return the ids of the posts that `sample` could draw, by the rules it draws by."""
    source = open_source(Chat(info=of_model.info.chat, posts=tuple(posts)))
    found = survey(source, of_model.info.codebook)
    return frozenset(
        post.id
        for post in source
        if not (post.is_repost or found.is_question_post(post) or found.same_as(post))
    )


def _read_sample(sample: Sample | PathLike | None) -> Sample | None:
    if sample is None or isinstance(sample, Sample):
        return sample
    path = Path(sample)
    try:
        return Sample.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}; name a sample.json") from error
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"]) or "the file"
        raise InputError(
            f"{path} is no sample: {where}: {problem['msg']}; name the sample.json that "
            f"'secondcoder sample' wrote"
        ) from error


def _check_sample(drawn: Sample, shared: "SharedPosts") -> None:
    """Refuse a sample of another chat.

    Raises:
        CodingsError: Naming the post that is missing or reads differently.
    """
    text_of = {each.post.id: each.post.text for each in shared.posts}
    for post in drawn.posts:
        if post.post_id not in text_of:
            raise CodingsError(
                f"post {post.post_id} was drawn for the sample '{drawn.title}' and is not in the "
                f"codings; give the sample that was drawn from this chat"
            )
        if sha256(text_of[post.post_id]) != post.text_sha256:
            raise CodingsError(
                f"post {post.post_id} reads differently in the codings and in the sample "
                f"'{drawn.title}'; code the file of posts the sample was drawn from"
            )


def _chances(drawn: Sample, shared: "SharedPosts") -> dict[str, float]:
    """Return the chance of each post people coded to be drawn and coded.

    Drawn posts that no person coded count as missing by chance among those drawn with them.
    """
    coded = _coded_by_people(shared)
    n_drawn = Counter(post.stratum for post in drawn.posts)
    n_coded = Counter(post.stratum for post in drawn.posts if post.post_id in coded)
    return {
        post.post_id: post.probability * n_coded[post.stratum] / n_drawn[post.stratum]
        for post in drawn.posts
        if post.post_id in coded
    }


def _coded_by_people(shared: "SharedPosts") -> frozenset[str]:
    from secondcoder.agreement.beside_people import COUNTING  # noqa: PLC0415 # NumPy
    from secondcoder.agreement.units import rating_of  # noqa: PLC0415 # as above

    return frozenset(
        each.post.id
        for each in shared.posts
        if any(rating_of(look, COUNTING) is not None for look in each.looks[1:])
    )


def _again(of_model: Codings, again: Codings | PathLike) -> Codings:
    """Return the second codings of the model.

    Raises:
        CodingsError: If they are another coder's, or by another codebook.
    """
    found = again if isinstance(again, Codings) else read_codings(again)
    first, second = of_model.info.run.coder.id, found.info.run.coder.id
    if first != second:
        raise CodingsError(
            f"'again' holds the codings of {second}; a coder's stability is its agreement with "
            f"itself, so give other codings by {first}"
        )
    refuse_other_codebook(of_model, found)
    return found


def _sampling(
    drawn: Sample | None, chances: Mapping[str, float] | None, shared: "SharedPosts"
) -> str:
    """Return how the posts that people coded were chosen."""
    n_posts = len(shared.posts)
    coded = _coded_by_people(shared)
    if drawn is None or chances is None:
        if len(coded) == n_posts:
            return f"People coded all {count(n_posts, 'post')}."
        return (
            f"No sample.json was given: the {count(len(coded), 'post')} that people coded "
            f"{is_or_are(len(coded))} taken as drawn with equal probability from {n_posts}. If "
            f"chosen otherwise, the shares are not to be trusted."
        )
    n_drawn = len(drawn.posts)
    how = f", equally many of each {drawn.stratify}" if drawn.stratify else ""
    were = "was" if n_drawn == 1 else "were"
    of_posts = count(drawn.n_codable, "post")
    said = f"{n_drawn} of {of_posts} {were} drawn with seed {drawn.seed}{how}"
    n_uncoded = n_drawn - len(chances)
    if n_uncoded:
        said += (
            f"; no person coded {n_uncoded} of them, which {is_or_are(n_uncoded)} taken as missing "
            f"by chance"
        )
    others = len(coded - chances.keys())
    if others:
        not_drawn = "was not drawn and takes" if others == 1 else "were not drawn and take"
        said += f"; {others} more that people coded {not_drawn} no part in the shares"
    return f"{said}."


def _notes(
    of_people: Sequence[Codings], drawn: Sample | None, shared: "SharedPosts"
) -> tuple[str, ...]:
    notes = [*not_of_people(of_people)]
    if drawn is not None and drawn.n_codable != len(shared.posts):
        notes.append(
            f"the sample was drawn from {count(drawn.n_codable, 'post')}, and the codings hold "
            f"{len(shared.posts)} to code; the shares are of the latter"
        )
    return tuple(notes)
