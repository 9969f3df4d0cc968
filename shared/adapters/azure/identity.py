"""Who this app is to Azure: the identity that the platform manages, or a developer's own sign-in; never a secret."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError
from azure.identity import AzureCliCredential, ManagedIdentityCredential

from shared.errors import LedgerUnavailable

MANAGED, DEVELOPER = "beheerd", "ontwikkelaar"
DATABASE_SCOPE = "https://ossrdbms-aad.database.windows.net/.default"


@lru_cache(maxsize=4)
def credential(identity: str) -> TokenCredential:
    """Return what signs in: `beheerd`, the client id of an identity that is assigned to the app, or `ontwikkelaar`.

    Not DefaultAzureCredential: its chain may pick another identity than was meant, or a secret in the environment.
    """
    if identity == DEVELOPER:
        return AzureCliCredential()
    if identity == MANAGED:
        return ManagedIdentityCredential()
    return ManagedIdentityCredential(client_id=identity)


def database_password(signs_in: TokenCredential) -> Callable[[], str]:
    """Return a function that gives an Entra token to use as password; asked again for every new connection.

    The library keeps a token and renews it well before it expires; a connection that stands outlives its token.
    """

    def token() -> str:
        try:
            return signs_in.get_token(DATABASE_SCOPE).token
        except AzureError as cause:
            raise LedgerUnavailable(
                f"No token for the database was given ({type(cause).__name__}).",
                where="database",
                next_step="Check that the app has its identity (SLIMME_CHECK_IDENTITEIT); the next round tries again.",
            ) from None

    return token
