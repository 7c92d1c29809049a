#!/usr/bin/env bash
# A deployment to Heroku by hand, with curl, git and openssl: what the nine phases of the library do, and nothing else.
# API, HEROKU_KEY, APP, GIT_URL, CA, URL, SOURCE and VERSION come from the environment.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

api() {
  local method=$1 path=$2
  shift 2
  curl --silent --show-error --fail --request "$method" --header "Authorization: Bearer $HEROKU_KEY" \
    --header 'Accept: application/vnd.heroku+json; version=3' --header 'Content-Type: application/json' "$@" "$API$path"
}

maintenance() {
  api PATCH "/apps/$APP" --data "{\"maintenance\":$1}" > /dev/null
  api GET "/apps/$APP" | grep --quiet "\"maintenance\":$1"
}

# A command in a one-off dyno. Its exit code comes with its output, as there is no other place for it.
run() {
  local marker=exit-$RANDOM$RANDOM$RANDOM dyno address
  dyno=$(api POST "/apps/$APP/dynos" --data "{\"attach\":true,\"force_no_tty\":true,\"command\":\"( $1 ) < /dev/null; echo $marker:\$?\"}")
  address=$(sed --quiet 's|.*"attach_url":"rendezvous://\([^"]*\)".*|\1|p' <<< "$dyno")
  printf '%s\r\n\004' "${address#*/}" | openssl s_client -quiet -verify_return_error -CAfile "$CA" -connect "${address%%/*}" 2> /dev/null | tee "$work/output"
  grep --quiet "^$marker:0" "$work/output"
}

# Waits until every dyno is up and is none of those given.
dynos_up() {
  local dynos
  for _ in $(seq 600); do
    dynos=$(api GET "/apps/$APP/dynos")
    if grep --quiet '"state":"up"' <<< "$dynos" && ! grep --quiet --extended-regexp "\"state\":\"(starting|crashed|down)\"|$1" <<< "$dynos"; then
      return
    fi
    sleep 0.1
  done
  return 1
}

# Setup
api GET /account > /dev/null
api GET "/apps/$APP" | grep --quiet '"maintenance":false'

# MaintenanceOn, PreDeployCustom
maintenance true
run 'echo before'

# Push
mkdir "$work/source"
cp --archive "$SOURCE/." "$work/source"
git -C "$work/source" init --quiet
git -C "$work/source" add --all
git -C "$work/source" -c user.name=script -c user.email=script@localhost commit --quiet --message "$VERSION"
GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader GIT_CONFIG_VALUE_0="Authorization: Basic $(printf ':%s' "$HEROKU_KEY" | base64 --wrap=0)" \
  git -C "$work/source" push --force "$GIT_URL" HEAD:refs/heads/main
for _ in $(seq 600); do
  api GET "/apps/$APP/releases" --header 'Range: version ..; order=desc,max=1' > "$work/release"
  ! grep --quiet '"status":"pending"' "$work/release" || { sleep 0.1; continue; }
  break
done
grep --quiet '"status":"succeeded"' "$work/release"
grep --quiet '"current":true' "$work/release"
dynos_up 'nothing'

# PostDeployCustom
run 'echo after'

# Restart, and maintenance as it was found
before=$(api GET "/apps/$APP/dynos" | grep --only-matching '"created_at":"[^"]*","id":"[^"]*"' | sed 's/.*"id":"\([^"]*\)"/\1/' | paste --serial --delimiters='|')
api DELETE "/apps/$APP/dynos" > /dev/null
dynos_up "$before"
maintenance false

# PostDeployTest
curl --silent --show-error --fail "$URL" | grep --quiet --fixed-strings "$VERSION"
