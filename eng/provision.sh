#!/usr/bin/env bash
# Installs what the tests use beside the .NET SDK. Does nothing, quickly, when everything is there.
set -uo pipefail

# command:package, or file:package
needs=(bash:bash git:git curl:curl ps:procps setsid:util-linux tar:tar gzip:gzip unzip:unzip perl:perl-base timeout:coreutils awk:mawk sed:sed grep:grep)

# Real servers, sandboxes and what shows that they hold; without them their tests are skipped and say so.
servers=(ssh-keygen:openssh-client sshd:openssh-server carbon-cache:graphite-carbon graphite-manage:graphite-web gunicorn:gunicorn prometheus:prometheus nginx:nginx-light openssl:openssl
  dockerd:docker.io iptables:iptables busybox:busybox-static bash-static:bash-static bwrap:bubblewrap setpriv:util-linux prlimit:util-linux strace:strace pg_ctlcluster:postgresql sudo:sudo journalctl:systemd systemd-journal-remote:systemd-journal-remote
  chromium-headless-shell:chromium-headless-shell /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf:fonts-dejavu-core)

# sshd stands where only root looks, and what makes a journal where nobody does.
PATH=$PATH:/usr/sbin:/sbin:/usr/lib/systemd:/lib/systemd

missing() {
  local need
  for need in "$@"; do
    command -v "${need%%:*}" > /dev/null || [[ $need == /* && -e ${need%%:*} ]] || echo "${need#*:}"
  done
}

packages=$(missing "${needs[@]}" "${servers[@]}" | sort -u | tr '\n' ' ')
if [ -n "$packages" ] && { [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; }; then
  echo "Missing on this machine: ${packages% }. Install them (as root on Debian or Ubuntu: apt-get install ${packages% }) and run this again."
  [ -z "$(missing "${needs[@]}")" ] || exit 1
elif [ -n "$packages" ]; then
  export DEBIAN_FRONTEND=noninteractive
  # The tests start servers of their own; a package must not start one. What the machine decided itself is left alone.
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod +x "$policy" && trap 'rm -f "$policy"' EXIT; }
  # Debian would make and enable a cluster of PostgreSQL; the tests make their own.
  [ -e /etc/postgresql-common ] || { mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf; }
  # shellcheck disable=SC2086 # one word per package
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages || exit 1
  packages=$(missing "${needs[@]}" "${servers[@]}" | sort -u | tr '\n' ' ')
  if [ -n "$packages" ]; then
    echo "Installed, but still missing: ${packages% }."
    exit 1
  fi
fi

if ! command -v dotnet > /dev/null; then
  echo "Missing on this machine: the .NET SDK that global.json names."
  exit 1
fi
