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


# UTC: 03:15 in winter and 04:15 in summer in Amsterdam, so never in the hour that occurs twice or not at all
@app.function_name("purge")
@app.timer_trigger(arg_name="timer", schedule="0 15 2 * * *")
def purge(timer: func.TimerRequest) -> None:
    """Remove what is past its retention term."""
    bootstrap.nightly_purge()


# UTC: never between 00:00 and 04:00, so not in the hour that occurs twice or not at all, nor in the work of the night
@app.function_name("daytime")
@app.timer_trigger(arg_name="timer", schedule="0 5-55/10 4-22 * * *")
def daytime(timer: func.TimerRequest) -> None:
    """Take up what people asked for or made free."""
    bootstrap.daytime()


# anonymous to the platform: the app itself says who may do what (shared/access.py), and a key is nobody
@app.function_name("http")
@app.route(
    route="{*route}",
    trigger_arg_name="request",
    methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    auth_level=func.AuthLevel.ANONYMOUS,
)
async def http(request: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Answer a request to the API or a page."""
    return await bootstrap.answer_http(request, context)
