"""Withholding: what is said in the words, or by the names, of people who are left out."""

from collections.abc import Iterable, Iterator

from secondcoder.reporting.accounting import Accounting, UnquotedPost
from secondcoder.reporting.breakdown import Finding, QuestionSection, ReportQuote, ThemeSection
from secondcoder.reporting.findings import Findings
from secondcoder.reporting.methods import ASKED, MODERATED
from secondcoder.reporting.opting_out import WithoutSome
from secondcoder.reporting.pictures import charts
from secondcoder.reporting.theme_ids import without_ids
from secondcoder.schema.codebook import Theme
from secondcoder.schema.codings import Codings
from secondcoder.schema.key_findings import FindingOrigin, KeyFinding, Withheld

_NAMELESS = "(name not shown)"
"""Of a theme, where its number is not known yet."""
_WHY = "it repeats words of somebody who asked to be left out"


class Withholding:
    """A report without what others say in the words, or by the names, of those who are left out.

    A proposal without a model defines themes by quotes, and names some by one: whoever asks later
    to be left out still stands in them. So they do in posts of others who turn to them.
    """

    def __init__(self, kept: WithoutSome) -> None:
        """Look through the codebook.

        Args:
            kept: Codings without the posts of those who are left out, and what these said.
        """
        self._codings = kept.codings
        self._hides = kept.said.is_quoted_in
        self._words_of = kept.words_of
        self._unsaid = {
            theme.id
            for theme in self._codings.info.codebook.themes
            if theme.key_finding and self._hides(theme.key_finding)
        }

    def asked_about(self) -> Codings:
        """Return the codings under a codebook without such words, for sentences on its themes."""
        book = self._codings.info.codebook
        bare = book.changed(themes=tuple(map(self._bare, book.themes)))
        info = self._codings.info.model_copy(update={"codebook": bare})
        return Codings(info=info, posts=self._codings.posts)

    def told(self, sentences: Iterable[KeyFinding]) -> Iterator[KeyFinding]:
        """Yield key findings, with the reason where the codebook's own is withheld."""
        why = Withheld(origin=FindingOrigin.CODEBOOK, why=_WHY)
        for one in sentences:
            yield one.model_copy(update={"withheld": why}) if one.theme_id in self._unsaid else one

    def findings(self, found: Findings) -> Findings:
        """Return the findings without such words and names."""
        questions = tuple(map(self._question, found.breakdown.questions))
        opening = found.introduction
        update: dict[str, object] = {
            "breakdown": found.breakdown.model_copy(update={"questions": questions}),
            "accounting": self._accounting(found.accounting),
            "introduction": opening.model_copy(
                update={"moderated_by": self._shown(opening.moderated_by)}
            ),
            "methods": found.methods.with_words(ASKED, self._words_of).with_words(
                MODERATED, self._words_of
            ),
        }
        shown = found.model_copy(update=update)
        if shown == found:
            return found
        drawn = charts(self._codings, shown.breakdown, shown.accounting)
        return shown.model_copy(update={"charts": drawn})

    def without_ids(self, found: Findings) -> Findings:
        """Return the findings, to which no picture is added, without ids made of such words."""

        def hides(theme_id: str) -> bool:
            return self._hides(theme_id) or self._words_of(theme_id) != theme_id

        return without_ids(found, self._codings.info.codebook, hides)

    def _bare(self, theme: Theme) -> Theme:
        definition = "" if self._hides(theme.definition) else self._words_of(theme.definition)
        own = theme.key_finding if theme.id not in self._unsaid else None
        update: dict[str, object] = {
            "name": _NAMELESS if self._hides(theme.name) else self._words_of(theme.name),
            "definition": definition,
            "key_finding": own and self._words_of(own),
        }
        return theme.model_copy(update=update)

    def _question(self, section: QuestionSection) -> QuestionSection:
        update: dict[str, object] = {
            "text": self._words_of(section.text),
            "parent_text": self._words_of(section.parent_text),
            "themes": tuple(map(self._theme, section.themes)),
            "other_ideas": tuple(map(self._quote, section.other_ideas)),
        }
        return section.model_copy(update=update)

    def _theme(self, section: ThemeSection) -> ThemeSection:
        unnamed = self._hides(section.name)
        name = section.no_name if unnamed else self._words_of(section.name)
        finding = self._finding(section.finding) if section.finding else None
        if unnamed and finding:  # the sentence of counts names the theme
            finding = finding.naming(_NAMELESS, name)
        unsaid = self._hides(section.definition)
        update: dict[str, object] = {
            "name": name,
            "finding": finding,
            "definition": "" if unsaid else self._words_of(section.definition),
            "quotes": tuple(map(self._quote, section.quotes)),
        }
        return section.model_copy(update=update)

    def _finding(self, finding: Finding) -> Finding:
        held = finding.withheld
        if held is not None:
            said = {"sentence": self._shown(held.sentence), "why": self._words_of(held.why)}
            held = held.model_copy(update=said)
        cites = tuple(
            one.model_copy(update={"text": self._shown(one.text)}) for one in finding.cites
        )
        update = {"text": self._words_of(finding.text), "cites": cites, "withheld": held}
        return finding.model_copy(update=update)

    def _quote(self, quote: ReportQuote) -> ReportQuote:
        update = {"text": self._shown(quote.text), "note": self._shown(quote.note)}
        also = tuple(map(self._words_of, quote.also_under))
        return quote.model_copy(update={**update, "also_under": also})

    def _accounting(self, found: Accounting) -> Accounting:
        left_out = tuple(
            group.model_copy(update={"posts": tuple(map(self._unquoted, group.posts))})
            for group in found.left_out
        )
        update = {
            "left_out": left_out,
            "abstained": tuple(map(self._unquoted, found.abstained)),
            "failed": tuple(map(self._unquoted, found.failed)),
        }
        return found.model_copy(update=update)

    def _unquoted(self, post: UnquotedPost) -> UnquotedPost:
        update = {"text": self._shown(post.text), "why": self._shown(post.why)}
        return post.model_copy(update=update)

    def _shown(self, text: str | None) -> str | None:
        return self._words_of(text) if text is not None else None
