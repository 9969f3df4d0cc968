"""Every benchmark, in the order of the page."""

NAMES = ("cold_start", "scoring", "end_to_end", "bulk", "report_month", "publish")
