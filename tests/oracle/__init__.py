"""An independent, slow reading of the contract (docs/domain.md 2, 4 and 5): one application, one row at a time."""
