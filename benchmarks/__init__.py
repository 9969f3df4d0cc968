"""How fast, light and large: each module measures one thing beside what it is compared with; `make bench` runs all.

A module has SIZE, SMALL (takes a second or so; the tests run it so that it cannot rot) and `measure(size)`, which
returns an Outcome (outcome.py) made with measuring.py alone. It is named in all_of_them.py and runs by itself too:
`python -m benchmarks.<name> [SIZE]`. What was measured lies in werk/benchmarks/; docs/performance.md is made from it.
"""
