#!/usr/bin/env bash
# Builds, checks and tests everything, packs the packages and runs the samples. The very last line counts the tests:
# "N passed, N failed, N skipped". Anything that fails besides a test (build, format, pack, a sample) counts as one failed.
set -uo pipefail
exec 2>&1
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
# Tests run once: code that is measured first, to be compiled better later, costs more than it brings.
export DOTNET_TieredPGO=0
solution=Wercker.Pipeline.sln
results=$PWD/artifacts/test-results
failures=0
tested=no

summarize() {
  # A skipped test is one that was not executed: the trx has no counter of its own that is filled in for it.
  local counters passed failed skipped
  counters=$(grep -ho '<Counters [^>]*>' "$results"/*.trx 2> /dev/null | awk '
    function count(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0 }
    { passed += count("passed"); failed += count("failed") + count("error") + count("timeout") + count("aborted"); skipped += count("total") - count("executed") }
    END { print passed + 0, failed + 0, skipped + 0 }')
  read -r passed failed skipped <<< "$counters"

  if [ "$tested" != no ] && [ $((passed + failed)) -eq 0 ]; then
    echo "No test ran."
    failures=$((failures + 1))
  elif [ "$tested" = failed ] && [ "$failed" -eq 0 ]; then
    echo "The test run failed although no test did: a test host died, or a results file is missing."
    failures=$((failures + 1))
  fi

  # Once more at the end, where somebody who sees only the end of a log finds them.
  awk '
    /<UnitTestResult / { inside = 0 }
    /<UnitTestResult .*outcome="Failed"/ { inside = 1; if (match($0, / testName="[^"]*"/)) print "FAILED " substr($0, RSTART + 11, RLENGTH - 12) }
    inside && /<Message>/ { left = 5 }
    left > 0 { last = /<\/Message>/; gsub(/^ *<Message>|<\/Message>.*/, ""); print "       " $0; left = last ? 0 : left - 1 }' "$results"/*.trx 2> /dev/null

  local code=0
  if [ "$skipped" -gt 0 ] && [ "$(id -u)" -eq 0 ]; then
    echo "Tests were skipped, although root can install all that they need."
    code=1
  fi

  failed=$((failed + failures))
  [ "$failed" -eq 0 ] || code=1
  dotnet build-server shutdown --vbcscompiler > /dev/null 2>&1
  echo "$passed passed, $failed failed, $skipped skipped"
  exit "$code"
}

# Whatever happens below, the count is the last line. Killed from outside, the run has failed.
trap summarize EXIT
trap 'failures=$((failures + 1)); exit 1' INT TERM HUP

stage() {
  local name=$1
  shift
  echo "== $name (after ${SECONDS}s)"
  if ! "$@"; then
    echo "== $name FAILED"
    failures=$((failures + 1))
    return 1
  fi
}

# The local platform is held against the real Heroku CLI, which is fetched while the rest is built.
fetch_heroku_cli() {
  wait "$heroku_cli" || { cat artifacts/heroku-cli.log; return 1; }
}

run_samples() {
  local project folder name line arguments good=0
  for project in samples/*/*.csproj; do
    [ -f "$project" ] || continue
    name=$(basename "$(dirname "$project")")
    grep -qE "^!?[[:space:]]*$name([[:space:]]|$)" eng/samples.txt || { echo "samples/$name is not in eng/samples.txt: name it there, or say with ! why it is not run."; good=1; }
  done

  while read -r line; do
    case $line in '' | '#'* | '!'*) continue ;; esac
    read -r name arguments <<< "$line"
    folder=samples/$name
    if [ ! -d "$folder" ]; then
      echo "$folder: not there, not run."
      continue
    fi

    echo "-- $folder"
    if [ -x "$folder/run.sh" ]; then
      # shellcheck disable=SC2086 # arguments are words
      timeout 300 "$folder/run.sh" $arguments < /dev/null || { echo "-- $folder ended with exit code $?"; good=1; }
    else
      # shellcheck disable=SC2086
      timeout 300 dotnet run --project "$folder" -c Release --no-restore -- $arguments < /dev/null || { echo "-- $folder ended with exit code $?"; good=1; }
    fi
  done < eng/samples.txt
  return "$good"
}

# Hundreds of tests start the tool. Where it cannot be compiled ahead, they start the one that was built.
compile_ahead() {
  dotnet publish src/Wercker.Pipeline.Tool -c Release --no-restore -r linux-x64 --no-self-contained -p:UseSharedCompilation=true -o artifacts/tool -v q
}

# The longest first, so that no processor waits for one of them at the end; those that compute beside those that wait.
test_projects() {
  {
    for name in EndToEnd Heroku Ssh Docker LocalHeroku Dashboard.Browser; do echo "tests/Wercker.Pipeline.$name.Tests"; done
    find tests -mindepth 2 -maxdepth 2 -name '*.Tests.csproj' -printf '%h\n' | sort
  } | awk '!seen[$0]++'
}

# What a project's tests say stays together.
run_tests() {
  local name
  name=$(basename "$1")
  dotnet test "$1" -c Release --no-build --logger "trx;LogFileName=$name.trx" --results-directory "$results" > "$results/$name.log" 2>&1 < /dev/null
  local code=$?
  cat "$results/$name.log"
  return "$code"
}
export results
export -f run_tests

rm -rf "$results" artifacts/packages
mkdir -p "$results" artifacts/packages

stage "provision" eng/provision.sh || exit 1
if ! stage "restore" dotnet restore "$solution" --locked-mode; then
  echo "If the message is NU1004, a lock file is out of date: run 'dotnet restore --force-evaluate' and commit the packages.lock.json files."
  exit 1
fi

eng/heroku-cli.sh > artifacts/heroku-cli.log 2>&1 &
heroku_cli=$!

# It also checks the format and the style. One compiler for all projects instead of one each halves the build.
stage "build" dotnet build "$solution" -c Release --no-restore -warnaserror -p:UseSharedCompilation=true || { failures=1; exit 1; }

rm -rf artifacts/tool
if [ "$(uname -sm)" = "Linux x86_64" ]; then
  stage "compile the tool ahead" compile_ahead && export WERCKER_TOOL=$PWD/artifacts/tool/wercker.dll
fi

stage "Heroku CLI" fetch_heroku_cli
echo "== test (after ${SECONDS}s)"
tested=yes
test_projects | xargs -P 2 -I {} bash -c 'run_tests {}' || tested=failed

stage "pack" dotnet pack "$solution" -c Release --no-build -o artifacts/packages
stage "samples" run_samples
echo "== done after ${SECONDS}s"
