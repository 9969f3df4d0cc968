"""Writes HTML and SVG. Everything that is put in is escaped; only what this module wrote itself is markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_EMPTY = frozenset({"meta", "br", "line", "rect", "circle", "path", "polyline", "polygon"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


type Content = str | Iterable[str]


def element(name: str, content: Content = "", /, **attributes: object) -> Markup:
    """Return an element. An underscore in the name of an attribute stands for a hyphen, and one at its end for nothing.

    A number is written with at most two decimals; an attribute that is None is left out.
    """
    written = "".join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if value is not None)
    if name in _EMPTY and not content:
        return Markup(f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{joined(content)}</{name}>")


def joined(content: Content) -> Markup:
    """Return parts after one another; text among them is escaped."""
    parts = [content] if isinstance(content, str) else content
    return Markup("".join(part if isinstance(part, Markup) else escape(part, quote=False) for part in parts))


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    if isinstance(value, float):
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return escape(str(value))
