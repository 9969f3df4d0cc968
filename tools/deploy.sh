#!/bin/sh
# One step of a deployment to one environment, as who is signed in with `az login`. Called by make, in this order:
#   provision, migrate, code, events, smoke (or health), and code with the package before when one of these fails.
# Once, before all of it and by an owner: roles. What provision made it writes to werk/uitrol-<environment>.json (no secrets):
# who migrates or tries it may see nothing of the deployment in Azure. `outputs` writes that file anew.
# From the variable group of the environment: GROEP (resource group), MENSEN (JSON of object ids), APP_REGISTRATIE,
# ALARMADRES, WEBADRES (may be empty), DATAVERKENNER (name of its principal). No secret is asked for, and none is printed.
set -eu
step=$1
environment=${OMGEVING:?give OMGEVING=ontwikkel, test, acceptatie or productie}
: "${GROEP:?the resource group, from the variable group of $environment}"
parameters=infra/parameters/$environment.json
[ -f "$parameters" ] || { echo "There is no $parameters." >&2; exit 1; }
python=${PYTHON:-.venv/bin/python}
outputs=werk/uitrol-$environment.json

output() {
  "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]]["value"])' "$outputs" "$1"
}
write_outputs() {
  mkdir -p werk
  az deployment group show --resource-group "$GROEP" --name main --query properties.outputs --output json > "$outputs.new"
  mv "$outputs.new" "$outputs"
}
as_migration() {
  host=$(output databaseHost)
  SLIMME_CHECK_DATABASE="postgresql+psycopg://id-slimme-check-migratie-$environment@$host:5432/slimme_check"
  export SLIMME_CHECK_DATABASE SLIMME_CHECK_DATABASE_ENTRA=ja SLIMME_CHECK_IDENTITEIT=ontwikkelaar
}
# a role that was just given takes minutes to count, and the key of the webhook comes with the first start of the app
again() {
  tries=1
  until "$@"; do
    [ $tries -lt 4 ] || return 1
    tries=$((tries + 1))
    echo "Not yet; try $tries of 4 in ${PAUZE:-90} seconds." >&2
    sleep "${PAUZE:-90}"
  done
}
# a locked policy refuses to be written again, also as it is
audit_locked() {
  account=$(az storage account list --resource-group "$GROEP" --query "[?starts_with(name, 'sc$(printf %.1s "$environment")log')].name" --output tsv)
  state=
  [ -z "$account" ] || state=$(az storage container immutability-policy show --resource-group "$GROEP" \
    --account-name "$account" --container-name logboek --query state --output tsv) || state=
  [ "$state" = Locked ] && echo true || echo false
}

case $step-$environment in
smoke-*-productie)
  echo "Nothing invented is delivered in productie." >&2
  exit 1
  ;;
esac
case $step in
migrate | admit | command | code | events | smoke-* | health)
  [ -f "$outputs" ] || { echo "There is no $outputs: first make provision, or make outputs, as who rolls out." >&2; exit 1; }
  ;;
esac
case $step in
roles)
  az deployment group create --resource-group "$GROEP" --name roles --template-file infra/roles.bicep \
    --parameters omgeving="$environment" --output none
  ;;
provision)
  rm -f "$outputs"
  locked=$(audit_locked)
  az deployment group create --resource-group "$GROEP" --name main --template-file infra/main.bicep \
    --parameters "@$parameters" --parameters people="${MENSEN:?}" appRegistration="${APP_REGISTRATIE:?}" \
    alarmAddress="${ALARMADRES:?}" webAddress="${WEBADRES:-}" auditLocked="$locked" --output none
  write_outputs
  ;;
outputs)
  write_outputs
  ;;
migrate)
  app=id-slimme-check-app-$environment purge=id-slimme-check-verwijder-$environment
  as_migration
  "$python" -m shared.migrate
  reader=$(printf '%s' "${MENSEN:?}" | "$python" -c 'import json, sys; print(json.load(sys.stdin)["dataverkenner"])')
  "$python" -m development.deploying grant "app=$app:$(output appPrincipal)" "verwijder=$purge:$(output purgePrincipal)" \
    "dataverkenner=${DATAVERKENNER:?}:$reader"
  ;;
admit)
  as_migration
  "$python" -m development.deploying admit "${PERSOON:?who, as name:object-id}"
  ;;
command)
  az functionapp config appsettings list --resource-group "$GROEP" --name "$(output appName)" --output json |
    "$python" -m development.deploying as "${NAAM:?your name in Entra ID}" ${OPDRACHT:?such as: shared verify-audit}
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
  again az deployment group create --resource-group "$GROEP" --name events --template-file infra/events.bicep \
    --parameters omgeving="$environment" location="$(output location)" appName="$(output appName)" \
    mailboxAccount="$(output mailboxAccount)" hostAccount="$(output hostAccount)" --output none
  ;;
smoke-deliver)
  "$python" -m development.deploying smoke deliver "https://$(output mailboxAccount).blob.core.windows.net"
  ;;
smoke-read)
  "$python" -m development.deploying smoke read "https://$(output outputAccount).blob.core.windows.net"
  ;;
health)
  "$python" -m development.deploying smoke health "$(output webAddress)"
  ;;
*)
  echo "There is no step $step." >&2
  exit 1
  ;;
esac
