"""Slimme Check: checks, pseudonymises, scores and explains applications; a person always decides.

`CONTRACT_VERSION`: of every rule behind a result, the draw of a sample included; 1.0.0 is fixed with release 0.1.0.
"""

__version__ = "0.1.0"
CONTRACT_VERSION = "1.0.0"
ACTIVITY_URI = "urn:slimme-check:verwerkingsactiviteit:{dataset}:{activiteit}:{versie}"
