"""The seal of a model package: MANIFEST.json holds the sha256 of every file, and of its own content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import shared
from shared.errors import ModelPackageInvalid
from shared.modelpackage.canonical import canonical_json, sha256

MANIFEST_FILE = "MANIFEST.json"
OWN_DIGEST = "manifest_sha256"
REQUIRED_FILES = frozenset({"ebm.json", "policy.json", "card.json", "card.md", "reference.json", "golden.json"})
_MAKE_AGAIN = "Put back the package as it was approved, or package the model again; do not repair files by hand."


def seal(files: Mapping[str, bytes], facts: Mapping[str, Any]) -> bytes:
    """Return the bytes of MANIFEST.json for these files; `facts` are the members beside the digests."""
    content = dict(facts)
    content["contract_version"] = shared.CONTRACT_VERSION
    content["files"] = {name: {"bytes": len(data), "sha256": sha256(data)} for name, data in files.items()}
    content[OWN_DIGEST] = sha256(canonical_json(content))
    return canonical_json(content)


def verify(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the manifest after checking that not one bit of the package changed since it was sealed.

    Raises ModelPackageInvalid for a changed, missing or extra file, and for another contract version.
    """
    if MANIFEST_FILE not in files:
        raise _broken("the manifest is missing.", MANIFEST_FILE)
    manifest = parse(files[MANIFEST_FILE], MANIFEST_FILE)
    claimed = manifest.pop(OWN_DIGEST, None)
    # Equal bytes, not only equal content: otherwise a changed blank would go unseen.
    if claimed != sha256(canonical_json(manifest)) or files[MANIFEST_FILE] != canonical_json(
        {**manifest, OWN_DIGEST: claimed}
    ):
        raise _broken("the manifest was changed after it was made.", MANIFEST_FILE)
    if manifest.get("contract_version") != shared.CONTRACT_VERSION:
        raise ModelPackageInvalid(
            f"The model package was made for another contract version than {shared.CONTRACT_VERSION}.",
            where=MANIFEST_FILE,
            next_step="Package the model again with this version of the code.",
        )
    listed: Mapping[str, Mapping[str, object]] = manifest["files"]
    for name in sorted(REQUIRED_FILES | listed.keys()):
        if name not in files:
            raise _broken("the file is missing.", name)
        if name not in listed:
            raise _broken("the manifest does not list the file.", name)
        if sha256(files[name]) != listed[name]["sha256"]:
            raise _broken("the file was changed after it was made.", name)
    for name in sorted(files.keys() - listed.keys() - {MANIFEST_FILE}):
        raise _broken("the file does not belong to the package.", name)
    return manifest


def parse(content: bytes, name: str) -> dict[str, Any]:
    """Return the JSON object in a package file."""
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        raise _broken("the file is not JSON.", name) from None
    if not isinstance(parsed, dict):
        raise _broken("the file is not a JSON object.", name)
    return parsed


def _broken(what: str, name: str) -> ModelPackageInvalid:
    return ModelPackageInvalid(f"The model package is not intact: {what}", where=name, next_step=_MAKE_AGAIN)
