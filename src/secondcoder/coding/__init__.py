"""Coding: posts become verbatim quotes under themes."""
