"""Turns address parts into one key and three facts; the parts themselves are never stored (domain.md §3)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shared.errors import SettingsInvalid
from shared.stages.pseudonym import Pseudonymiser

DOMAIN = "adres"
PARTS = ("plaats", "straat", "huisnr", "huisletter", "huisnrtoev", "postcode")
# settings of this use case; a change needs a new contract version or a request
MUNICIPALITY_NAMES = ("amsterdam", "weesp", "driemond")
MUNICIPALITY_PREFIX = "amsterdam "
_SEPARATOR = "\x1f"
_NOT_A_TO_Z = re.compile(r"[^a-z]+")
_BLANKS = re.compile(r"\s+")


def in_municipality(place: str) -> bool:
    """Say whether a place name, however spelled, is the municipality or a part of it; an unknown place is not."""
    name = _NOT_A_TO_Z.sub(" ", place.lower()).strip()
    return name in MUNICIPALITY_NAMES or name.startswith(MUNICIPALITY_PREFIX)


def canonical_address(address: Mapping[str, str]) -> str:
    """Return what makes an address this address: by postcode where it is filled, else by place and street."""
    parts = {name: pa.scalar(_canonical_part(name, address.get(name, ""))) for name in PARTS}
    return str(_joined(**parts))


def _canonical_part(name: str, text: str) -> str:
    text = text.strip().lower()
    return _BLANKS.sub("", text) if name == "postcode" else text


def _joined(**part: pa.Array | pa.Scalar) -> pa.Array | pa.Scalar:
    """Return the parts of one address or of many as one text."""
    by_postcode = pc.binary_join_element_wise("p", part["postcode"], _SEPARATOR)
    by_street = pc.binary_join_element_wise("s", part["plaats"], part["straat"], _SEPARATOR)
    start = pc.if_else(pc.equal(part["postcode"], ""), by_street, by_postcode)
    return pc.binary_join_element_wise(start, part["huisnr"], part["huisletter"], part["huisnrtoev"], _SEPARATOR)


def address_key(address: Mapping[str, str], pseudonymiser: Pseudonymiser) -> str:
    """Return the adressleutel of one address in clear."""
    return pseudonymiser.pseudonym(DOMAIN, canonical_address(address))


def special_address_key(address: Mapping[str, str], pseudonymiser: Pseudonymiser) -> str:
    """Return the adressleutel of an address of a special group; SettingsInvalid when it could not match anybody.

    A misspelt part would leave somebody unprotected, and an address without parts would match everybody without one.
    """
    enough = address.get("postcode", "").strip() or (
        address.get("plaats", "").strip() and address.get("straat", "").strip()
    )
    if not address.keys() <= set(PARTS) or not enough:
        raise SettingsInvalid(
            "An address of a special group has an unknown part, or no postcode and no place with street.",
            where="list of special-group addresses",
            next_step=f"Use only the names {', '.join(PARTS)}, with a postcode or a place and a street.",
        )
    return address_key(address, pseudonymiser)


def derive_addresses(rows: pd.DataFrame, pseudonymiser: Pseudonymiser) -> pd.DataFrame:
    """Return adressen with adressleutel, in_gemeente, plaats_gevuld and straat_gevuld instead of the parts."""
    canonical = _joined(**{name: _canonical_parts(rows[name]) for name in PARTS}).dictionary_encode()
    keys = pseudonymiser.pseudonyms(DOMAIN, canonical.dictionary.to_pylist())
    places = rows["plaats"].cat.categories
    inside = np.array([in_municipality(place) for place in places.tolist()] + [False], dtype=bool)
    return rows.assign(
        adressleutel=pd.Categorical.from_codes(canonical.indices, categories=pd.Index(keys, dtype="str")),
        in_gemeente=inside[rows["plaats"].cat.codes.to_numpy()],
        plaats_gevuld=rows["plaats"].notna().to_numpy(),
        straat_gevuld=rows["straat"].notna().to_numpy(),
    ).drop(columns=list(PARTS))


def _canonical_parts(column: pd.Series) -> pa.Array:
    """Return a part of every address; made canonical once for every different text."""
    texts = [_canonical_part(str(column.name), text) for text in column.cat.categories.tolist()]
    codes = column.cat.codes.to_numpy()
    return pc.fill_null(pa.array(texts, pa.string()).take(pa.array(codes, mask=codes < 0)), "")
