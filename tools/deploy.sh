#!/bin/sh
# One step of a deployment to one environment, as who is signed in with `az login`. Called by make, in this order:
#   provision, migrate, code, events, smoke (or health), and code with the package before when one of these fails.
# From the variable group of the environment: GROEP (resource group), MENSEN (JSON of object ids), APP_REGISTRATIE,
# ALARMADRES, WEBADRES, DATAVERKENNER (name of its principal). No secret is asked for, and none is printed.
set -eu
step=$1
environment=${OMGEVING:?give OMGEVING=ontwikkel, test, acceptatie or productie}
: "${GROEP:?the resource group, from the variable group of $environment}"
parameters=infra/parameters/$environment.json
[ -f "$parameters" ] || { echo "There is no $parameters." >&2; exit 1; }
python=${PYTHON:-.venv/bin/python}

output() { az deployment group show --resource-group "$GROEP" --name main --query "properties.outputs.$1.value" --output tsv; }
identity() { az identity show --resource-group "$GROEP" --name "$1" --query principalId --output tsv; }

case $step in
provision)
  az deployment group create --resource-group "$GROEP" --name main --template-file infra/main.bicep \
    --parameters "@$parameters" --parameters people="${MENSEN:?}" appRegistration="${APP_REGISTRATIE:?}" \
    alarmAddress="${ALARMADRES:?}" webAddress="${WEBADRES:?}" --output none
  ;;
migrate)
  app=id-slimme-check-app-$environment purge=id-slimme-check-verwijder-$environment
  SLIMME_CHECK_DATABASE="postgresql+psycopg://id-slimme-check-migratie-$environment@$(output databaseHost):5432/slimme_check"
  export SLIMME_CHECK_DATABASE SLIMME_CHECK_DATABASE_ENTRA=ja SLIMME_CHECK_IDENTITEIT=ontwikkelaar
  "$python" -m shared.migrate
  reader=$(printf '%s' "${MENSEN:?}" | "$python" -c 'import json, sys; print(json.load(sys.stdin)["dataverkenner"])')
  "$python" -m development.deploying grant "app=$app:$(identity "$app")" "verwijder=$purge:$(identity "$purge")" \
    "dataverkenner=${DATAVERKENNER:?}:$reader"
  ;;
code)
  package=${PAKKET:-werk/pakket/slimme-check.zip}
  [ -f "$package" ] || { echo "There is no $package." >&2; exit 1; }
  for name in appName purgeName; do
    az functionapp deployment source config-zip --resource-group "$GROEP" --name "$(output $name)" --src "$package" \
      --build-remote false --output none
  done
  ;;
events)
  mailbox=$(output mailboxAccount)
  az deployment group create --resource-group "$GROEP" --name events --template-file infra/events.bicep \
    --parameters omgeving="$environment" location="$(output location)" appName="$(output appName)" \
    mailboxAccount="$mailbox" hostAccount="$(output hostAccount)" --output none
  ;;
smoke-deliver)
  [ "$environment" != productie ] || { echo "Nothing invented is delivered in productie." >&2; exit 1; }
  "$python" -m development.deploying smoke deliver "https://$(output mailboxAccount).blob.core.windows.net"
  ;;
smoke-read)
  [ "$environment" != productie ] || { echo "Nothing invented is delivered in productie." >&2; exit 1; }
  "$python" -m development.deploying smoke read "https://$(output outputAccount).blob.core.windows.net"
  ;;
health)
  "$python" -m development.deploying smoke health "${WEBADRES:?}"
  ;;
*)
  echo "There is no step $step." >&2
  exit 1
  ;;
esac
