#!/usr/bin/env bash
# Deploys the same application with the same layout of releases to 1, 10 and 50 hosts, with wercker, Capistrano, Ansible and Fabric, and beside the floor:
# one `ssh` per host that runs one prepared script, by xargs with the same parallelism. Every host is an sshd of its own on a loopback address, with a
# directory of its own at the same path. Who comes first changes with every round; the first round fills caches and counts for nobody.
#
#   compare.sh [ROUNDS] [HOSTS ...]     default: 3 rounds, 1 10 50 hosts
#
# Needs root, the built tool (dotnet build -c Release src/Wercker.Pipeline.Tool), and from Debian: openssh-server, capistrano, ansible-core, fabric.
# CONTENDERS="floor wercker" leaves out the others. PRIORITY="chrt -f 10" is put in front of every contender alike. KEX=curve25519-sha256 has the hosts agree
# on keys in no other way, so that all contenders pay for the same.
#
# There are three more of wercker: "published" is the tool compiled beforehand, which PUBLISHED names (dotnet publish -c Release -r linux-x64 -o DIRECTORY
# src/Wercker.Pipeline.Tool); "fastest" is the same with "keyExchange": "fastest"; "library" is the library in a process that was there before, with connections
# made anew for each deployment (dotnet build -c Release tests/Wercker.Pipeline.Benchmarks).
set -euo pipefail
rounds=${1:-3}
shift || true
counts=("${@:-}")
[ -n "${counts[0]:-}" ] || counts=(1 10 50)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tool=${TOOL:-$here/../../../src/Wercker.Pipeline.Tool/bin/Release/net10.0/wercker.dll}
published=${PUBLISHED:-}
bench=${BENCH:-$here/../bin/Release/net10.0/Wercker.Pipeline.Benchmarks.dll}
read -ra contenders <<< "${CONTENDERS:-floor wercker fabric capistrano ansible}"
read -ra priority <<< "${PRIORITY:-}"
width=16
port=${PORT:-22944}
most=$(printf '%s\n' "${counts[@]}" | sort -n | tail -1)
[ "$(id -u)" -eq 0 ] || { echo "It needs root: every host gets a mount namespace of its own."; exit 2; }
[ -f "$tool" ] || { echo "The tool is not built: dotnet build -c Release src/Wercker.Pipeline.Tool"; exit 2; }

lab=$(mktemp -d /tmp/wercker-compare-XXXXXX)
target=/srv/wercker-compare
servers=()
finish() {
  [ "${#servers[@]}" -eq 0 ] || kill "${servers[@]}" 2> /dev/null || true
  wait 2> /dev/null || true
  rm -rf "$lab"
  rmdir "$target" 2> /dev/null || true
}
trap finish EXIT

# The hosts.
mkdir -p "$target" /run/sshd "$lab/home"
ssh-keygen -q -t ed25519 -N '' -f "$lab/host"
ssh-keygen -q -t ed25519 -N '' -f "$lab/id"
cp "$lab/id.pub" "$lab/authorized_keys"
for ((i = 1; i <= most; i++)); do
  address=127.0.1.$i
  mkdir -p "$lab/hosts/$i"
  printf '%sPort %s\nListenAddress %s\nHostKey %s/host\nPidFile none\nAuthorizedKeysFile %s/authorized_keys\nStrictModes no\nUsePAM no\nUseDNS no\nMaxStartups 200\nSubsystem sftp internal-sftp\n' \
    "${KEX:+KexAlgorithms $KEX$'\n'}" "$port" "$address" "$lab" "$lab" > "$lab/sshd$i"
  unshare -m sh -c 'mount --bind "$1" "$2"; mount -t tmpfs none "$HOME"; exec /usr/sbin/sshd -D -e -f "$3"' sh "$lab/hosts/$i" "$target" "$lab/sshd$i" < /dev/null > "$lab/log$i" 2>&1 &
  servers+=($!)
  echo "[$address]:$port $(cut -d ' ' -f 1,2 "$lab/host.pub")" >> "$lab/known_hosts"
done
cat > "$lab/ssh_config" << EOF
Host *
  Port $port
  User root
  IdentityFile $lab/id
  IdentitiesOnly yes
  BatchMode yes
  StrictHostKeyChecking yes
  UserKnownHostsFile $lab/known_hosts
  GlobalKnownHostsFile /dev/null
EOF
for ((i = 1; i <= most; i++)); do
  for ((try = 0; try < 100; try++)); do
    ssh -F "$lab/ssh_config" "127.0.1.$i" true 2> /dev/null && break
    sleep 0.1
  done
done

# The application: some 40 files, 200 kB.
app=$lab/app
mkdir -p "$app/public" "$app/lib"
for ((i = 0; i < 20; i++)); do
  head -c 5000 /dev/urandom | base64 > "$app/lib/module$i.js"
  head -c 2000 /dev/urandom | base64 > "$app/public/page$i.html"
done
git init -q --bare -b master "$lab/app.git"
git -C "$app" init -q -b master
change() {
  echo "$1" > "$app/VERSION"
  git -C "$app" add -A
  git -C "$app" -c user.name=lab -c user.email=lab@example.com commit -qm "$1"
  git -C "$app" push -q "$lab/app.git" master
}

# The floor: one script, prepared, and the files behind it in the same connection. keep 5, storage linked.
floor() {
  local name
  name=$(date +%s%N)
  tar -czf "$lab/app.tar.gz" -C "$app" --exclude .git .
  cat > "$lab/floor.sh" << EOF
set -e; cd $target; mkdir -p releases shared/storage; mkdir releases/.$name; tar -xzf - -C releases/.$name; ln -s $target/shared/storage releases/.$name/storage; mv -T releases/.$name releases/$name; ln -sfn releases/$name current.new; mv -fT current.new current; ls -1t releases | tail -n +6 | while read -r r; do rm -rf "releases/\$r"; done
EOF
  seq "$1" | xargs -P "$width" -I{} sh -c "ssh -F $lab/ssh_config 127.0.1.{} \"\$(cat $lab/floor.sh)\" < $lab/app.tar.gz"
}

deploy() { (cd "$lab/$1" && WERCKER_POSTDEPLOY_WARMUP_SECONDS=0 HOME=$lab/home dotnet "$2" deploy --target live --source "$app"); }
wercker() { deploy "wercker$1" "$tool"; }
published() { deploy "published$1" "$published/wercker.dll"; }
fastest() { deploy "fastest$1" "$published/wercker.dll"; }
library() { local answer; echo "$1" > "$lab/ask"; read -r answer < "$lab/answer"; echo "$answer"; [ "$answer" = succeeded ]; }
capistrano() { (cd "$lab/cap" && LAB_COUNT=$1 HOME=$lab/home cap production deploy); }
ansible() { (cd "$lab/ansible" && HOME=$lab/home ANSIBLE_CONFIG=$lab/ansible/ansible.cfg ansible-playbook -i "hosts$1" deploy.yml -e "name=$(date +%s%N)"); }
fabric() { HOME=$lab/home /usr/bin/python3 "$lab/with_fabric.py" "$1"; }

for n in "${counts[@]}"; do
  mkdir -p "$lab/ansible"
  list=$(seq -f '"root@127.0.1.%g:'"$port"'"' -s , "$n")
  for name in wercker published fastest library; do
    mkdir -p "$lab/$name$n"
    exchange=strongest
    [ "$name" != fastest ] || exchange=fastest
    cat > "$lab/$name$n/wercker.json" << EOF
{ "targets": { "live": { "provider": "ssh", "hosts": [$list], "path": "$target", "key": "$lab/id", "knownHosts": "$lab/known_hosts",
  "linkedDirectories": ["storage"], "parallelism": $width, "reserveMegabytes": 0, "keyExchange": "$exchange"${SETTINGS:+, $SETTINGS} } } }
EOF
  done
  seq -f '127.0.1.%g' "$n" > "$lab/ansible/hosts$n"
done

mkdir -p "$lab/cap/config/deploy"
printf 'require "capistrano/setup"\nrequire "capistrano/deploy"\nrequire "capistrano/scm/git"\ninstall_plugin Capistrano::SCM::Git\n' > "$lab/cap/Capfile"
cat > "$lab/cap/config/deploy.rb" << EOF
lock ">= 3.0"
set :application, "shop"
set :repo_url, "file://$lab/app.git"
set :branch, "master"
set :deploy_to, "$target"
set :keep_releases, 5
set :linked_dirs, %w[storage]
set :format, :simpletext
set :log_level, :info
set :ssh_options, { config: false, port: $port, user: "root", keys: ["$lab/id"], keys_only: true, user_known_hosts_file: "$lab/known_hosts", verify_host_key: :always }
EOF
echo 'server_list = (1..ENV.fetch("LAB_COUNT").to_i).map { |i| "127.0.1.#{i}" }; role :app, server_list' > "$lab/cap/config/deploy/production.rb"

cat > "$lab/ansible/ansible.cfg" << EOF
[defaults]
forks = $width
gathering = explicit
interpreter_python = /usr/bin/python3
[ssh_connection]
pipelining = True
ssh_args = -F $lab/ssh_config -o ControlMaster=auto -o ControlPersist=60s
control_path_dir = $lab/home/cp
EOF
cat > "$lab/ansible/deploy.yml" << EOF
- hosts: all
  tasks:
    - file: { path: "$target/{{ item }}", state: directory }
      loop: [releases, shared/storage, "releases/{{ name }}"]
    - unarchive: { src: "$lab/app.tar.gz", dest: "$target/releases/{{ name }}" }
    - file: { src: "$target/shared/storage", dest: "$target/releases/{{ name }}/storage", state: link }
    - command: ln -sfn releases/{{ name }} $target/current.new
    - command: mv -fT $target/current.new $target/current
    - shell: ls -1t releases | tail -n +6 | while read -r r; do rm -rf "releases/\$r"; done
      args: { chdir: "$target" }
EOF
cat > "$lab/with_fabric.py" << EOF
import sys, time
from concurrent.futures import ThreadPoolExecutor
from fabric import Connection
name = str(time.time_ns())
def deploy(i):
    with Connection(f"127.0.1.{i}", port=$port, user="root", connect_kwargs={"key_filename": "$lab/id", "look_for_keys": False, "allow_agent": False}) as c:
        c.put("$lab/app.tar.gz", f"/tmp/.wercker-compare-{i}")
        c.run(f"mkdir -p $target/releases/{name} $target/shared/storage", hide=True)
        c.run(f"tar -xzf /tmp/.wercker-compare-{i} -C $target/releases/{name} && rm /tmp/.wercker-compare-{i}", hide=True)
        c.run(f"ln -s $target/shared/storage $target/releases/{name}/storage", hide=True)
        c.run(f"ln -sfn releases/{name} $target/current.new", hide=True)
        c.run(f"mv -fT $target/current.new $target/current", hide=True)
        c.run("cd $target && ls -1t releases | tail -n +6 | while read -r r; do rm -rf \"releases/\$r\"; done", hide=True)
with ThreadPoolExecutor($width) as pool:
    list(pool.map(deploy, range(1, int(sys.argv[1]) + 1)))
EOF

# The library answers each line "HOSTS" with "succeeded" or with what went wrong.
embedded=
if [[ " ${contenders[*]} " = *" library "* ]]; then
  mkfifo "$lab/ask" "$lab/answer"
  HOME=$lab/home dotnet "$bench" ssh "$lab" "$app" &
  embedded=$!
  servers+=("$embedded")
fi

# Processor time that a process has used, in hundredths of a second.
used() { [ -z "$embedded" ] || awk '{ print $14 + $15 }' "/proc/$embedded/stat"; }

# Everybody deploys to hosts of their own history: an empty directory at the first round.
measure() {
  local who=$1 n=$2 version=$3 times before
  change "$version"
  tar -czf "$lab/app.tar.gz" -C "$app" --exclude .git .
  export -f "$who" deploy
  export lab app target width port tool published
  before=$(used)
  TIMEFORMAT='%R %U %S'
  # Everything that it prints goes to a file: a terminal would be part of the time.
  if ! { time "${priority[@]}" bash -c "set -e; $who $n" > "$lab/out.log" 2>&1; } 2> "$lab/time.log"; then
    echo "$who on $n hosts failed:"
    tail -40 "$lab/out.log"
    exit 1
  fi
  times=$(tail -1 "$lab/time.log")
  [ "$who" != library ] || times="${times%% *} $(($(used) - before))e-2 0"
  for ((i = 1; i <= n; i++)); do
    # Capistrano's link is a full path.
    link=$(readlink "$lab/hosts/$i/current" || true)
    [ "$(cat "$lab/hosts/$i/${link#"$target"/}/VERSION" 2> /dev/null)" = "$version" ] || { echo "$who did not release $version on host $i."; tail -40 "$lab/out.log"; exit 1; }
  done
  echo "$times"
}

echo "$(nproc) cores, load $(cut -d ' ' -f 1 /proc/loadavg), $rounds rounds, parallelism $width"
for n in "${counts[@]}"; do
  : > "$lab/results"
  for ((round = 0; round <= rounds; round++)); do
    for ((turn = 0; turn < ${#contenders[@]}; turn++)); do
      who=${contenders[$(((round + turn) % ${#contenders[@]}))]}
      # Each keeps releases of its own, so that nobody finds a stranger's link.
      for ((i = 1; i <= n; i++)); do
        mkdir -p "$lab/kept/$who/$i"
        find "$lab/hosts/$i" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
        cp -a "$lab/kept/$who/$i/." "$lab/hosts/$i/"
      done
      result=$(measure "$who" "$n" "$who-$n-$round") || { echo "$result"; exit 1; }
      for ((i = 1; i <= n; i++)); do
        rm -rf "$lab/kept/$who/$i"
        cp -a "$lab/hosts/$i" "$lab/kept/$who/$i"
      done
      [ "$round" -eq 0 ] || echo "$who $round $result" >> "$lab/results"
    done
  done
  awk -v n="$n" -v list="${contenders[*]}" '
    function median(values, count,   i, j, t) {
      for (i = 2; i <= count; i++) { t = values[i]; for (j = i - 1; j > 0 && values[j] > t; j--) values[j + 1] = values[j]; values[j + 1] = t }
      return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
    }
    { wall[$1, $2] = $3; cpu[$1, $2] = $4 + $5; if ($2 > rounds) rounds = $2 }
    END {
      k = split(list, who, " ")
      for (c = 1; c <= k; c++) {
        for (r = 1; r <= rounds; r++) { w[r] = wall[who[c], r]; p[r] = cpu[who[c], r]; q[r] = wall[who[c], r] / wall[who[1], r]; u[r] = cpu[who[c], r] / cpu[who[1], r] }
        wm = median(w, rounds); pm = median(p, rounds); qm = median(q, rounds); um = median(u, rounds)
        printf "%3d hosts  %-10s  wall %7.2f s (%.2f to %.2f), %5.2f of %s; client CPU %6.2f s, %5.2f of it\n", n, who[c], wm, w[1], w[rounds], qm, who[1], pm, um
      }
    }' "$lab/results"
done
