"""The verbs of the library, one function each; the only place where stages meet."""

from secondcoder.api.abstaining import abstain
from secondcoder.api.agreeing import AgreementReport, agree
from secondcoder.api.batches import cancel_batch, collect_batch, status_batch, submit_batch
from secondcoder.api.calibrating import CalibrationReport, calibrate
from secondcoder.api.codebooks import (
    check_codebook,
    diff_codebook,
    follow_codebook,
    merge_codebook,
    rename_codebook,
    retire_codebook,
    split_codebook,
)
from secondcoder.api.coding import acode, code, segment
from secondcoder.api.delegating import delegate
from secondcoder.api.differing import DifferenceReport, diff
from secondcoder.api.estimating import EstimateReport, WorkEstimateReport, estimate
from secondcoder.api.evaluating import evaluate
from secondcoder.api.exampling import read_examples
from secondcoder.api.ledgers import export_ledger, show_ledger, vacuum_ledger
from secondcoder.api.proposing import estimate_proposal, propose
from secondcoder.api.reading import (
    convert,
    json_schema,
    questions,
    read_chat,
    read_codebook,
    read_codings,
    read_codings_sheet,
    read_report,
)
from secondcoder.api.refining import estimate_refinement, refine
from secondcoder.api.reporting import estimate_report, report
from secondcoder.api.sampling import sample
from secondcoder.api.writing import write_codebook, write_codings

__all__ = [
    "AgreementReport",
    "CalibrationReport",
    "DifferenceReport",
    "EstimateReport",
    "WorkEstimateReport",
    "abstain",
    "acode",
    "agree",
    "calibrate",
    "cancel_batch",
    "check_codebook",
    "code",
    "collect_batch",
    "convert",
    "delegate",
    "diff",
    "diff_codebook",
    "estimate",
    "estimate_proposal",
    "estimate_refinement",
    "estimate_report",
    "evaluate",
    "export_ledger",
    "follow_codebook",
    "json_schema",
    "merge_codebook",
    "propose",
    "questions",
    "read_chat",
    "read_codebook",
    "read_codings",
    "read_codings_sheet",
    "read_examples",
    "read_report",
    "refine",
    "rename_codebook",
    "report",
    "retire_codebook",
    "sample",
    "segment",
    "show_ledger",
    "split_codebook",
    "status_batch",
    "submit_batch",
    "vacuum_ledger",
    "write_codebook",
    "write_codings",
]
