#!/bin/bash
# A Dokku of tests: the forced command of a real sshd. It keeps apps as bare repositories that a real git pushes to, and "builds" them in the pre-receive hook, as
# Dokku does. What it prints, and how it ends, follows Dokku's source of 0.34 (dokku, plugins/git, plugins/ps, plugins/apps, dokku-maintenance).
ROOT=$(dirname "$0")
[ "$1" = git-hook ] && HOOK=$2

fail() { echo " !     $1" >&2; exit "${2:-1}"; }
need() { [ -d "$ROOT/$1.git" ] || fail "App $1 does not exist" 20; }
report() { [ -n "$1" ] && echo "$1" || fail "not deployed"; }

if [ -n "$HOOK" ]; then
  while read -r _ new ref; do
    [ "$ref" = refs/heads/master ] || { echo "-----> WARNING: deploy did not complete, you must push to master."; continue; }
    touch "$ROOT/$HOOK.lock"
    trap 'rm -f "$ROOT/$HOOK.lock"' EXIT
    echo "-----> Cleaning up..."
    echo "-----> Building $HOOK from herokuish"
    rm -rf "$ROOT/$HOOK.next"; mkdir "$ROOT/$HOOK.next"
    git archive "$new" | tar -x -C "$ROOT/$HOOK.next"
    if [ -f "$ROOT/$HOOK.next/build" ]; then
      (cd "$ROOT/$HOOK.next" && ROOT=$ROOT sh ./build 2>&1 | sed 's/^/       /'; exit "${PIPESTATUS[0]}") || { echo " !     Build failed"; exit 1; }
    fi
    rm -rf "$ROOT/$HOOK.live"; mv "$ROOT/$HOOK.next" "$ROOT/$HOOK.live"
    echo "=====> Application deployed:"
    echo "       http://$HOOK.dokku.test"
  done
  exit 0
fi

# Dokku cuts at blanks, and neither expands nor unquotes.
set -f; set -- $SSH_ORIGINAL_COMMAND; set +f
while [[ $1 == --* ]]; do shift; done
echo "$*" >> "$ROOT/calls"
case $1 in
  git-receive-pack | git-upload-pack) app=${2//\'/}; need "${app#/}"; exec git "${1#git-}" "$ROOT/${app#/}.git" ;;
  version) echo "dokku version 0.34.7" ;;
  apps:exists) need "$2" ;;
  apps:locked) need "$2"; [ -e "$ROOT/$2.lock" ] || fail "Deploy lock does not exist"; echo "-----> Deploy lock exists" ;;
  git:report) need "$2"; [ "$3" = --git-sha ] || fail "Invalid flag passed"; report "$(git -C "$ROOT/$2.git" rev-parse --short HEAD 2> /dev/null)" ;;
  ps:report)
    need "$2"
    case $3 in
      --deployed) [ -d "$ROOT/$2.live" ] && echo true || echo false ;;
      --running) [ ! -d "$ROOT/$2.live" ] && echo false && exit; [ -e "$ROOT/$2.live/sick" ] && echo mixed || echo true ;;
      *) fail "Invalid flag passed" ;;
    esac ;;
  ps:restart) need "$2"; echo "-----> Restarting $2"; [ ! -e "$ROOT/$2.live/sick" ] || fail "App $2 failed to restart" ;;
  maintenance:*)
    [ -e "$ROOT/maintenance-plugin" ] || { echo " !     \`$*\` is not a dokku command." >&2; echo " !     See \`dokku help\` for a list of available commands." >&2; exit 1; }
    need "$2"
    case $1 in
      maintenance:report) [ -e "$ROOT/$2.maintenance" ] && echo true || echo false ;;
      maintenance:enable) echo "-----> Enabling maintenance mode for $2..."; touch "$ROOT/$2.maintenance"; echo "       done" ;;
      maintenance:disable) echo "-----> Disabling maintenance mode for $2..."; rm -f "$ROOT/$2.maintenance"; echo "       done" ;;
    esac ;;
  run) need "$2"; [ -d "$ROOT/$2.live" ] || fail "App $2 has not been deployed"; cd "$ROOT/$2.live" && exec env -i PATH="$PATH" COLOR=blue "${@:3}" ;;
  logs) need "$2"; [ -e "$ROOT/$2.log" ] || fail "App $2 has not been deployed"; cat "$ROOT/$2.log" ;;
  *) echo " !     \`$*\` is not a dokku command." >&2; exit 1 ;;
esac
