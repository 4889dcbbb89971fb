"""Sheet codings: the rows of a sheet become the codings of each coder, every quote anchored."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from secondcoder.errors import CodingsError
from secondcoder.ingest.anchoring import Unanchored, anchor, joined_words, spans_given, whole
from secondcoder.ingest.notebook import Notebook
from secondcoder.ingest.sheet_cells import Mark
from secondcoder.ingest.sheets import Entry
from secondcoder.schema.chat import Attribution, Post
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    LeftOut,
    LeftOutReason,
    Outcome,
    PostCodings,
    Quoted,
)
from secondcoder.schema.quotes import Quote, Span

OnUnanchored = Literal["refuse", "whole-post"]
"""What to do with a quote that has no one place in its post."""

WHOLE_POST = "coded as a whole post"
"""Note of a coding for which the sheet gives no quote."""
SHOWN = 10
"""Rows that an error lists."""
MOST_COMPARED = 10_000
"""Ids among which the nearest is looked for: comparing takes long."""


class SheetPosts(NamedTuple):
    """The posts a sheet is about, in the chat's order, and the questions each may answer."""

    posts: Mapping[str, Post]
    attributions: Mapping[str, Attribution]


class SheetCodings:
    """Makes each coder's codings from the rows of one sheet."""

    def __init__(
        self,
        path: Path,
        about: SheetPosts,
        codebook: Codebook,
        notebook: Notebook,
        on_unanchored: OnUnanchored,
    ) -> None:
        self._path = path
        self._about = about
        self._codebook = codebook
        self._questions = {question.id.casefold(): question.id for question in codebook.questions}
        self._owners = {
            theme.id: {leaf.id for leaf in codebook.leaves if theme in codebook.themes_for(leaf.id)}
            for theme in codebook.themes
            if theme.questions
        }
        """The questions that each theme answers; general themes have none."""
        self._notebook = notebook
        self._on_unanchored = on_unanchored
        self._unanchored: list[str] = []

    def by_coder(self, entries: Sequence[Entry], unnamed: str) -> dict[str, list[PostCodings]]:
        """Return every post of the chat as each coder left it.

        Args:
            entries: The rows.
            unnamed: The coder of rows that name none.

        Raises:
            CodingsError: If rows name posts the chat lacks, or hold quotes that have no one place
                in their post; all of them are named.
        """
        self._check_posts(entries)
        rows: dict[str, dict[str, list[Entry]]] = {}
        for entry in entries:
            of_coder = rows.setdefault(entry.coder or unnamed, {})
            of_coder.setdefault(entry.post_id, []).append(entry)
        coded = {
            coder: [
                PostCodings(
                    post=post,
                    attribution=self._attribution(post),
                    outcome=self._outcome(post, of_post.get(post.id, ())),
                )
                for post in self._about.posts.values()
            ]
            for coder, of_post in rows.items()
        }
        if self._unanchored:
            more = len(self._unanchored) - SHOWN
            raise CodingsError(
                f"{self._path}: {'; '.join(self._unanchored[:SHOWN])}"
                f"{f'; and {more} more' if more > 0 else ''}; correct the quotes, give start and "
                f"end, or empty the cells to code whole posts"
            )
        return coded

    def _check_posts(self, entries: Iterable[Entry]) -> None:
        known = self._about.posts
        lost = [entry for entry in entries if entry.post_id not in known]
        if lost:
            first = lost[0]
            close = get_close_matches(first.post_id, islice(known, MOST_COMPARED), n=1)
            nearest = f" (the nearest is '{close[0]}')" if close else ""
            raise CodingsError(
                f"{self._path} row {first.row}: post '{first.post_id}' is not in the chat"
                f"{nearest}; {len(lost)} rows name posts it lacks; give the chat the sheet is about"
            )

    def _attribution(self, post: Post) -> Attribution:
        return self._about.attributions.get(post.id, Attribution())

    def _outcome(self, post: Post, entries: Sequence[Entry]) -> Outcome:
        said = [entry for entry in entries if not entry.is_blank]
        if not said:
            return LeftOut(reason=LeftOutReason.NOT_CODED)
        codings: dict[tuple[str | None, tuple[tuple[int, int], ...]], Coding] = {}
        for entry in said:
            if entry.mark in {Mark.NOTHING, Mark.UNSURE} and not entry.themes:
                continue
            coding = self._coding(post, entry)
            key = (coding.question_id, tuple((s.start, s.end) for s in coding.quote.spans))
            before = codings.get(key)
            codings[key] = _merged(before, coding) if before else coding
        if codings:
            ordered = sorted(codings.values(), key=lambda coding: coding.quote.spans[0].start)
            return Quoted(codings=tuple(ordered))
        note = next((entry.note for entry in said if entry.note), None)
        if any(entry.mark is Mark.UNSURE for entry in said):
            return Abstention(note=note or "the coder was unsure")
        return LeftOut(reason=LeftOutReason.NO_IDEA, note=note)

    def _coding(self, post: Post, entry: Entry) -> Coding:
        spans, note = self._spans(post, entry)
        return Coding(
            quote=Quote.cut(post, spans),
            question_id=self._question(post, entry),
            theme_ids=entry.themes,
            confidence=entry.confidence,
            note="; ".join(filter(None, (entry.note, note))) or None,
        )

    def _spans(self, post: Post, entry: Entry) -> tuple[tuple[Span, ...], str | None]:
        """Return where the entry's quote lies, and what there is to say about it.

        Raises:
            CodingsError: If the post has no words to quote.
        """
        where = f"row {entry.row} (post {post.id})"
        if entry.start is not None and entry.end is not None:
            found = spans_given(entry.start, entry.end, post.text)
            if not isinstance(found, Unanchored) and entry.quote is not None:
                found = _agreeing(found, entry.quote, post.text)
            note = None
        elif entry.quote is not None:
            found, note = anchor(entry.quote, post.text), None
        else:
            found, note = whole(post.text), WHOLE_POST
        if not isinstance(found, Unanchored):
            return found, note
        everything = whole(post.text)
        if isinstance(everything, Unanchored):
            raise CodingsError(f"{self._path} {where}: {everything.reason}, so it has no quote")
        if self._on_unanchored == "refuse":
            self._unanchored.append(f"{where}: {found.reason}")
        else:
            message = f"post {post.id}: {found.reason}; {WHOLE_POST}"
            self._notebook.add("quotes not anchored", message, where=entry.row, text=entry.quote)
        return everything, f"{found.reason}; {WHOLE_POST}"

    def _question(self, post: Post, entry: Entry) -> str | None:
        """Return the question given; else the only one the themes belong to, or the post may."""
        if entry.question is not None:
            return self._given_question(entry)
        candidates = self._attribution(post).question_ids
        owned = [self._owners[theme] for theme in entry.themes if theme in self._owners]
        possible = set.intersection(*owned) if owned else set(candidates)
        possible = (possible & set(candidates)) or possible
        return possible.pop() if len(possible) == 1 else None

    def _given_question(self, entry: Entry) -> str | None:
        given = entry.question or ""
        if given.casefold() in {"general", "none", "-"}:
            return None
        if given.casefold() not in self._questions:
            known = ", ".join(self._questions.values()) or "none"
            raise CodingsError(
                f"{self._path} row {entry.row}: the codebook has no question '{given}' (it has: "
                f"{known})"
            )
        return self._questions[given.casefold()]


def _agreeing(spans: tuple[Span, ...], quote: str, text: str) -> tuple[Span, ...] | Unanchored:
    """Return the spans if the quote, as people copy one, says the same words."""
    words = joined_words(spans, text)
    if isinstance(anchor(quote, words), Unanchored):
        return Unanchored(f"between start and end the post reads {words!r}, not the quote")
    return spans


def _merged(before: Coding, coding: Coding) -> Coding:
    """Return one coding of a stretch that several rows code, one theme each."""
    themes = tuple(dict.fromkeys((*before.theme_ids, *coding.theme_ids)))
    notes = dict.fromkeys(filter(None, (before.note, coding.note)))
    return before.model_copy(update={"theme_ids": themes, "note": "; ".join(notes) or None})
