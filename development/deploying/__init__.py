"""From a clone to a running environment: the package of the app, who may enter the database, and the smoke test."""
