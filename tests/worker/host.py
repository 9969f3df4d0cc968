"""Stands in for the Functions host: loads an app through Microsoft's own worker library, and calls its functions.

Run as a script, in a process of its own, because the worker keeps the app in module globals. Reads from stdin, as JSON,
the folder of the app, its settings, whether this process was a placeholder first, and the calls; writes bindings and
outcomes as JSON to the last line of stdout, and the log to stderr. Plain objects stand in for the protobuf messages.
"""

from __future__ import annotations

import asyncio
import fnmatch
import json
import logging
import os
import resource
import sys
import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "een-functiesleutel"
_ADDRESS = "https://opslag.blob.core.windows.net"
_HTTP_LOG = "azure.core.pipeline.policies.http_logging_policy"


class Message:
    """One message: what was given, and empty for what was not."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update({name: value for name, value in fields.items() if value is not None})

    def __getattr__(self, name: str) -> Any:
        if not name[0].islower():  # methods and kinds that a message does not have
            raise AttributeError(name)
        return ""

    def WhichOneof(self, of: str) -> str | None:  # noqa: N802 - as protobuf calls it
        return "data" if of == "rpc_data" else next(iter(self.__dict__), None)


class StatusResult(Message):
    Failure, Success, Cancelled = range(3)


class BindingInfo(Message):
    out, inout, undefined = 1, 2, 0


class Cookie(Message):
    SameSite = SimpleNamespace(**{"None": 0, "Lax": 1, "Strict": 2, "ExplicitNone": 3})


def protos() -> SimpleNamespace:
    """Return the messages by name, as the worker expects them."""
    names = "WorkerInitResponse WorkerMetadata FunctionMetadataResponse FunctionLoadResponse RpcFunctionMetadata"
    names += " FunctionEnvironmentReloadResponse RpcException InvocationResponse ParameterBinding TypedData RpcHttp"
    names += " NullableBool NullableDouble NullableString NullableTimestamp"
    kinds = {name: type(name, (Message,), {}) for name in names.split()}
    kinds["RpcHttpCookie"] = Cookie
    return SimpleNamespace(**kinds, StatusResult=StatusResult, BindingInfo=BindingInfo)


def _text(value: str) -> Message:
    return Message(string=value)


def _plain(value: object) -> Message:
    return Message(json=json.dumps(value))


def blob_event(call: dict[str, Any]) -> tuple[Message, dict[str, Message]]:
    """A blob that Event Grid told of: its bytes, its name with the container, and what the storage extension adds.

    The extension does not compare the name with the path of the binding; placeholders are filled only where it fits.
    """
    data, now = call.get("data", "{}").encode(), datetime.now(UTC).isoformat()
    about = {"LastModified": now, "ContentLength": len(data), "BlobType": 0, "Metadata": {}, "AccessTier": "Hot"}
    told = {
        "BlobTrigger": _text(call["name"]),
        "Uri": _plain(f"{_ADDRESS}/{call['name']}"),
        "Properties": _plain(about),
        "Metadata": _plain({}),
    }
    parts = call["name"].split("/")
    if len(parts) == 4 and parts[0] == "brievenbus" and parts[3] == "datapackage.json":
        told |= {"dataset": _text(parts[1]), "levering": _text(parts[2])}
    return Message(bytes=data), told


def queue_message(call: dict[str, Any]) -> tuple[Message, dict[str, Message]]:
    """A message of a queue: text, or bytes where it is no UTF-8."""
    raw, now = call["message"].encode("latin-1"), datetime.now(UTC)
    try:
        body = Message(string=raw.decode("utf-8"))
    except UnicodeDecodeError:
        body = Message(bytes=raw)
    return body, {
        "QueueTrigger": body,
        "Id": _text(call.get("id") or str(uuid.uuid4())),
        "DequeueCount": _plain(call.get("dequeue_count", 1)),
        "PopReceipt": _text("AgAAAAMAAAA="),
        "ExpirationTime": _plain((now + timedelta(days=7)).isoformat()),
        "InsertionTime": _plain(now.isoformat()),
        "NextVisibleTime": _plain((now + timedelta(minutes=5)).isoformat()),
    }


def timer_tick(call: dict[str, Any]) -> tuple[Message, dict[str, Message]]:
    """A tick of the clock, as TimerInfo is written out."""
    now = datetime.now(UTC)
    status = {"Last": now.isoformat(), "Next": (now + timedelta(days=1)).isoformat(), "LastUpdated": now.isoformat()}
    info = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": call.get("past_due", False)}
    return _plain(info), {"TimerTrigger": _text(now.strftime("%m/%d/%Y %H:%M:%S"))}


def http_request(call: dict[str, Any]) -> tuple[Message, dict[str, Message]]:
    """A request: header names in lower case, no body where there are no bytes, no empty query values."""
    body, url = call.get("body", "").encode(), call["url"]
    headers = {name.lower(): value for name, value in call.get("headers", {}).items()}
    headers |= {"host": "localhost"} | ({"content-length": str(len(body))} if body else {})
    request = Message(
        method=call["method"],
        url=f"https://localhost{url}",
        headers=headers,
        params={},
        query={name: value for name, value in parse_qsl(urlsplit(url).query) if value},
        body=Message(bytes=body) if body else Message(),
    )
    return Message(http=request), {}


_PAYLOADS = {
    "blobTrigger": blob_event,
    "queueTrigger": queue_message,
    "timerTrigger": timer_tick,
    "httpTrigger": http_request,
}


class App:
    """An app in the worker; `functions` by name, with the JSON of their bindings."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.functions: dict[str, Any] = {}
        self.bindings: dict[str, list[dict[str, Any]]] = {}
        self.protos = protos()

    async def _ask(self, entry: str, **fields: Any) -> Any:
        import azure_functions_runtime as worker

        wrapped = Message(name=entry, request=Message(**{entry: Message(**fields)}))
        wrapped.properties = {"protos": self.protos, "host": "127.0.0.1"}
        answer = await getattr(worker, entry)(wrapped)
        if entry != "invocation_request" and answer.result.status != StatusResult.Success:
            raise SystemExit(f"{entry}: {answer.result.exception.message}")
        return answer

    async def start(self, settings: dict[str, str], placeholder: bool) -> None:
        """Load the app: at once, or after this process was a placeholder without an app and without its settings."""
        if placeholder:
            await self._ask("worker_init_request", capabilities={}, function_app_directory=tempfile.mkdtemp())
            await self._ask(
                "function_environment_reload_request",
                environment_variables={**os.environ, **settings},
                function_app_directory=self.folder,
            )
        else:
            os.environ.update(settings)
            await self._ask("worker_init_request", capabilities={}, function_app_directory=self.folder)
        found = await self._ask("functions_metadata_request", function_app_directory=self.folder)
        for one in found.function_metadata_results or ():
            self.functions[one.name] = one
            self.bindings[one.name] = [json.loads(raw) for raw in one.raw_bindings]
            await self._ask("function_load_request", function_id=one.function_id, metadata=one)

    def _trigger(self, name: str) -> dict[str, Any]:
        return next(binding for binding in self.bindings[name] if binding["type"].endswith("Trigger"))

    async def call(self, call: dict[str, Any]) -> dict[str, Any]:
        """Return what the host would make of this call."""
        if "method" in call:
            refused = self._refused(call)
            if refused:
                return {"ok": True, "status": refused, "headers": {}, "body": "", "called": False}
        trigger = self._trigger(call["function"])
        value, told = _PAYLOADS[trigger["type"]](call)
        answer = await self._ask(
            "invocation_request",
            invocation_id=str(uuid.uuid4()),
            function_id=self.functions[call["function"]].function_id,
            input_data=[Message(name=trigger["name"], data=value)],
            trigger_metadata=told,
            trace_context=Message(trace_parent=f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-01", attributes={}),
            retry_context=Message(retry_count=0, max_retry_count=0),
        )
        if answer.result.status != StatusResult.Success:
            # the host's telemetry gets both; a caller gets 500 and nothing else
            cause = answer.result.exception
            return {"ok": False, "status": 500, "error": cause.message, "stack": cause.stack_trace, "body": ""}
        if not answer.return_value:
            return {"ok": True}
        http = answer.return_value.http
        body = http.body.bytes.decode()
        return {"ok": True, "status": int(http.status_code), "headers": dict(http.headers), "body": body}

    def _refused(self, call: dict[str, Any]) -> int:
        """Return with which status the host answers by itself, or 0: no such route or method, or no key."""
        path = urlsplit(call["url"]).path
        routes = {name: self._trigger(name) for name in self.bindings if self._trigger(name)["type"] == "httpTrigger"}
        fitting = [
            (name, route)
            for name, route in routes.items()
            if fnmatch.fnmatch(path, f"/{route['route'].replace('{*route}', '*')}")
            and call["method"] in route["methods"]
        ]
        if not fitting:
            return 404
        call["function"], route = fitting[0]
        given = {name.lower(): value for name, value in call.get("headers", {}).items()}.get("x-functions-key")
        return 401 if route["authLevel"] != "ANONYMOUS" and given != KEY else 0


async def serve(asked: dict[str, Any]) -> dict[str, Any]:
    """Start the app, then make the calls one after another."""
    import azure_functions_runtime as worker

    worker.start_threadpool_executor()
    app = App(asked["app"])
    await app.start(asked["settings"], asked["placeholder"])
    outcomes = [await app.call(call) for call in asked["calls"]]
    worker.stop_threadpool_executor()
    return {
        "bindings": app.bindings,
        "outcomes": outcomes,
        "code": str(Path(sys.modules["shared.bootstrap"].__file__ or "").parents[2]),
        "imported": sorted(sys.modules),
        "http_log": logging.getLogger(_HTTP_LOG).getEffectiveLevel(),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Serve what stdin asks."""
    asked = json.load(sys.stdin)
    # as the proxy worker leaves it: the app's folder last, and nothing of the project beside it
    project = Path(__file__).resolve().parents[2]
    sys.path[:] = [
        place for place in sys.path if place and Path(place).resolve() not in (project, Path(__file__).parent)
    ]
    if not asked["placeholder"]:
        sys.path.append(asked["app"])
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    os.chdir(asked["app"])
    print(json.dumps(asyncio.run(serve(asked))))


if __name__ == "__main__":
    main()
