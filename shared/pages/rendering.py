"""Turns templates into pages. Everything that is put in is escaped, and a name that is not there is an error."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from shared.pages import words
from shared.pages.csrf import FIELD
from shared.pages.tables import with_headings
from shared.people.figures import percent


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Return the templates of this package."""
    found = Environment(
        loader=PackageLoader("shared.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = (words.day, words.month, words.moment, words.decimal, words.whole, percent, words.capital, with_headings)
    for filter_ in filters:
        found.filters[filter_.__name__] = filter_
    found.globals["FORM_KEY"] = FIELD
    return found


def rendered(template: str, /, **shown: object) -> str:
    """Return a page as HTML."""
    return templates().get_template(template).render(**shown)
