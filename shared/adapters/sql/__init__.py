"""The administration in SQL: SQLite on one machine, PostgreSQL by a setting; the same tables and code."""
