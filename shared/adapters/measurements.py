"""Sends measurements by OpenTelemetry. Nothing here is imported where no telemetry is set.

No library is instrumented by itself: their spans hold addresses, and what they log is not ours to promise about.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from azure.core.credentials import TokenCredential
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Status, StatusCode, set_span_in_context

from shared import __version__
from shared.measurement import RunMeasured

_NAME = "slimme-check"
_SECONDS_TO_SEND = 10


def resource() -> Resource:
    """Return what every measurement says of its origin: product and version, not the machine."""
    return Resource({"service.name": _NAME, "service.version": __version__})


def to_azure_monitor(connection: str, signs_in: TokenCredential | None = None) -> OpenTelemetry:
    """Return measurements that go to an Application Insights of this connection string.

    `signs_in`: who sends them, where the place takes nothing from who merely knows its address.
    """
    from azure.monitor.opentelemetry.exporter import AzureMonitorMetricExporter, AzureMonitorTraceExporter

    # nothing is kept on the disk of the machine
    metrics = AzureMonitorMetricExporter(
        connection_string=connection, credential=signs_in, disable_offline_storage=True
    )
    traces = AzureMonitorTraceExporter(connection_string=connection, credential=signs_in, disable_offline_storage=True)
    meters = MeterProvider([PeriodicExportingMetricReader(metrics)], resource())
    tracers = TracerProvider(ALWAYS_ON, resource())
    tracers.add_span_processor(BatchSpanProcessor(traces))
    return OpenTelemetry(meters, tracers)


class OpenTelemetry:
    """Telemetry through these providers; what is measured is sent before the function may be frozen."""

    def __init__(self, meters: MeterProvider, tracers: TracerProvider) -> None:
        """Make the instruments; their names and units are what a dashboard is built on."""
        self._meters, self._tracers = meters, tracers
        meter = meters.get_meter(_NAME, __version__)
        self._tracer = tracers.get_tracer(_NAME, __version__)
        self._seconds = meter.create_histogram("slimme_check.verwerking.duur", "s")
        self._runs = meter.create_counter("slimme_check.verwerkingen", "1")
        self._applications = meter.create_counter("slimme_check.aanvragen", "1")
        self._findings = meter.create_counter("slimme_check.bevindingen", "1")
        self._waiting = meter.create_gauge("slimme_check.wachtende_leveringen", "1")

    def measured(self, dataset: str, runs: Sequence[RunMeasured], waiting: int, incomplete: int) -> None:
        """Take in what a round did, and what waits after it."""
        for run in runs:
            self._count(run)
            self._trace(run)
        self._waiting.set(waiting, {"dataset": dataset, "soort": "compleet"})
        self._waiting.set(incomplete, {"dataset": dataset, "soort": "onvolledig"})
        self._meters.force_flush(_SECONDS_TO_SEND * 1000)
        self._tracers.force_flush(_SECONDS_TO_SEND * 1000)

    def _count(self, run: RunMeasured) -> None:
        which = {"dataset": run.dataset, "model": run.model, "toestand": run.toestand, "reden": run.reden}
        if run.fout:
            which["fout"] = run.fout
        self._runs.add(1, which)
        self._seconds.record((run.end - run.begin).total_seconds(), which)
        self._applications.add(run.aanvragen, {"dataset": run.dataset, "model": run.model})
        for (code, ernst), number in run.bevindingen.items():
            self._findings.add(number, {"dataset": run.dataset, "code": code, "ernst": ernst})

    def _trace(self, run: RunMeasured) -> None:
        attributes: dict[str, str | int] = {
            "verwerking": run.run,
            "dataset": run.dataset,
            "model": run.model,
            "toestand": run.toestand,
            "reden": run.reden,
            "aanvragen": run.aanvragen,
        }
        root = self._tracer.start_span("verwerking", start_time=_nanoseconds(run.begin), attributes=attributes)
        inside = set_span_in_context(root)
        for step in run.stappen:
            span = self._tracer.start_span(step.handeling, inside, start_time=_nanoseconds(step.begin))
            span.end(_nanoseconds(step.end))
        if run.fout:
            root.set_status(Status(StatusCode.ERROR, run.fout))
        root.end(_nanoseconds(run.end))


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000
