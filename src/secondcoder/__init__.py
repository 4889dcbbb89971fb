"""A second coder for qualitative studies: verbatim quotes under themes, and agreement.

Everything public is in `__all__`, and is loaded when it is first used: importing the package costs
next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from secondcoder.version import __version__

if TYPE_CHECKING:
    from secondcoder.api import (
        AgreementReport,
        CalibrationReport,
        DifferenceReport,
        EstimateReport,
        WorkEstimateReport,
        abstain,
        acode,
        agree,
        calibrate,
        cancel_batch,
        check_codebook,
        code,
        collect_batch,
        convert,
        delegate,
        diff,
        diff_codebook,
        estimate,
        estimate_proposal,
        estimate_refinement,
        estimate_report,
        evaluate,
        export_ledger,
        follow_codebook,
        json_schema,
        merge_codebook,
        propose,
        questions,
        read_chat,
        read_codebook,
        read_codings,
        read_codings_sheet,
        read_examples,
        read_report,
        refine,
        rename_codebook,
        report,
        retire_codebook,
        sample,
        segment,
        show_ledger,
        split_codebook,
        status_batch,
        submit_batch,
        vacuum_ledger,
        write_codebook,
        write_codings,
    )
    from secondcoder.errors import (
        BudgetError,
        CodebookError,
        CodingsError,
        IngestError,
        InputError,
        MissingExtraError,
        OutageError,
        PermanentProviderError,
        PromptError,
        ProviderError,
        ResponseError,
        SecondCoderError,
        StoreError,
        StoreVersionError,
        TransientProviderError,
        WorkerLostError,
    )
    from secondcoder.schema.agreement import (
        Coefficients,
        Comparison,
        Counting,
        ReferenceScores,
        SetAgreement,
        ThemeAgreement,
        Unitizing,
    )
    from secondcoder.schema.batches import BatchLimits, BatchReport
    from secondcoder.schema.beside_people import BesidePeople
    from secondcoder.schema.calibration import Calibration
    from secondcoder.schema.chat import Attribution, Chat, ChatCounts, ChatInfo, Post, Question
    from secondcoder.schema.chats_over_time import ChatsOverTime
    from secondcoder.schema.codebook import Codebook, Theme
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
    from secondcoder.schema.evaluation import EvaluationResult, Skipped
    from secondcoder.schema.model_beside_people import DelegationRule
    from secondcoder.schema.options import ChatFile, ModelOptions
    from secondcoder.schema.progress import Progress
    from secondcoder.schema.proposals import Proposal
    from secondcoder.schema.quotes import Quote, Segment, Span
    from secondcoder.schema.readings import Note, ReportReading, SheetReading
    from secondcoder.schema.refinements import Refinement, Suggestion
    from secondcoder.schema.runs import Coder, Run, Usage
    from secondcoder.schema.sampling import Sample
    from secondcoder.schema.shards import EngineOptions, ShardManifest
    from secondcoder.schema.statistics import Interval, IntervalOptions, Statistic, Undefined
    from secondcoder.schema.summaries import CodingsSummary

_HOMES = {
    "api": (
        "check_codebook diff_codebook follow_codebook merge_codebook "
        "rename_codebook retire_codebook split_codebook "
        "cancel_batch collect_batch status_batch submit_batch "
        "AgreementReport CalibrationReport DifferenceReport EstimateReport WorkEstimateReport "
        "abstain acode agree "
        "calibrate code convert delegate diff estimate estimate_proposal estimate_refinement "
        "estimate_report evaluate export_ledger json_schema propose "
        "questions read_chat read_codebook "
        "read_codings read_codings_sheet read_examples "
        "read_report refine report sample segment show_ledger "
        "vacuum_ledger write_codebook write_codings"
    ),
    "errors": (
        "BudgetError CodebookError CodingsError IngestError InputError MissingExtraError "
        "OutageError PermanentProviderError PromptError ProviderError ResponseError "
        "SecondCoderError StoreError StoreVersionError TransientProviderError WorkerLostError"
    ),
    "schema.agreement": (
        "Coefficients Comparison Counting ReferenceScores SetAgreement ThemeAgreement Unitizing"
    ),
    "schema.batches": "BatchLimits BatchReport",
    "schema.beside_people": "BesidePeople",
    "schema.calibration": "Calibration",
    "schema.chat": "Attribution Chat ChatCounts ChatInfo Post Question",
    "schema.chats_over_time": "ChatsOverTime",
    "schema.codebook": "Codebook Theme",
    "schema.codings": ("Abstention Coding Codings CodingsInfo Failure LeftOut PostCodings Quoted"),
    "schema.evaluation": "EvaluationResult Skipped",
    "schema.model_beside_people": "DelegationRule",
    "schema.options": "ChatFile ModelOptions",
    "schema.progress": "Progress",
    "schema.proposals": "Proposal",
    "schema.quotes": "Quote Segment Span",
    "schema.readings": "Note ReportReading SheetReading",
    "schema.refinements": "Refinement Suggestion",
    "schema.runs": "Coder Run Usage",
    "schema.sampling": "Sample",
    "schema.shards": "EngineOptions ShardManifest",
    "schema.statistics": "Interval IntervalOptions Statistic Undefined",
    "schema.summaries": "CodingsSummary",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [  # noqa: RUF022  # the verbs first, as a reader looks for them
    "read_chat",
    "read_codebook",
    "read_codings",
    "read_codings_sheet",
    "read_examples",
    "read_report",
    "write_codebook",
    "write_codings",
    "code",
    "acode",
    "estimate",
    "estimate_proposal",
    "estimate_refinement",
    "estimate_report",
    "submit_batch",
    "status_batch",
    "collect_batch",
    "cancel_batch",
    "report",
    "convert",
    "questions",
    "propose",
    "refine",
    "check_codebook",
    "rename_codebook",
    "merge_codebook",
    "split_codebook",
    "retire_codebook",
    "diff_codebook",
    "follow_codebook",
    "agree",
    "diff",
    "sample",
    "delegate",
    "calibrate",
    "abstain",
    "evaluate",
    "segment",
    "show_ledger",
    "export_ledger",
    "vacuum_ledger",
    "json_schema",
    "Abstention",
    "AgreementReport",
    "Attribution",
    "BatchLimits",
    "BatchReport",
    "BesidePeople",
    "Calibration",
    "CalibrationReport",
    "Chat",
    "ChatCounts",
    "ChatFile",
    "ChatInfo",
    "ChatsOverTime",
    "Codebook",
    "CodebookError",
    "Coder",
    "Coding",
    "Codings",
    "CodingsError",
    "CodingsInfo",
    "CodingsSummary",
    "Coefficients",
    "Comparison",
    "Counting",
    "DelegationRule",
    "DifferenceReport",
    "EngineOptions",
    "EstimateReport",
    "WorkEstimateReport",
    "EvaluationResult",
    "Failure",
    "IngestError",
    "InputError",
    "Interval",
    "IntervalOptions",
    "LeftOut",
    "MissingExtraError",
    "ModelOptions",
    "Note",
    "OutageError",
    "PermanentProviderError",
    "Post",
    "PostCodings",
    "Progress",
    "PromptError",
    "Proposal",
    "ProviderError",
    "Question",
    "Quote",
    "Quoted",
    "ReferenceScores",
    "Refinement",
    "ReportReading",
    "ResponseError",
    "Run",
    "Sample",
    "SecondCoderError",
    "Segment",
    "SetAgreement",
    "ShardManifest",
    "SheetReading",
    "Skipped",
    "Span",
    "Statistic",
    "StoreError",
    "StoreVersionError",
    "Theme",
    "Suggestion",
    "ThemeAgreement",
    "TransientProviderError",
    "Undefined",
    "Unitizing",
    "Usage",
    "WorkerLostError",
    "__version__",
    "BudgetError",
]


def __getattr__(name: str) -> object:
    """Return a public name from the module that defines it.

    Raises:
        AttributeError: If the package has no such name.
    """
    if name not in _HOME:
        raise AttributeError(f"module 'secondcoder' has no attribute '{name}'")
    value = getattr(import_module(f"secondcoder.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
