"""Sets up the technical log in one place. Logs of record come from the event table, not from here."""

from __future__ import annotations

import logging

# they tell addresses with names of files in them, headers, and what stands in a statement
_NOISY = ("azure", "msal", "urllib3", "alembic", "sqlalchemy.engine")


def configure_logging(level: str) -> None:
    """Set the level of this product's log and silence libraries that would log addresses or parameters."""
    logging.getLogger("shared").setLevel(level)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def run_log() -> logging.Logger:
    """Return the log in which the shell tells what it did, by run id, state and code; never a value of a row."""
    return logging.getLogger("shared.runs")
