"""Checks the infrastructure without Azure: reads the Bicep as Azure would, and holds it against the promises."""
