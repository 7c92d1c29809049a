#!/usr/bin/env bash
# Installs the real Heroku CLI into artifacts/tools/heroku for the tests that talk to the local platform with it.
# Does nothing when the wanted version is there. Prints the path of the program.
set -euo pipefail

version=11.10.0
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=$root/artifacts/tools/heroku
program=$target/node_modules/.bin/heroku

installed() {
  [ -x "$program" ] && grep -q "\"version\": \"$version\"" "$target/node_modules/heroku/package.json"
}

if ! installed; then
  command -v npm >/dev/null || { echo "npm is needed to install the Heroku CLI: install Node.js 20 or later" >&2; exit 1; }
  mkdir -p "$target"
  [ -f "$target/package.json" ] || echo '{ "private": true }' >"$target/package.json"
  npm install --prefix "$target" --no-audit --no-fund --no-package-lock "heroku@$version" >&2
  installed || { echo "the Heroku CLI $version did not install into $target" >&2; exit 1; }
fi
echo "$program"
