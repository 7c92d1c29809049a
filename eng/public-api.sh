#!/usr/bin/env bash
# Writes down the public surface of every library in src: PublicAPI.Unshipped.txt is made anew from the sources, so that entries
# of what is gone go too. PublicAPI.Shipped.txt is only made where it is missing; it grows when a version is published.
# Run it after a deliberate change of the surface and commit what it changed, lock files included.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

libraries=()
for project in src/*/*.csproj; do
  # A tool has no callers.
  grep -q '<OutputType>Exe</OutputType>' "$project" || libraries+=("$project")
done

for project in "${libraries[@]}"; do
  folder=$(dirname "$project")
  [ -f "$folder/PublicAPI.Shipped.txt" ] || printf '#nullable enable\n' > "$folder/PublicAPI.Shipped.txt"
  printf '#nullable enable\n' > "$folder/PublicAPI.Unshipped.txt"
done

# The analyzer comes with the files (src/Directory.Build.props), so the lock files change when a library gets its first ones.
dotnet restore --force-evaluate

for project in "${libraries[@]}"; do
  dotnet format analyzers "$project" --diagnostics RS0016 --severity warn --no-restore
  echo "$(dirname "$project"): $(($(wc -l < "$(dirname "$project")/PublicAPI.Unshipped.txt") - 1)) entries"
done

# The compiler has the last word: whatever the fixer left out or wrote wrongly is an error here.
for project in "${libraries[@]}"; do
  dotnet build "$project" --no-restore -warnaserror -v quiet
done
