"""Asks the checks something about a copy of the repository, in the Python that can read Bicep; answers as JSON."""

import json
import sys
from pathlib import Path

from development.infra.appsettings import app_settings, concrete
from development.infra.check import problems
from development.infra.environments import deployments


def main() -> None:
    what, root = sys.argv[1], Path(sys.argv[2])
    if what == "problems":
        print(json.dumps([str(problem) for problem in problems(root)]))
        return
    environments, _ = deployments(root)
    if what == "settings":
        found = {
            each.name: {app.name: {k: concrete(k, v) for k, v in given.items()} for app, given in app_settings(each)}
            for each in environments
        }
    else:
        found = {
            each.name: {
                rule.name: rule.get("properties", "criteria", "allOf")[0]["query"]
                for rule in each.of("Microsoft.Insights/scheduledQueryRules")
            }
            for each in environments
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
