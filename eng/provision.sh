#!/usr/bin/env bash
# Installs what the tests use beside the .NET SDK. Does nothing, quickly, when everything is there.
set -uo pipefail

# command:package
needs=(bash:bash git:git curl:curl ps:procps setsid:util-linux setpriv:util-linux prlimit:util-linux bwrap:bubblewrap tar:tar gzip:gzip unzip:unzip ssh-keygen:openssh-client sshd:openssh-server perl:perl-base timeout:coreutils awk:mawk sed:sed grep:grep dockerd:docker.io iptables:iptables busybox:busybox-static bash-static:bash-static strace:strace)

# sshd stands where only root looks.
PATH=$PATH:/usr/sbin:/sbin

missing() {
  local need
  for need in "${needs[@]}"; do
    command -v "${need%%:*}" > /dev/null || echo "${need#*:}"
  done
}

packages=$(missing | sort -u | tr '\n' ' ')
if [ -n "$packages" ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    echo "Missing on this machine: ${packages% }. Install them (as root on Debian or Ubuntu: apt-get install ${packages% }) and run this again."
    exit 1
  fi

  export DEBIAN_FRONTEND=noninteractive
  # The tests start servers of their own; a package must not start one. What the machine decided itself is left alone.
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod +x "$policy" && trap 'rm -f "$policy"' EXIT; }
  # shellcheck disable=SC2086 # one word per package
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages || exit 1
  packages=$(missing | sort -u | tr '\n' ' ')
  if [ -n "$packages" ]; then
    echo "Installed, but still missing: ${packages% }."
    exit 1
  fi
fi

if ! command -v dotnet > /dev/null; then
  echo "Missing on this machine: the .NET SDK that global.json names."
  exit 1
fi

# The local platform is held against the real Heroku CLI.
"$(dirname "${BASH_SOURCE[0]}")/heroku-cli.sh" > /dev/null
