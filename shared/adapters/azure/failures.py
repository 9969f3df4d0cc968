"""Turns what the storage library raises into our errors: what, where and what now, and never a word of its text.

The texts of the library hold addresses, headers and sometimes a piece of the answer; its error codes are a fixed list.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError, ResourceNotFoundError

from shared.blobplaces import told_place
from shared.errors import BlobNotFound, BlobWithheld, StorageUnavailable

_CODE = re.compile(r"[A-Za-z]{1,64}")
_NO_CONTAINER = frozenset({"ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled"})
# the blob was replaced since we looked; or another writer finished it, and our unfinished parts are gone
_CHANGED = frozenset({"ConditionNotMet", "InvalidBlockList", "InvalidBlobOrBlock"})
# the container keeps every blob as it is for its term
_KEPT = frozenset({"BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold"})
# listed, and not handed out: who wrote it put it away, or gave it a key that is not ours
_WITHHELD = frozenset({"BlobArchived", "BlobBeingRehydrated", "BlobUsesCustomerSpecifiedEncryption"})
_REFUSED = (401, 403)


class BlobChanged(Exception):
    """Another worker replaced the blob meanwhile; beginning again sees the new one. Never leaves these adapters."""


class BlobKept(Exception):
    """The container lets nobody change a blob that is there. Never leaves these adapters."""


@contextlib.contextmanager
def told(container: str, name: str = "") -> Iterator[None]:
    """Raise our own error for whatever the storage library raises inside; BlobChanged where that is what happened."""
    try:
        yield
    except AzureError as cause:
        raise _ours(cause, told_place(container, name)) from None


def _code_of(cause: AzureError) -> str:
    code = getattr(cause, "error_code", None)
    code = str(getattr(code, "value", code) or "")
    return code if _CODE.fullmatch(code) else ""


def _ours(cause: AzureError, where: str) -> Exception:
    code = _code_of(cause)
    status = cause.status_code if isinstance(cause, HttpResponseError) else None
    if code in _CHANGED:
        return BlobChanged()
    if code in _KEPT:
        return BlobKept()
    if code in _NO_CONTAINER:
        what, advice = "The container is not there", "Create the containers (infra/); the next round tries again."
    elif code in _WITHHELD:
        return BlobWithheld(
            f"Storage has the blob and does not hand it out ({code}).",
            where=where,
            next_step="Have it delivered again, not archived and under no key of its own; take this one away.",
        )
    elif isinstance(cause, ResourceNotFoundError):
        return BlobNotFound("There is no such blob.", where=where, next_step="Check the name.")
    elif isinstance(cause, ClientAuthenticationError) or status in _REFUSED:
        what = "Storage was not reached as this identity"
        advice = "Give the app its identity, that identity its role on the storage, and the app its network access."
    elif status is None:
        what, advice = "Storage did not answer", "Check that it can be reached; the next round tries again."
    else:
        what, advice = "Storage did not do what was asked", "Look up the code; the next round tries again."
    told_by = ", ".join(str(part) for part in (type(cause).__name__, status, code) if part)
    return StorageUnavailable(f"{what} ({told_by}).", where=where, next_step=advice)


def kept_changing(container: str, name: str) -> StorageUnavailable:
    """Return the error for a blob that did not stay the same for as long as the work on it took."""
    return StorageUnavailable(
        "The blob was replaced or removed while it was in use.",
        where=told_place(container, name),
        next_step="Look who else writes it; the next round tries again.",
    )


def kept_by_policy(container: str, name: str) -> StorageUnavailable:
    """Return the error for a blob that may not become what it should be, because its container is immutable."""
    return StorageUnavailable(
        "The container keeps this blob as it is; it can be neither changed nor removed.",
        where=told_place(container, name),
        next_step="Its term ends by itself. Look who wrote other bytes than these, if it should have been changed.",
    )
