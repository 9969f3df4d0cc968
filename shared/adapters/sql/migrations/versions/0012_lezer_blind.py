"""Lets the view of the reader tell no factor: what raised or lowered a score adds up to it.

Whoever assesses may read this view before the assessment. A factor with its contribution tells on which side of the
threshold an application lies, and so which one was drawn for the sample. The view holds no score with any package, and
so no factor either: the database does not know which package draws. The result files hold both where nothing is drawn.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

_TOLD = ", ".join(
    f"'{name}', {value}"
    for name, value in (
        ("reden", "uitleg::json -> 'reden'"),
        ("verhogend", "'[]'::json"),
        ("verlagend", "'[]'::json"),
        ("onbekend", "uitleg::json -> 'onbekend'"),
        ("signaal", "uitleg::json -> 'signaal'"),
    )
)


def upgrade() -> None:
    """Replace the view; SQLite has no roles, no reader, and so no view for one."""
    if op.get_context().dialect.name == "sqlite":
        return
    op.execute(
        "CREATE OR REPLACE VIEW resultaten_dataverkenner WITH (security_barrier = true) AS "  # noqa: S608 - written here
        "SELECT dataset, datum, levering, run, gepubliceerd, model, modelversie, aanvraagnummer, persoon, peilmoment, "
        f"resultaattype, reden, advies, json_build_object({_TOLD})::text AS uitleg FROM actuele_resultaten"
    )
