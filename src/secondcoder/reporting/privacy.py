"""Privacy: the same findings with quotes masked or paraphrased, and nobody's name or link.

Public posts can be searched back to people. What a report shows of them is decided here, once, on
the findings that every form of it prints.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from secondcoder.reporting.accounting import Accounting, UnquotedPost
from secondcoder.reporting.breakdown import (
    Breakdown,
    CitedQuote,
    Finding,
    QuestionSection,
    ReportQuote,
    ThemeSection,
)
from secondcoder.reporting.findings import Findings
from secondcoder.schema.codings import Codings
from secondcoder.schema.copies import Said

QuoteMode = Literal["verbatim", "masked", "paraphrased"]
"""How quotes are shown; all but verbatim ones stand without author, time, id and link."""

NOT_SHOWN = "(not shown)"

SAID = {
    "masked": "Handles, links and likely names are masked in quotes, and authors are numbered. "
    "Masking follows rules: read the report before you publish it.",
    "paraphrased": "Quotes are paraphrased; the original words are kept apart from this report.",
}
"""What a report says of its quotes."""


class Private:
    """Findings in which nobody can be told from the words around a quote."""

    def __init__(
        self, codings: Codings, said: str, text_of: Callable[[int | None, str], str]
    ) -> None:
        """Number posts and people in the chat's order.

        Args:
            codings: What the findings are about.
            said: What the report says of its quotes.
            text_of: Returns what is shown of a quote's words, given its number and the words; no
                number for a post that gave no quote.
        """
        self._sentence = said
        self._text_of = text_of
        self._said = Said(coded.post.text for coded in codings.posts)
        self._post: Mapping[str, str] = {
            coded.post.id: str(number) for number, coded in enumerate(codings.posts, 1)
        }
        self._people: dict[str, str] = {}
        for coded in codings.posts:
            if coded.post.author_key is not None:
                number = len(self._people) + 1
                self._people.setdefault(coded.post.author_key, f"participant {number}")
        self._author = {coded.post.id: coded.post.author_key for coded in codings.posts}

    def findings(self, found: Findings) -> Findings:
        """Return the findings without what leads to a person."""
        private = Findings(
            introduction=found.introduction.model_copy(update={"source_url": None}),
            breakdown=self._breakdown(found.breakdown),
            accounting=self._accounting(found.accounting),
            methods=found.methods.without("Source"),
        )
        return private.saying(self._sentence)

    def _breakdown(self, found: Breakdown) -> Breakdown:
        return found.model_copy(update={"questions": tuple(map(self._question, found.questions))})

    def _question(self, section: QuestionSection) -> QuestionSection:
        return section.model_copy(
            update={
                "themes": tuple(map(self._theme, section.themes)),
                "other_ideas": tuple(map(self._quote, section.other_ideas)),
            }
        )

    def _theme(self, section: ThemeSection) -> ThemeSection:
        finding = self._finding(section.finding) if section.finding else None
        quotes = tuple(map(self._quote, section.quotes))
        update: dict[str, object] = {"quotes": quotes, "finding": finding}
        # A proposed theme may be named and defined by a quote.
        if self._said.is_in(section.name):
            update["name"] = f"Theme {section.number}"
        if self._said.is_in(section.definition):
            update["definition"] = ""
        return section.model_copy(update=update)

    def _finding(self, finding: Finding) -> Finding:
        return finding.model_copy(update={"cites": tuple(map(self._cited, finding.cites))})

    def _cited(self, quote: CitedQuote) -> CitedQuote:
        text = self._text_of(quote.number, quote.text)
        return quote.model_copy(update={"text": text, "post_id": self._post[quote.post_id]})

    def _quote(self, quote: ReportQuote) -> ReportQuote:
        return quote.model_copy(
            update={
                "text": self._text_of(quote.number, quote.text),
                "note": self._text_of(None, quote.note) if quote.note else None,
                **self._hidden(quote.post_id),
            }
        )

    def _accounting(self, found: Accounting) -> Accounting:
        return found.model_copy(
            update={
                "left_out": tuple(
                    group.model_copy(update={"posts": tuple(map(self._unquoted, group.posts))})
                    for group in found.left_out
                ),
                "abstained": tuple(map(self._unquoted, found.abstained)),
                "failed": tuple(map(self._failed, found.failed)),
            }
        )

    def _unquoted(self, post: UnquotedPost) -> UnquotedPost:
        same_as = self._post.get(post.same_as or "", None)
        return post.model_copy(
            update={
                "text": self._text_of(None, post.text),
                "why": self._text_of(None, post.why) if post.why else None,
                "same_as": same_as,
                **self._hidden(post.post_id),
            }
        )

    def _failed(self, post: UnquotedPost) -> UnquotedPost:
        # What a failure quotes of a reply may hold the post's words.
        error = (post.why or "").partition(":")[0]
        return self._unquoted(post.model_copy(update={"why": error or None}))

    def _hidden(self, post_id: str) -> dict[str, str | None]:
        author = self._author[post_id]
        return {
            "post_id": self._post[post_id],
            "author": self._people[author] if author is not None else None,
            "created_at": None,
            "written": None,
            "url": None,
        }
