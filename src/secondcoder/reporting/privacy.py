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
from secondcoder.reporting.methods import EDITS, MODERATED, QUOTES, TIME
from secondcoder.reporting.pictures import charts
from secondcoder.reporting.theme_ids import naming, without_ids
from secondcoder.reporting.wording import count, day
from secondcoder.schema.codings import Codings
from secondcoder.schema.copies import Said
from secondcoder.schema.key_findings import REPEATS, FindingOrigin, Withheld

QuoteMode = Literal["verbatim", "masked", "paraphrased"]
"""How quotes are shown; all but verbatim ones stand without author, time, id and link."""

_UNSAID = "it can't be used; the reason may repeat a quote and is not shown"
"""Why a sentence is withheld, where no word of a post is shown."""

SAID = {
    "masked": "Handles, links and likely names are masked in quotes, and authors are numbered. "
    "Masking follows rules: read the report before you publish it.",
    "paraphrased": "Quotes are paraphrased; the original words are kept apart from this report. "
    "Handles, links and likely names that a paraphrase holds are masked. Masking follows rules: "
    "read the report before you publish it.",
}
"""What a report says of its quotes."""


class Private:
    """Findings in which nobody can be told from the words around a quote."""

    def __init__(
        self,
        codings: Codings,
        said: str,
        text_of: Callable[[int | None, str], str | None],
        words_of: Callable[[str], str] = str,
        *,
        shows_words: bool = False,
    ) -> None:
        """Number posts and people in the chat's order.

        Args:
            codings: What the findings are about.
            said: What the report says of its quotes.
            text_of: Returns what is shown of a quote's words, given its number and the words; no
                number for a post that gave no quote. None: it is counted, and not shown.
            words_of: Returns what is shown of other words: a codebook's, or a model's sentence.
            shows_words: Whether quotes stand in their own words, as far as these are shown. If not,
                nothing else may repeat them either, such as a theme's name.
        """
        self._codings = codings
        self._sentence = said
        self._text_of = text_of
        self._words_of = words_of
        self._is_named_in = naming((theme.name for theme in codings.info.codebook.themes), words_of)
        withheld = () if shows_words else codings.posts
        self._said = Said(coded.post.text for coded in withheld)
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
        breakdown, account = self._breakdown(found.breakdown), self._accounting(found.accounting)
        # The minute would turn columns that count from the start back into times of posts.
        opening = found.introduction
        held = day(opening.starts_at) if opening.starts_at is not None else None
        moderated = count(len(self._codings.moderators), "person", "people")
        private = Findings(
            introduction=opening.model_copy(
                update={
                    "source": None,
                    "source_url": None,
                    "starts_at": None,
                    "held": held,
                    "moderated_by": moderated,
                }
            ),
            breakdown=breakdown,
            accounting=account,
            methods=found.methods
            .without("Source")
            .replacing(TIME, opening.held, held)
            .replacing(MODERATED, opening.moderated_by, moderated),
            charts=charts(self._codings, breakdown, account, clock=False),
        )
        book = self._codings.info.codebook
        private = without_ids(private, book, self._hides_id)
        mode = f"{self._sentence.partition('. ')[0]}."
        methods = private.methods.with_words(EDITS, self._words_of).with_words(
            QUOTES, lambda told: f"{told} {mode}"
        )
        return private.model_copy(update={"methods": methods}).saying(self._sentence)

    def _hides_id(self, theme_id: str) -> bool:
        """Return whether an id is made of words that are not shown."""
        words = theme_id.replace("-", " ").replace("_", " ")
        return self._said.is_in(words) or self._is_named_in(theme_id)

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
        # A proposed theme may be named and defined by a quote, or named by a person.
        said = self._said.is_in(section.name)
        name = section.no_name if said else self._words_of(section.name)
        if name != section.name:
            update["name"] = name
            if finding:  # the sentence of counts names the theme
                update["finding"] = finding.naming(section.name, name)
        definition = "" if self._said.is_quoted_in(section.definition) else section.definition
        update["definition"] = self._words_of(definition)
        return section.model_copy(update=update)

    def _finding(self, finding: Finding) -> Finding:
        counted = finding.origin is FindingOrigin.COUNTS
        return finding.model_copy(
            update={
                "text": finding.text if counted else self._words_of(finding.text),
                "cites": tuple(map(self._cited, finding.cites)),
                "withheld": self._withheld(finding.withheld) if finding.withheld else None,
            }
        )

    def _withheld(self, withheld: Withheld) -> Withheld:
        sentence, why = withheld.sentence, withheld.why
        if withheld.origin is FindingOrigin.MODEL and why != REPEATS:
            # What was wrong with a model's sentence may repeat a quote.
            why = self._text_of(None, why) or _UNSAID
        elif withheld.origin is FindingOrigin.CODEBOOK:
            # It may name other themes, and repeat what is compared.
            why = _UNSAID if self._said.is_in(why) else self._words_of(why)
        if sentence is not None:
            sentence = None if self._said.is_in(sentence) else self._words_of(sentence)
        return withheld.model_copy(update={"sentence": sentence, "why": why})

    def _cited(self, quote: CitedQuote) -> CitedQuote:
        text = self._shown(quote.number, quote.text)
        return quote.model_copy(update={"text": text, "post_id": self._post[quote.post_id]})

    def _shown(self, number: int | None, text: str | None) -> str | None:
        return self._text_of(number, text) if text is not None else None

    def _quote(self, quote: ReportQuote) -> ReportQuote:
        return quote.model_copy(
            update={
                "text": self._shown(quote.number, quote.text),
                "note": self._shown(None, quote.note),
                "is_by_moderator": False,  # of a known chat, that names a person
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
                "text": self._shown(None, post.text),
                "why": self._shown(None, post.why),
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
