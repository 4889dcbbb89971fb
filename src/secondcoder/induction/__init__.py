"""Themes from posts: proposing, naming and auditing them, and saying what was found."""
