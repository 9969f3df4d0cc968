"""How a file of a table is refused while it is being read, however far the reading had come."""

from __future__ import annotations

from shared.records import Finding


class TableRefused(Exception):  # not an error: an outcome, with what there is to tell about it
    """The file of a table cannot be used; `findings` say why."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("refused")
        self.findings = findings
