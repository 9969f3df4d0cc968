"""Slimme Check: checks, pseudonymises, scores and explains applications; a person always decides."""

__version__ = "0.1.0"
CONTRACT_VERSION = "1.0.0"
ACTIVITY_URI = "urn:slimme-check:verwerkingsactiviteit:{dataset}:{activiteit}:{versie}"
