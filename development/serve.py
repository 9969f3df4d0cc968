"""`python -m development serve`: the API and the pages on localhost, with a login per role."""

from __future__ import annotations

import argparse
from pathlib import Path

from development.issuer import LocalIssuer
from shared import bootstrap
from shared.access import Role
from shared.api import PREFIX

# the Amsterdam Design System, where `make browser` put it
STYLE = Path(__file__).resolve().parents[1] / "tests/pages/node_modules/@amsterdam/design-system-css/dist"
HOST, PORT = "127.0.0.1", 7071


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `serve`."""
    parser = subparsers.add_parser("serve", help="serve the API and the pages on localhost, with a login per role")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--tokens", action="store_true", help="show a token per role, for calls to the API")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    import uvicorn

    issuer = LocalIssuer(bootstrap.settings().access)
    app = bootstrap.http_app(issuer.sign_in, issuer.token, STYLE)
    print(f"Pagina's: http://{HOST}:{args.port}/ — kies daar een rol om mee aan te melden.")
    print(f"API:      http://{HOST}:{args.port}{PREFIX}/openapi.json")
    if args.tokens:
        for role in Role:
            print(f"\n{role}\nAuthorization: Bearer {issuer.token(role)}")
    else:
        print("Een token per rol voor de API: python -m development serve --tokens")
    # nobody stands before it who could say for whom he asks
    uvicorn.run(app, host=HOST, port=args.port, log_level="warning", server_header=False, proxy_headers=False)
    return 0
