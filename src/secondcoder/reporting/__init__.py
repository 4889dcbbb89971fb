"""The report: codings become pages that people read."""
