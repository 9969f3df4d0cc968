"""Telemetry tells numbers and codes and never anything of a person; without its setting it does not exist."""

import getpass
import gzip
import json
import os
import re
import subprocess
import sys
import threading
import uuid
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from development.population.mailbox import write_mailbox
from shared.adapters.measurements import OpenTelemetry, resource
from shared.administration import RunRecord
from shared.events import Caller
from shared.interventions import request_run, stop_model
from shared.runstates import RunState
from shared.sweep import process_arrived, run_waiting
from tests.house.repository import ROOT
from tests.shell.crashing import Fuse, fused
from tests.shell.test_real_run import numbers_of_people
from tests.shell.workshop import DATASET, Crash, Workshop

BSN, NAME, ADDRESS, REASON = "123456782", "Kanarie-Jansen", "Zwaluwstraat 7", "omdat Kanarie-Jansen belde"


class Collected:
    """Telemetry whose exporters keep what would have been sent."""

    def __init__(self) -> None:
        self.reader, self.spans = InMemoryMetricReader(), InMemorySpanExporter()
        tracers = TracerProvider(ALWAYS_ON, resource())
        tracers.add_span_processor(SimpleSpanProcessor(self.spans))
        self.telemetry = OpenTelemetry(MeterProvider([self.reader], resource()), tracers)

    def metrics(self) -> dict[str, list[tuple[dict[str, Any], Any]]]:
        """Return of every metric its points: attributes and value (of durations the number and the sum)."""
        data = cast(Any, self.reader.get_metrics_data())
        found: dict[str, list[tuple[dict[str, Any], Any]]] = {}
        for metric in data.resource_metrics[0].scope_metrics[0].metrics if data else ():
            for point in metric.data.data_points:
                value = point.value if hasattr(point, "value") else (point.count, point.sum)
                found.setdefault(metric.name, []).append((dict(point.attributes), value))
        return found

    def everything(self) -> str:
        """Return all that would have been sent, as text."""
        data = cast(Any, self.reader.get_metrics_data())
        return (data.to_json() if data else "") + "".join(span.to_json() for span in self.spans.get_finished_spans())


@pytest.fixture
def collected() -> Collected:
    return Collected()


def measured(workshop: Workshop, collected: Collected) -> Workshop:
    return workshop.with_(telemetry=collected.telemetry)


def test_a_night_is_told_in_numbers(workshop: Workshop, collected: Collected) -> None:
    night = measured(workshop, collected)
    night.deliver("2026-11-19")
    night.deliver("2026-11-20", oordeel="afgekeurd")
    night.deliver("2026-11-23", description=False)
    run_waiting(night.installation)
    told = collected.metrics()
    model = "proefmodel-1.0.0"
    runs = {attributes["toestand"]: value for attributes, value in told["slimme_check.verwerkingen"]}
    assert runs == {"afgerond": 1, "afgekeurd": 1}
    assert told["slimme_check.aanvragen"] == [({"dataset": DATASET, "model": model}, 3)]
    findings = {(a["code"], a["ernst"]): value for a, value in told["slimme_check.bevindingen"]}
    assert findings == {("LEV-601", "melding"): 2, ("LEV-602", "melding"): 1, ("LEV-201", "afkeuren"): 1}
    assert all(number == 1 and seconds > 0 for _, (number, seconds) in told["slimme_check.verwerking.duur"])
    waiting = {attributes["soort"]: value for attributes, value in told["slimme_check.wachtende_leveringen"]}
    assert waiting == {"compleet": 0, "onvolledig": 1}


def test_a_run_is_a_span_with_its_steps_inside(workshop: Workshop, collected: Collected) -> None:
    night = measured(workshop, collected)
    night.deliver()
    process_arrived(night.installation)
    *steps, root = collected.spans.get_finished_spans()
    (run,) = night.installation.ledger.runs(DATASET, list(RunState))
    assert root.attributes is not None and root.attributes["verwerking"] == run.run_id
    names = [step.name for step in steps]
    assert names[0] == "levering gelezen en gecontroleerd" and names[-1] == "verwerking afgerond"
    assert all(step.parent is not None and step.parent.span_id == root.context.span_id for step in steps)
    assert all((step.start_time or 0) <= (step.end_time or 0) <= (root.end_time or 0) for step in steps)


def test_a_failure_is_told_by_its_code(workshop: Workshop, collected: Collected) -> None:
    night = measured(workshop, collected)
    night.deliver()

    core = type(night.installation.core)(**{**vars(night.installation.core), "judge": _dies})
    assert run_waiting(night.with_(core=core).installation).failed
    ((attributes, number),) = collected.metrics()["slimme_check.verwerkingen"]
    assert number == 1 and attributes["toestand"] == "mislukt" and attributes["fout"].startswith("SC-")
    assert NAME not in collected.everything() and BSN not in collected.everything()


def _dies(*_: object) -> None:
    raise RuntimeError(f"{NAME} {BSN}")


def test_nothing_of_a_person_or_a_name_that_somebody_chose_is_told(workshop: Workshop, collected: Collected) -> None:
    night = measured(workshop, collected).with_(caller=Caller(NAME, ADDRESS))
    night.deliver(f"2026-11-20-{BSN}", {BSN: 1, "987654321": 4})
    run_waiting(night.installation)
    request_run(night.installation, f"2026-11-20-{BSN}", [BSN], REASON)
    run_waiting(night.installation)
    stop_model(night.installation, REASON)
    night.deliver("2026-11-21", {"1001": 1})
    run_waiting(night.installation)
    people = {value for row in night.sql("SELECT dienst, persoon FROM resultaten") for value in row if value}
    told = collected.everything()
    assert len(collected.spans.get_finished_spans()) > 10
    assert not [word for word in (BSN, "987654321", NAME, ADDRESS, "2026-11-20", *people) if word in told]


def test_every_word_in_telemetry_is_of_our_own_lists(workshop: Workshop, collected: Collected) -> None:
    night = measured(workshop, collected)
    night.deliver()
    run_waiting(night.installation)
    keys = {key for points in collected.metrics().values() for attributes, _ in points for key in attributes}
    assert keys == {"dataset", "model", "toestand", "reden", "code", "ernst", "soort"}
    spans = collected.spans.get_finished_spans()
    assert {key for span in spans for key in span.attributes or {}} == {
        "verwerking",
        "dataset",
        "model",
        "toestand",
        "reden",
        "aanvragen",
    }
    assert json.loads(spans[0].to_json())["resource"]["attributes"].keys() == {"service.name", "service.version"}


def test_trouble_with_telemetry_is_no_trouble_of_the_run(workshop: Workshop) -> None:
    class Down:
        def measured(self, *_: object) -> None:
            raise ConnectionError("weg")

    night = workshop.with_(telemetry=Down())
    night.deliver()
    assert not run_waiting(night.installation).failed
    found: RunRecord = night.installation.ledger.runs(DATASET, list(RunState))[0]
    assert found.state is RunState.AFGEROND


def test_a_run_that_was_taken_over_counts_the_attempt_that_ended_it(workshop: Workshop, collected: Collected) -> None:
    workshop.deliver()
    with pytest.raises(Crash):
        run_waiting(fused(workshop, Fuse(2)))
    workshop.clock.pass_by(timedelta(hours=2))
    run_waiting(measured(workshop, collected).installation)
    ((_, (number, seconds)),) = collected.metrics()["slimme_check.verwerking.duur"]
    assert number == 1 and seconds < 60


def test_without_the_setting_nothing_of_it_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from shared import bootstrap; bootstrap.run_waiting();"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] == 'opentelemetry'"
        " or name.startswith('azure.monitor')))"
    )
    environment = {**os.environ, "SLIMME_CHECK_OPSLAG": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_what_is_really_sent_goes_to_one_place_and_holds_nothing_of_a_person(tmp_path: Path) -> None:
    """Microsoft's own exporter, in a process of its own, sends to a listener of ours."""
    sent: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent.append(gzip.decompress(body).decode() if self.headers["Content-Encoding"] == "gzip" else body.decode())
            number = len(json.loads(sent[-1]))
            answer = json.dumps({"itemsReceived": number, "itemsAccepted": number, "errors": []}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    write_mailbox(tmp_path, seed=11, day=date(2026, 11, 16))
    numbers = numbers_of_people(tmp_path / "brievenbus")
    place = f"http://127.0.0.1:{server.server_port}/"
    connection = f"InstrumentationKey={uuid.uuid4()};IngestionEndpoint={place};LiveEndpoint={place}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("APPLI", "SLIMME"))}
    environment |= {"SLIMME_CHECK_OPSLAG": str(tmp_path), "SLIMME_CHECK_TELEMETRIE": connection}
    # whatever would go anywhere else ends here, and is seen
    environment |= {"HTTPS_PROXY": place, "https_proxy": place}
    ran = subprocess.run(
        [sys.executable, "-m", "shared", "run"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    server.shutdown()
    server.server_close()
    assert ran.returncode == 0, ran.stderr
    items = [item for body in sent for item in json.loads(body)]
    names = {metric["name"] for item in items for metric in item["data"]["baseData"].get("metrics", ())}
    assert {name for name in names if name.startswith("slimme_check.")} == names and len(names) == 5
    assert any(item["data"]["baseType"] == "RemoteDependencyData" for item in items)
    told = "".join(sent)
    assert len(numbers) > 100
    assert not numbers & set(re.findall(r"[0-9]{7,}", told))
    assert ":" + "2026-11" not in told and str(tmp_path) not in told
    assert getpass.getuser() not in {value for item in items for value in item["tags"].values()}
