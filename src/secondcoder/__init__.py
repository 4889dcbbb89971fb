"""A second coder for qualitative studies: verbatim quotes under themes, and agreement."""

__version__ = "0.1.0"
