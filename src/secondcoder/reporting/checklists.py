"""Checklists of reporting guidelines: which items a report answers by itself, and which people do.

Item names are the guidelines' own; the answers come from the codings and are never guessed, and
what to write where people answer is said in our words.
Sources: GAMER, Luo et al. (2025), BMJ Evidence-Based Medicine, doi 10.1136/bmjebm-2025-113825
(nine items, as its abstract names them); COREQ, Tong, Sainsbury and Craig (2007), International
Journal for Quality in Health Care 19(6) (all 32 items, those made for interviews too); SRQR,
O'Brien et al. (2014), Academic Medicine 89(9) (all 21); GUIDE-LLM, its 14 core items and the
optional one on the choice of a model, shortened from the summary at llm-checklist.com/checklist
(2026).
"""

from collections.abc import Collection
from typing import NamedTuple

from secondcoder.reporting.wording import joined
from secondcoder.schema.record import Record

TO_FILL_IN = "to be filled in"


class ChecklistRow(Record):
    """One item of a guideline, and where the report answers it."""

    guideline: str
    item: str
    answer: str
    is_answered: bool
    """Whether nothing is left to people."""


class _Item(NamedTuple):
    guideline: str
    item: str
    facts: tuple[str, ...]
    """Names of the facts of which the first that is known answers it; none: people do."""
    write: str = ""
    """What people are to write where no fact is known."""
    also: str = ""
    """What people are to write beside the fact."""
    beside: tuple[str, ...] = ()
    """Names of facts that are pointed to as well, where they are known."""


_WRITTEN = ("Sentences of the report",)
"""The fact of a model that wrote; the one of who coded may say that no model did."""
_CHECKED = (
    "who checked which codings, and how far they agreed; a person who codes a sample of the posts "
    "can be compared with 'secondcoder agree'"
)
_ITEMS = (
    _Item("GAMER", "1 General declaration", ("Coded by",), "who or what coded"),
    _Item(
        "GAMER",
        "2 GAI tool specifications",
        ("Model and settings",),
        "name, version and settings",
        beside=_WRITTEN,
    ),
    _Item("GAMER", "3 Prompting techniques", ("Prompt",), "the prompts", beside=_WRITTEN),
    _Item("GAMER", "4 Tool's role in the study", ("Role",), "what the tool did", beside=_WRITTEN),
    _Item(
        "GAMER",
        "5 Declaration of new GAI model(s) developed",
        (),
        "whether a model was trained or tuned for this study",
    ),
    _Item(
        "GAMER",
        "6 AI-assisted sections in the manuscript",
        ("Key findings written by",),
        "which parts a program wrote",
    ),
    _Item(
        "GAMER",
        "7 Content verification",
        ("Agreement",),
        _CHECKED,
    ),
    _Item("GAMER", "8 Data privacy", ("Where words went",), "where posts were sent"),
    _Item(
        "GAMER",
        "9 Impact on conclusions",
        (),
        "how the tool's mistakes may have shaped what was concluded",
    ),
    _Item(
        "GUIDE-LLM", "A.1 What LLMs were used for", ("Role",), "what the model did", beside=_WRITTEN
    ),
    _Item(
        "GUIDE-LLM",
        "A.2 Human in the loop or fully automated",
        ("People's part",),
        "what people decided",
    ),
    _Item(
        "GUIDE-LLM",
        "B.1 Model name, provider, size, version, date of access, source",
        ("Model and settings",),
        "the model",
        beside=_WRITTEN,
    ),
    _Item(
        "GUIDE-LLM",
        "B.2 Access by API, web or local; chat or separate calls",
        ("Where words went",),
        "how the model was reached",
    ),
    _Item(
        "GUIDE-LLM", "B.3 Parameters", ("Model and settings",), "the parameters", beside=_WRITTEN
    ),
    _Item(
        "GUIDE-LLM",
        "B.4 Fine-tuning or customization",
        (),
        "whether the model had been tuned, and on what",
    ),
    _Item(
        "GUIDE-LLM",
        "B.5 State kept across interactions",
        ("Memory between requests",),
        "whether requests knew of each other",
        beside=_WRITTEN,
    ),
    _Item("GUIDE-LLM", "C.1 Exact prompts", ("Prompt",), "the prompts", beside=_WRITTEN),
    _Item("GUIDE-LLM", "C.2 System-wide instructions", ("Prompt",), "the prompts", beside=_WRITTEN),
    _Item(
        "GUIDE-LLM",
        "D.1 Handling of personal and sensitive data",
        ("Where words went",),
        "how personal data were handled",
    ),
    _Item(
        "GUIDE-LLM",
        "E.1 Human validation of outputs",
        ("Agreement",),
        _CHECKED,
    ),
    _Item(
        "GUIDE-LLM",
        "E.2 Filtering, reformatting and other post-processing",
        ("Exclusions",),
        "what was left out or changed",
    ),
    _Item(
        "GUIDE-LLM", "F.1 Code for LLM calls shared", ("Program",), "the program and its version"
    ),
    _Item(
        "GUIDE-LLM",
        "G.1 Funding, support and relationships",
        (),
        "who paid, and ties to who offers the model",
    ),
    _Item("GUIDE-LLM", "Optional: justification for the choice of LLM", (), "why this model"),
    _Item(
        "COREQ",
        "1 Interviewer/facilitator",
        ("Moderated by",),
        "who moderated the chat and asked its questions",
    ),
    _Item("COREQ", "2 Credentials", (), "degrees and titles of those who moderated and analysed"),
    _Item("COREQ", "3 Occupation", (), "their work at the time of the chat"),
    _Item("COREQ", "4 Gender", (), "their gender, where they want it told"),
    _Item("COREQ", "5 Experience and training", (), "what they had learnt and done of such work"),
    _Item(
        "COREQ", "6 Relationship established", (), "whether they knew participants before the chat"
    ),
    _Item(
        "COREQ",
        "7 Participant knowledge of the interviewer",
        (),
        "what participants knew of them and of the purpose",
    ),
    _Item(
        "COREQ",
        "8 Interviewer characteristics",
        (),
        "their interests and assumptions about the topic",
    ),
    _Item(
        "COREQ",
        "9 Methodological orientation and Theory",
        (),
        "the approach the analysis follows, such as content analysis",
    ),
    _Item(
        "COREQ",
        "10 Sampling",
        ("Selection of posts",),
        "how posts were chosen",
        "why this chat, and how people came to take part",
    ),
    _Item("COREQ", "11 Method of approach", (), "how people were invited to the chat"),
    _Item("COREQ", "12 Sample size", ("Posts and participants",), "numbers of posts and people"),
    _Item(
        "COREQ",
        "13 Non-participation",
        ("Asked to be left out",),
        "who was invited and did not write, and who asked to be left out, as far as known",
        "who was invited and did not write, as far as known",
    ),
    _Item(
        "COREQ", "14 Setting of data collection", ("Source",), "where and when the chat was held"
    ),
    _Item("COREQ", "15 Presence of non-participants", (), "who could read along"),
    _Item(
        "COREQ",
        "16 Description of sample",
        ("Posts and participants",),
        "who took part",
        "roles and places of those who took part, as far as known",
    ),
    _Item(
        "COREQ",
        "17 Interview guide",
        ("Questions asked",),
        "the questions, and whether they were tried out",
        "whether the questions were tried out",
    ),
    _Item(
        "COREQ", "18 Repeat interviews", (), "whether the chat was held again with the same people"
    ),
    _Item("COREQ", "19 Audio/visual recording", ("Quotes",), "how what was said was recorded"),
    _Item("COREQ", "20 Field notes", (), "whether notes were taken during or after the chat"),
    _Item("COREQ", "21 Duration", ("Duration",), "how long the chat lasted"),
    _Item(
        "COREQ",
        "22 Data saturation",
        ("Saturation",),
        "whether more posts would have brought more themes",
    ),
    _Item(
        "COREQ",
        "23 Transcripts returned",
        (),
        "whether participants saw what was kept of their posts",
    ),
    _Item("COREQ", "24 Number of data coders", ("Coded by",), "who coded"),
    _Item("COREQ", "25 Description of the coding tree", ("Codebook",), "the codebook"),
    _Item(
        "COREQ",
        "26 Derivation of themes",
        ("Derivation of themes", "Codebook edits"),
        "whether themes were set beforehand or found in the posts, and by whom",
    ),
    _Item("COREQ", "27 Software", ("Program",), "the program and its version"),
    _Item("COREQ", "28 Participant checking", (), "whether participants commented on the findings"),
    _Item("COREQ", "29 Quotations presented", ("Quotes",), "where quotes stand"),
    _Item("COREQ", "30 Data and findings consistent", ("Quotes",), "how findings rest on quotes"),
    _Item("COREQ", "31 Clarity of major themes", ("Order of themes",), "which themes are major"),
    _Item(
        "COREQ", "32 Clarity of minor themes", ("Other ideas",), "what was said beside the themes"
    ),
    _Item(
        "SRQR",
        "S1 Title",
        (),
        "a title that names the topic and says that the study is qualitative, or of a chat",
    ),
    _Item(
        "SRQR", "S2 Abstract", (), "background, purpose, methods, results and conclusions, in short"
    ),
    _Item(
        "SRQR", "S3 Problem formulation", (), "the problem, why it matters, and what is known of it"
    ),
    _Item(
        "SRQR",
        "S4 Purpose or research question",
        ("Questions asked",),
        "what the study was to find out",
        "what the study was to find out, beside what the chat asked",
    ),
    _Item(
        "SRQR",
        "S5 Qualitative approach and research paradigm",
        (),
        "the approach and the view of knowledge behind it",
    ),
    _Item(
        "SRQR",
        "S6 Researcher characteristics and reflexivity",
        (),
        "who analysed, and how that may have shaped the findings",
    ),
    _Item(
        "SRQR",
        "S7 Context",
        ("Source",),
        "where and when the chat was held",
        "what readers must know of the setting",
    ),
    _Item(
        "SRQR",
        "S8 Sampling strategy",
        ("Selection of posts",),
        "how posts were chosen",
        "why this chat, and when enough was read",
    ),
    _Item(
        "SRQR",
        "S9 Ethical issues pertaining to human subjects",
        (),
        "approval or exemption, consent, and how words may lead to people",
    ),
    _Item("SRQR", "S10 Data collection methods", ("Source",), "how posts were collected, and when"),
    _Item(
        "SRQR",
        "S11 Data collection instruments and technologies",
        ("Program",),
        "what posts were collected and coded with",
    ),
    _Item("SRQR", "S12 Units of study", ("Posts and participants",), "numbers of posts and people"),
    _Item("SRQR", "S13 Data processing", ("Exclusions",), "what was left out or changed"),
    _Item(
        "SRQR",
        "S14 Data analysis",
        ("Derivation of themes", "Role"),
        "how themes were found and given",
    ),
    _Item(
        "SRQR",
        "S15 Techniques to enhance trustworthiness",
        ("Agreement", "Agreement between programs", "Agreement of other coders"),
        "what was done to check the analysis",
    ),
    _Item("SRQR", "S16 Synthesis and interpretation", ("Order of themes",), "the findings"),
    _Item("SRQR", "S17 Links to empirical data", ("Quotes",), "where quotes stand"),
    _Item(
        "SRQR",
        "S18 Integration with prior work, implications, transferability, and contribution(s) to "
        "the field",
        (),
        "how findings fit with earlier work, and where else they may hold",
    ),
    _Item(
        "SRQR",
        "S19 Limitations",
        (),
        "what the findings can't show; “Failures”, “Left to people” and “Exclusions” are a start",
    ),
    _Item("SRQR", "S20 Conflicts of interest", (), "interests that may have shaped the study"),
    _Item("SRQR", "S21 Funding", (), "who paid, and what part they had"),
)


def checklist(facts: Collection[str]) -> tuple[ChecklistRow, ...]:
    """Return every item with the fact that answers it, or what people are to write.

    Args:
        facts: Names of the facts that the methods state.
    """
    return tuple(
        _row(
            item,
            next((name for name in item.facts if name in facts), None),
            [name for name in item.beside if name in facts],
        )
        for item in _ITEMS
    )


def _row(item: _Item, fact: str | None, beside: list[str]) -> ChecklistRow:
    write = item.also if fact is not None else item.write
    told = joined([f"“{name}”" for name in (fact, *beside) if name is not None])
    parts = (f"see {told}" if fact is not None else "", f"{TO_FILL_IN}: {write}" if write else "")
    return ChecklistRow(
        guideline=item.guideline,
        item=item.item,
        answer="; ".join(filter(None, parts)),
        is_answered=fact is not None and not write,
    )
