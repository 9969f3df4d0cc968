"""Loads the function app through Microsoft's own worker library, and calls its functions as the host does.

Run in a process of its own (`python -m tests.shell.worker`), because the worker keeps the app in module globals: reads
a list of calls as JSON from stdin, writes bindings and outcomes as JSON to stdout. Plain objects stand in for the
messages that the host and the worker exchange.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


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


def protos() -> SimpleNamespace:
    """Return the messages by name, as the worker expects them."""
    names = "WorkerInitResponse WorkerMetadata FunctionMetadataResponse RpcFunctionMetadata RpcException"
    names += " InvocationResponse ParameterBinding TypedData RpcHttp"
    kinds = {name: type(name, (Message,), {}) for name in names.split()}
    return SimpleNamespace(**kinds, StatusResult=StatusResult, BindingInfo=BindingInfo)


def inputs_of(call: dict[str, Any]) -> dict[str, Message]:
    """Return the trigger's value in the form in which the host hands it over."""
    if call["kind"] == "blob":
        return {"blob": Message(bytes=b"{}")}
    if call["kind"] == "timer":
        return {"timer": Message(json='{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}')}
    body = call["body"].encode()
    request = Message(
        method="POST",
        url="http://localhost/api/reprocess",
        headers={"content-length": str(len(body))},
        params={},
        query={},
        body=Message(bytes=body),
    )
    return {"request": Message(http=request)}


def metadata_of(call: dict[str, Any]) -> dict[str, Message]:
    """Return what the host tells beside the trigger's value."""
    if call["kind"] != "blob":
        return {}
    address = json.dumps(f"https://opslag.blob.core.windows.net/{call['name']}")
    told = {"Uri": Message(json=address), "Properties": Message(json='{"Length":2}'), "Metadata": Message(json="{}")}
    return {"BlobTrigger": Message(string=call["name"]), **told}


async def serve(calls: list[dict[str, Any]]) -> dict[str, Any]:
    """Index the app, then make the calls one after another."""
    import azure_functions_runtime as worker

    sys.path.append(str(ROOT))
    worker.start_threadpool_executor()
    properties = {"protos": protos(), "host": "127.0.0.1"}

    async def ask(entry: str, request: Message) -> Any:
        wrapped = Message(name=entry, request=Message(**{entry: request}), properties=properties)
        return await getattr(worker, entry)(wrapped)

    started = await ask("worker_init_request", Message(capabilities={}, function_app_directory=str(ROOT)))
    if started.result.status != StatusResult.Success:
        return {"error": started.result.exception.message}
    found = await ask("functions_metadata_request", Message(function_app_directory=str(ROOT)))
    functions = {one.name: one for one in found.function_metadata_results}
    outcomes = [await _call(ask, functions, call) for call in calls]
    worker.stop_threadpool_executor()
    bindings = {name: [json.loads(raw) for raw in one.raw_bindings] for name, one in functions.items()}
    return {"bindings": bindings, "outcomes": outcomes}


async def _call(ask: Any, functions: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    request = Message(
        invocation_id="1",
        function_id=functions[call["function"]].function_id,
        input_data=[Message(name=name, data=data) for name, data in inputs_of(call).items()],
        trigger_metadata=metadata_of(call),
        trace_context=Message(trace_parent="", trace_state="", attributes={}),
        retry_context=Message(retry_count=0, max_retry_count=0, exception=None),
    )
    answer = await ask("invocation_request", request)
    outcome: dict[str, Any] = {"ok": answer.result.status == StatusResult.Success}
    if not outcome["ok"]:
        outcome["error"] = answer.result.exception.message
    if answer.return_value:
        http = answer.return_value.http
        outcome |= {"status": int(http.status_code), "headers": http.headers, "body": http.body.bytes.decode()}
    return outcome


def main() -> None:
    """Serve the calls on stdin."""
    logging.getLogger().setLevel(logging.INFO)  # as the host's proxy does
    logging.basicConfig(stream=sys.stderr)
    print(json.dumps(asyncio.run(serve(json.load(sys.stdin)))))


if __name__ == "__main__":
    main()
