-- Who may be what in the database. Run by the migrate step, as the migration's own identity, after the migration has
-- set the rights of the three roles (shared/adapters/sql/rights.py). {…} is filled in with a quoted name.
GRANT slimme_check_app TO {app};
-- the purge reads what is due and writes its proofs as the app does, and removes as nobody else may
GRANT slimme_check_app TO {verwijder};
GRANT slimme_check_purge TO {verwijder};
GRANT slimme_check_lezer TO {dataverkenner};
