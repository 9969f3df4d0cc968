"""Kwijtschelding: a second use case, as small as one can be. The tests put this folder beside the first one."""
