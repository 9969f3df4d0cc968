"""Every benchmark, in the order of the page."""

NAMES = ("cold_start", "scoring", "end_to_end", "cost_of_a_night", "from_features", "bulk", "report_month", "publish")
