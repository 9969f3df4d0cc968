"""The report: what the model does and to whom, for everybody, in words, pictures and tables, in one file."""
