"""HTTP: the API of `/api/v1`. Turns requests into calls of services and outcomes into answers; decides nothing else."""

API_VERSION = "1.0.0"
PREFIX = "/api/v1"
