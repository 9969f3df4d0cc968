"""Storage, keys and sign-in on Azure, always by identity: there is no connection string or account key anywhere."""
