"""Everything that belongs to aanvragen levensonderhoud alone; the rest of the product knows only LEVENSONDERHOUD."""

from shared.levensonderhoud.usecase import LEVENSONDERHOUD

__all__ = ["LEVENSONDERHOUD"]
