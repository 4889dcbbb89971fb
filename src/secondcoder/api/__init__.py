"""The verbs of the library, one function each; the only place where stages meet."""

from secondcoder.api.agreeing import AgreementReport, agree
from secondcoder.api.batches import cancel_batch, collect_batch, status_batch, submit_batch
from secondcoder.api.coding import acode, code, segment
from secondcoder.api.delegating import delegate
from secondcoder.api.differing import DifferenceReport, diff
from secondcoder.api.estimating import EstimateReport, estimate
from secondcoder.api.evaluating import evaluate
from secondcoder.api.ledgers import export_ledger, show_ledger, vacuum_ledger
from secondcoder.api.proposing import propose
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
from secondcoder.api.reporting import report
from secondcoder.api.sampling import sample
from secondcoder.api.writing import write_codebook, write_codings

__all__ = [
    "AgreementReport",
    "DifferenceReport",
    "EstimateReport",
    "acode",
    "agree",
    "cancel_batch",
    "code",
    "collect_batch",
    "convert",
    "delegate",
    "diff",
    "estimate",
    "evaluate",
    "export_ledger",
    "json_schema",
    "propose",
    "questions",
    "read_chat",
    "read_codebook",
    "read_codings",
    "read_codings_sheet",
    "read_report",
    "report",
    "sample",
    "segment",
    "show_ledger",
    "status_batch",
    "submit_batch",
    "vacuum_ledger",
    "write_codebook",
    "write_codings",
]
