"""The register of model versions: who proposed, approved and activated what, and what scores beside it."""
