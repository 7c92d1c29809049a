#!/usr/bin/env bash
# What a user does by hand: starts the platform, asks its API and its app, and ends it. The build machine runs this.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

ready=$(mktemp)
dotnet run --project samples/LocalHeroku -c Release --no-restore -- --app shop > "$ready" &
platform=$!
trap 'kill "$platform" 2> /dev/null || true; rm -f "$ready"' EXIT

until [ -s "$ready" ]; do
  kill -0 "$platform" || { echo "The platform ended before it was ready."; exit 1; }
  sleep 0.2
done

member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$ready"; }

curl --silent --show-error --fail --header "Authorization: Bearer $(member apiKey)" --header 'Accept: application/vnd.heroku+json; version=3' \
  "$(member apiUrl)/apps/shop" | grep '"name":"shop"' > /dev/null
echo "The platform answers at $(member apiUrl)."

kill -TERM "$platform"
code=0
wait "$platform" || code=$?
[ "$code" -eq 0 ] || { echo "The platform ended with exit code $code."; exit 1; }
[ ! -e "$(member caFile)" ] || { echo "The platform left $(member caFile) behind."; exit 1; }
echo "It ended and left nothing behind."
