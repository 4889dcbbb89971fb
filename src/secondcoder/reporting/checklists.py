"""Checklists of reporting guidelines: which items a report answers by itself, and which people do.

Item names are the guidelines' own; the answers come from the codings and are never guessed.
Sources: GAMER, Luo et al. (2025), BMJ Evidence-Based Medicine, doi 10.1136/bmjebm-2025-113825
(nine items, as its abstract names them); COREQ, Tong, Sainsbury and Craig (2007), International
Journal for Quality in Health Care 19(6) (the items on sampling, data collection, analysis and
reporting that fit posts); SRQR, O'Brien et al. (2014), Academic Medicine 89(9) (methods and
results). The 14 items of GUIDE-LLM (llm-checklist.com, 2026) could be had by topic alone.
"""

from collections.abc import Collection
from typing import NamedTuple

from secondcoder.schema.record import Record

TO_FILL_IN = "to be filled in"


class ChecklistRow(Record):
    """One item of a guideline, and where the report answers it."""

    guideline: str
    item: str
    answer: str
    is_answered: bool


class _Item(NamedTuple):
    guideline: str
    item: str
    fact: str | None
    """Name of the fact that answers it; None: people do."""


_ITEMS = (
    _Item("GAMER", "1 General declaration", "Coded by"),
    _Item("GAMER", "2 GAI tool specifications", "Model and settings"),
    _Item("GAMER", "3 Prompting techniques", "Prompt"),
    _Item("GAMER", "4 Tool's role in the study", "Role"),
    _Item("GAMER", "5 Declaration of new GAI model(s) developed", None),
    _Item("GAMER", "6 AI-assisted sections in the manuscript", "Key findings written by"),
    _Item("GAMER", "7 Content verification", "Agreement"),
    _Item("GAMER", "8 Data privacy", "Where words went"),
    _Item("GAMER", "9 Impact on conclusions", None),
    _Item("GUIDE-LLM", "Where and how the model is used", "Role"),
    _Item("GUIDE-LLM", "Model, version and access", "Model and settings"),
    _Item("GUIDE-LLM", "Model configuration and prompting", "Prompt"),
    _Item("GUIDE-LLM", "Human validation", "Agreement"),
    _Item("GUIDE-LLM", "Why this model was chosen", None),
    _Item("COREQ", "2 Credentials", None),
    _Item("COREQ", "5 Experience and training", None),
    _Item("COREQ", "9 Methodological orientation and theory", None),
    _Item("COREQ", "10 Sampling", None),
    _Item("COREQ", "12 Sample size", "Posts and participants"),
    _Item("COREQ", "14 Setting of data collection", "Source"),
    _Item("COREQ", "17 Interview guide", "Questions asked"),
    _Item("COREQ", "21 Duration", "Time of the chat"),
    _Item("COREQ", "22 Data saturation", None),
    _Item("COREQ", "24 Number of data coders", "Coded by"),
    _Item("COREQ", "25 Description of the coding tree", "Codebook"),
    _Item("COREQ", "26 Derivation of themes", "Codebook edits"),
    _Item("COREQ", "27 Software", "Program"),
    _Item("COREQ", "28 Participant checking", None),
    _Item("COREQ", "29 Quotations presented", "Quotes"),
    _Item("COREQ", "30 Data and findings consistent", "Quotes"),
    _Item("COREQ", "31 Clarity of major themes", "Order of themes"),
    _Item("COREQ", "32 Clarity of minor themes", "Other ideas"),
    _Item("SRQR", "S5 Qualitative approach and research paradigm", None),
    _Item("SRQR", "S6 Researcher characteristics and reflexivity", None),
    _Item("SRQR", "S7 Context", "Source"),
    _Item("SRQR", "S8 Sampling strategy", None),
    _Item("SRQR", "S9 Ethical issues pertaining to human subjects", None),
    _Item("SRQR", "S10 Data collection methods", "Source"),
    _Item("SRQR", "S11 Data collection instruments and technologies", "Program"),
    _Item("SRQR", "S12 Units of study", "Posts and participants"),
    _Item("SRQR", "S13 Data processing", "Exclusions"),
    _Item("SRQR", "S14 Data analysis", "Role"),
    _Item("SRQR", "S15 Techniques to enhance trustworthiness", "Agreement"),
    _Item("SRQR", "S16 Synthesis and interpretation", "Order of themes"),
    _Item("SRQR", "S17 Links to empirical data", "Quotes"),
    _Item("SRQR", "S20 Conflicts of interest", None),
    _Item("SRQR", "S21 Funding", None),
)


def checklist(facts: Collection[str]) -> tuple[ChecklistRow, ...]:
    """Return every item with the fact that answers it, or a place for people's answer.

    Args:
        facts: Names of the facts that the methods state.
    """
    return tuple(
        ChecklistRow(
            guideline=item.guideline,
            item=item.item,
            answer=f"see “{item.fact}”" if item.fact in facts else TO_FILL_IN,
            is_answered=item.fact in facts,
        )
        for item in _ITEMS
    )
