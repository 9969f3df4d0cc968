"""Renders the pages in docs/ that follow from code, schemas, model package and spec tests; never deployed."""
