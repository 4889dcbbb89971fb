"""Withholding: what a codebook says in the words of people who are in no part of a report."""

from collections.abc import Iterable, Iterator

from secondcoder.reporting.breakdown import QuestionSection, ThemeSection
from secondcoder.reporting.findings import Findings
from secondcoder.reporting.pictures import charts
from secondcoder.reporting.theme_ids import without_ids
from secondcoder.schema.codebook import Theme
from secondcoder.schema.codings import Codings
from secondcoder.schema.copies import Said
from secondcoder.schema.key_findings import FindingOrigin, KeyFinding, Withheld

_NAMELESS = "(name not shown)"
"""Of a theme, where its number is not known yet."""
_WHY = "it repeats words of somebody who asked to be left out"


class Withholding:
    """A report without what its codebook says in the words of those who are left out.

    A proposal without a model defines themes by quotes, and names some by one: whoever asks later
    to be left out still stands in them.
    """

    def __init__(self, codings: Codings, said: Said) -> None:
        """Look through the codebook.

        Args:
            codings: Without the posts of those who are left out.
            said: What these said.
        """
        self._codings = codings
        self._hides = said.is_quoted_in
        self._unsaid = {
            theme.id
            for theme in codings.info.codebook.themes
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
        """Return the findings without such words in names and definitions of themes."""
        questions = tuple(map(self._question, found.breakdown.questions))
        breakdown = found.breakdown.model_copy(update={"questions": questions})
        if breakdown != found.breakdown:
            drawn = charts(self._codings, breakdown, found.accounting)
            return found.model_copy(update={"breakdown": breakdown, "charts": drawn})
        return found

    def without_ids(self, found: Findings) -> Findings:
        """Return the findings, to which no picture is added, without ids made of such words."""
        return without_ids(found, self._codings.info.codebook, self._hides)

    def _bare(self, theme: Theme) -> Theme:
        update: dict[str, object] = {}
        if self._hides(theme.name):
            update["name"] = _NAMELESS
        if self._hides(theme.definition):
            update["definition"] = ""
        if theme.id in self._unsaid:
            update["key_finding"] = None
        return theme.model_copy(update=update)

    def _question(self, section: QuestionSection) -> QuestionSection:
        return section.model_copy(update={"themes": tuple(map(self._theme, section.themes))})

    def _theme(self, section: ThemeSection) -> ThemeSection:
        update: dict[str, object] = {}
        if self._hides(section.name):
            name = f"Theme {section.number}"
            update["name"] = name
            if section.finding:  # the sentence of counts names the theme
                update["finding"] = section.finding.naming(_NAMELESS, name)
        if self._hides(section.definition):
            update["definition"] = ""
        return section.model_copy(update=update)
