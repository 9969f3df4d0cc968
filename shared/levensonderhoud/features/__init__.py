"""The fifteen features: one module per source table, all with the same bounds (domain.md §5)."""
