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
    if not _is_sealed(manifest, files[MANIFEST_FILE]):
        raise _broken("the manifest was changed after it was made.", MANIFEST_FILE)
    if manifest.get("contract_version") != shared.CONTRACT_VERSION:
        raise ModelPackageInvalid(
            f"The model package was made for another contract version than {shared.CONTRACT_VERSION}.",
            where=MANIFEST_FILE,
            next_step="Package the model again with this version of the code.",
        )
    listed = _listed(manifest)
    for name in sorted(REQUIRED_FILES | listed.keys()):
        if name not in files:
            raise _broken("the file is missing.", name)
        if name not in listed:
            raise _broken("the manifest does not list the file.", name)
        if sha256(files[name]) != listed[name]:
            raise _broken("the file was changed after it was made.", name)
    for name in sorted(files.keys() - listed.keys() - {MANIFEST_FILE}):
        raise _broken("the file does not belong to the package.", name)
    return manifest


def _is_sealed(manifest: dict[str, Any], content: bytes) -> bool:
    """Say whether a manifest carries its own digest, which is taken out of it, and is written as we write it."""
    claimed = manifest.pop(OWN_DIGEST, None)
    try:
        # Equal bytes, not only equal content: otherwise a changed blank would go unseen.
        whole = canonical_json({**manifest, OWN_DIGEST: claimed})
        return claimed == sha256(canonical_json(manifest)) and content == whole
    except (ValueError, RecursionError):  # not what we write: not a number, half a letter, too deep
        return False


def _listed(manifest: Mapping[str, Any]) -> Mapping[str, object]:
    """Return the digest of each file in the manifest."""
    try:
        return {name: entry["sha256"] for name, entry in manifest["files"].items()}
    except (KeyError, TypeError, AttributeError):
        raise _broken("the manifest does not list its files.", MANIFEST_FILE) from None


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
