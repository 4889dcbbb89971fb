"""Codings of several coders laid side by side: the same posts, the same themes, or a refusal."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from secondcoder.agreement.common_themes import ThemeMapping, common_themes, listed
from secondcoder.agreement.matching import Stretches
from secondcoder.errors import CodingsError
from secondcoder.schema.agreement import Selection
from secondcoder.schema.chat import Post
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import (
    Abstention,
    Codings,
    LeftOut,
    LeftOutReason,
    PostCodings,
    Quoted,
)


class Standing(StrEnum):
    """What became of a post in the hands of one coder."""

    QUOTED = "quoted"
    LEFT_OUT = "left out"
    ABSTAINED = "abstained"
    FAILED = "failed"
    NEVER_SEEN = "never seen"


class Mark(NamedTuple):
    """A stretch a coder quoted, and the themes given to it."""

    stretches: Stretches
    themes: frozenset[str]
    has_other_ideas: bool
    """Whether it was coded without a theme."""
    question_id: str | None = None


class Look(NamedTuple):
    """What one coder decided about one post."""

    standing: Standing
    marks: tuple[Mark, ...] = ()
    reason: LeftOutReason | None = None

    def of_question(self, questions: frozenset[str]) -> "Look":
        """Return the decision with the marks for these questions alone."""
        if not self.marks:
            return self
        marks = tuple(mark for mark in self.marks if mark.question_id in questions)
        return self._replace(marks=marks)


_UNSEEN = Look(Standing.NEVER_SEEN)


class SharedPost(NamedTuple):
    """One post and what each coder made of it, in the order of the coders."""

    post: Post
    looks: tuple[Look, ...]
    question_ids: frozenset[str] = frozenset()
    """The questions that any of the codings says it may answer."""

    def is_about(self, questions: frozenset[str]) -> bool:
        """Return whether the post may answer one of the questions, or was quoted for one."""
        return not self.question_ids.isdisjoint(questions) or any(
            mark.question_id in questions for look in self.looks for mark in look.marks
        )


@dataclass(frozen=True, eq=False)
class SharedPosts:
    """Codings of the same chat side by side. A dataclass: nothing of it is stored."""

    names: tuple[str, ...]
    """Of the coders, each once."""
    book: Codebook
    """The first coder's: its questions are the ones that can be asked for."""
    themes: tuple[Theme, ...]
    """The themes compared, in the codebooks' order."""
    posts: tuple[SharedPost, ...]
    notes: tuple[str, ...] = ()
    n_unselected: int = 0
    """Posts that were not asked for."""
    questions: tuple[str, ...] = ()
    """Ids of the questions that answers may carry, in order."""

    def of_question(self, question_id: str) -> "SharedPosts":
        """Return the posts that are about a question, with the quotes and themes for it alone.

        Themes are those of the question and those that were given under it all the same. A
        question the codebook lacks is a `CodebookError`.
        """
        questions = frozenset((question_id, *self.book.answerable(question_id)))
        posts = tuple(
            SharedPost(
                each.post,
                tuple(look.of_question(questions) for look in each.looks),
                each.question_ids,
            )
            for each in self.posts
            if each.is_about(questions)
        )
        parents = {question.parent for question in self.book.questions if question.id in questions}
        given = {
            theme
            for each in posts
            for look in each.looks
            for mark in look.marks
            for theme in mark.themes
        }
        themes = tuple(
            theme
            for theme in self.themes
            if theme.id in given
            or not theme.questions
            or not (questions | parents).isdisjoint(theme.questions)
        )
        n_unselected = self.n_unselected + len(self.posts) - len(posts)
        return replace(
            self,
            posts=posts,
            themes=themes,
            n_unselected=n_unselected,
            questions=self.book.answerable(question_id),
        )


def share_posts(
    codings: Sequence[Codings], selection: Selection, mapping: ThemeMapping | None = None
) -> SharedPosts:
    """Return the posts of two or more codings side by side.

    Args:
        codings: Of two or more coders, or of one coder twice.
        selection: Which posts, themes and question to keep.
        mapping: Theme ids of other codebooks to the ids they are compared as.

    Raises:
        CodingsError: If there are not two codings, they are not about the same posts, or their
            codebooks have other themes.
    """
    if len(codings) <= 1:
        raise CodingsError(
            f"agreement needs the codings of two coders, not {len(codings)}; name another file"
        )
    names = _names(codings)
    themes, notes = common_themes(codings, names, mapping or {})
    if selection.themes is not None:
        _refuse_unknown(selection.themes, [theme.id for theme in themes], "theme")
        themes = tuple(theme for theme in themes if theme.id in selection.themes)
    by_id = [{coded.post.id: coded for coded in each.posts} for each in codings]
    ids = list(dict.fromkeys(post_id for each in by_id for post_id in each))
    n_posts = len(ids)
    if selection.posts is not None:
        _refuse_unknown(selection.posts, ids, "post")
        kept = frozenset(selection.posts)
        ids = [post_id for post_id in ids if post_id in kept]
    _check_posts(by_id, names)
    compared = {theme.id for theme in themes}
    known = {theme_id for each in codings for theme_id in each.info.codebook.theme_by_id}
    new_ids = {theme_id: (mapping or {}).get(theme_id, theme_id) for theme_id in known}
    table = {old: new for old, new in new_ids.items() if new is not None and new in compared}
    posts = tuple(_shared([each.get(post_id) for each in by_id], table) for post_id in ids)
    book = codings[0].info.codebook
    leaves = tuple(question.id for question in book.leaves)
    shared = SharedPosts(names, book, themes, posts, notes, n_posts - len(ids), leaves)
    return shared if selection.question is None else shared.of_question(selection.question)


def _shared(coded: Sequence[PostCodings | None], table: Mapping[str, str]) -> SharedPost:
    """Return a post as each coder saw it; `table` holds the themes that are compared."""
    present = [each for each in coded if each is not None]
    questions = frozenset(name for each in present for name in each.attribution.question_ids)
    looks = tuple(_UNSEEN if each is None else _look(each, table) for each in coded)
    return SharedPost(present[0].post, looks, questions)


def _look(coded: PostCodings, table: Mapping[str, str]) -> Look:
    outcome = coded.outcome
    if isinstance(outcome, LeftOut):
        not_coded = outcome.reason is LeftOutReason.NOT_CODED
        return _UNSEEN if not_coded else Look(Standing.LEFT_OUT, reason=outcome.reason)
    if not isinstance(outcome, Quoted):
        return Look(Standing.ABSTAINED if isinstance(outcome, Abstention) else Standing.FAILED)
    marks = [
        Mark(
            tuple((span.start, span.end) for span in coding.quote.spans),
            frozenset(table[theme] for theme in coding.theme_ids if theme in table),
            has_other_ideas=not coding.theme_ids,
            question_id=coding.question_id,
        )
        for coding in outcome.codings
    ]
    return Look(Standing.QUOTED, tuple(sorted(marks, key=lambda mark: mark.stretches)))


def _names(codings: Sequence[Codings]) -> tuple[str, ...]:
    """Return the coders' ids, a number behind those that come again."""
    seen: Counter[str] = Counter()
    names = []
    for each in codings:
        coder_id = each.info.run.coder.id
        seen[coder_id] += 1
        names.append(coder_id if seen[coder_id] == 1 else f"{coder_id} ({seen[coder_id]})")
    return tuple(names)


def _check_posts(by_id: Sequence[Mapping[str, PostCodings]], names: Sequence[str]) -> None:
    """Refuse codings of other chats.

    Raises:
        CodingsError: If no post is shared, or a post has two texts.
    """
    for place, each in enumerate(by_id):
        others = [other for other in range(len(by_id)) if other != place]
        if not any(each.keys() & by_id[other].keys() for other in others):
            raise CodingsError(
                f"{names[place]} coded none of the posts that {listed(names[o] for o in others)} "
                f"coded: no post id is in both. Codings are compared on one chat; code the same "
                f"file of posts"
            )
    first: dict[str, tuple[str, str]] = {}
    for name, each in zip(names, by_id, strict=True):
        for post_id, coded in each.items():
            text, owner = first.setdefault(post_id, (coded.post.text, name))
            if coded.post.text != text:
                raise CodingsError(
                    f"post {post_id} reads differently in the codings of {owner} and {name}: "
                    f"{_start(text)} and {_start(coded.post.text)}. Codings are compared on one "
                    f"chat; code the same file of posts"
                )


def _refuse_unknown(wanted: Sequence[str], known: Sequence[str], noun: str) -> None:
    there = frozenset(known)
    unknown = [each for each in wanted if each not in there]
    if unknown:
        raise CodingsError(
            f"there is no {noun} {listed(unknown)} in the codings (there are {listed(known)})"
        )


def _start(text: str) -> str:
    limit = 40
    return repr(text if len(text) <= limit else text[:limit] + "…")
