"""What to do about each way in which SQLite refuses a ledger."""

import sqlite3

_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_ACCESS = {
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY = 0xFF
"""The low byte of an extended result code is its kind (sqlite.org/rescode.html)."""


def damaged(first: str = "restore the ledger") -> str:
    """Return what to do about a damaged ledger.

    >>> damaged()[:30]
    'restore the ledger from a copy'
    """
    return (
        f"{first} from a copy, or name another file with --ledger (what this one holds is then "
        f"asked again)"
    )


def is_held(error: sqlite3.Error) -> bool:
    """Return whether another process is at the file, so that it may be free in a moment.

    >>> is_held(sqlite3.OperationalError("no such table: runs"))
    False
    """
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & _PRIMARY in _HELD


def remedy(error: sqlite3.Error) -> str:
    """Return what SQLite said, what it means for the answers, and what to do.

    >>> remedy(sqlite3.OperationalError("Could not decode to UTF-8"))[-35:]
    'this one holds is then asked again)'
    """
    kind = getattr(error, "sqlite_errorcode", None)
    if kind is None:  # Python's own: text in the file that is not UTF-8
        return f"{_first_line(error)}. The file is damaged and was not changed; {damaged()}"
    kind &= _PRIMARY
    if kind in _DISK:
        what = "Answers already in it are safe; make room on the disk, then run the same command"
    elif kind in _ACCESS:
        what = (
            "The file and its folder must exist and be yours to write, and the name must not be a "
            "folder's; answers already in it are safe. Mend that, or name another file with "
            "--ledger"
        )
    elif is_held(error):
        what = (
            "Another program has held it too long; answers already in it are safe. End that "
            "program, then run the same command"
        )
    elif kind == sqlite3.SQLITE_NOTADB:
        what = (
            "It is no ledger, or its beginning is damaged, and it was not changed; name another "
            "file with --ledger, or restore this one from a copy"
        )
    elif kind == sqlite3.SQLITE_CORRUPT:
        what = f"The file is damaged; keep it as it is, and {damaged()}"
    else:
        what = "Answers already in it are safe; mend the file's place, then run the same command"
    return f"{error}. {what}"


def _first_line(error: sqlite3.Error) -> str:
    """Return the message without the words of the file that Python puts behind it."""
    return str(error).partition(" with text")[0]
