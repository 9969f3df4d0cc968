"""Triggers and nothing else: each is one call into bootstrap; nothing is parsed or decided here."""

import azure.functions as func

from shared import bootstrap

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.function_name("delivery_arrived")
@app.blob_trigger(
    arg_name="blob",
    path="brievenbus/{dataset}/{levering}/datapackage.json",
    connection="BRIEVENBUS",
    source=func.BlobSource.EVENT_GRID,
)
def delivery_arrived(blob: func.InputStream) -> None:
    """Process the delivery whose description arrived."""
    bootstrap.delivery_arrived(blob.name or "")


# where the platform puts an event that failed five times, in the account of the mailbox; nobody else reads it
@app.function_name("poison")
@app.queue_trigger(arg_name="message", queue_name="webjobs-blobtrigger-poison", connection="BRIEVENBUS")
def poison(message: func.QueueMessage) -> None:
    """Tell of an event that was given up."""
    bootstrap.poisoned(message.get_body(), message.id or "")


# UTC: 04:30 in winter and 05:30 in summer in Amsterdam, so never in the hour that occurs twice or not at all
@app.function_name("nightly")
@app.timer_trigger(arg_name="timer", schedule="0 30 3 * * *")
def nightly(timer: func.TimerRequest) -> None:
    """Sweep the mailboxes, and tell of deliveries that did not come."""
    bootstrap.nightly()


@app.function_name("reprocess")
@app.route(route="reprocess", trigger_arg_name="request", methods=["POST"])
def reprocess(request: func.HttpRequest) -> func.HttpResponse:
    """Judge a delivery, or some of its applications, again."""
    return func.HttpResponse(**bootstrap.reprocess(request.get_body()).as_response())
