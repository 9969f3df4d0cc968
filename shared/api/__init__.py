"""HTTP: turns requests into calls and outcomes into answers; no framework, so that every host can serve it."""
