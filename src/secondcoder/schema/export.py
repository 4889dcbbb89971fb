"""The JSON Schema of each public model, by name."""

from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, JsonValue

from secondcoder.errors import InputError
from secondcoder.schema.agreement import (
    Agreement,
    Coefficients,
    Comparison,
    Counting,
    ReferenceScores,
    SetAgreement,
    ThemeAgreement,
    Unitizing,
)
from secondcoder.schema.answers import Answer
from secondcoder.schema.batches import BatchReport
from secondcoder.schema.beside_people import BesidePeople
from secondcoder.schema.calibration import Calibration
from secondcoder.schema.chat import Attribution, Chat, ChatCounts, ChatInfo, Post, Question
from secondcoder.schema.chats_over_time import ChatsOverTime
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codebook_checks import CodebookCheck, CodebookDifference
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Codings,
    CodingsInfo,
    Failure,
    LeftOut,
    PostCodings,
    Quoted,
)
from secondcoder.schema.differences import Difference
from secondcoder.schema.estimates import Estimate, WorkEstimate
from secondcoder.schema.evaluation import EvaluationResult, EvaluationTask, Skipped
from secondcoder.schema.model_beside_people import DelegationRule
from secondcoder.schema.proposals import Proposal
from secondcoder.schema.quotes import Quote, Segment, Span
from secondcoder.schema.readings import Note, ReportReading, SheetReading
from secondcoder.schema.refinements import Refinement, Suggestion
from secondcoder.schema.runs import Coder, Run, Usage
from secondcoder.schema.sampling import Sample
from secondcoder.schema.shards import ShardManifest
from secondcoder.schema.statistics import Interval, IntervalOptions, Statistic, Undefined
from secondcoder.schema.summaries import CodingsSummary
from secondcoder.schema.surveys import QuestionsSummary

MODELS: Final = MappingProxyType[str, type[BaseModel]]({
    model.__name__: model
    for model in (
        Abstention,
        Agreement,
        Answer,
        Attribution,
        BatchReport,
        BesidePeople,
        Calibration,
        Chat,
        ChatCounts,
        ChatInfo,
        ChatsOverTime,
        Codebook,
        CodebookCheck,
        CodebookDifference,
        Coder,
        Coding,
        Codings,
        CodingsInfo,
        CodingsSummary,
        Coefficients,
        Comparison,
        Counting,
        DelegationRule,
        Difference,
        Estimate,
        EvaluationResult,
        EvaluationTask,
        Failure,
        Interval,
        IntervalOptions,
        LeftOut,
        Note,
        Post,
        PostCodings,
        Proposal,
        Question,
        QuestionsSummary,
        Quote,
        Quoted,
        ReferenceScores,
        Refinement,
        ReportReading,
        Run,
        Sample,
        Segment,
        SetAgreement,
        ShardManifest,
        SheetReading,
        Skipped,
        Span,
        Statistic,
        Suggestion,
        Theme,
        ThemeAgreement,
        Undefined,
        Unitizing,
        Usage,
        WorkEstimate,
    )
})
"""Every model whose schema can be exported, by name: what is written to a file or as `--json`, and
its parts. What only a caller gives (`ChatFile`, `ModelOptions`) or hears (`Progress`) is not."""

_REPORT = "Report"
"""A report is a result of the name without this word and with views; its JSON is the result's."""


def json_schema(name: str) -> dict[str, JsonValue]:
    """Return the JSON Schema (draft 2020-12) of what a model writes as JSON.

    `AgreementReport`, which `agree` returns, writes an `Agreement`; so do the other reports.

    Raises:
        InputError: If there is no such model; the message lists those there are.

    >>> json_schema("Span")["required"]
    ['start', 'end']
    """
    model = MODELS.get(name) or MODELS.get(name.removesuffix(_REPORT))
    if model is None:
        raise InputError(f"there is no model '{name}'; the models are {', '.join(MODELS)}")
    schema: dict[str, JsonValue] = model.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **schema}
