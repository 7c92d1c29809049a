namespace Wercker.Pipeline.Ssh.Scripts;

/// <summary>The scripts of a release. Each can be cut off anywhere and run again: what it makes, it makes aside and moves into place.</summary>
internal static class ReleaseScripts
{
    /// <summary>The programs that these scripts need, besides git, sudo and systemctl where the settings ask for them. tar calls gzip.</summary>
    public const string Tools =
        "sh tar gzip sha256sum flock mv ln readlink df awk timeout wc find setsid base64 cat date dirname head id ls mkdir rm sleep touch";

    private const string State =
        """
        live=$(readlink "$root/current" 2>/dev/null); live=${live#releases/}
        say current "$live"
        if [ -e "$root/current" ] && [ ! -L "$root/current" ]; then say fail "$root/current is no link: move it away, so that the link to the live release can take its place"; exit 81; fi
        if [ -f "$root/.wercker/live" ]; then { IFS= read -r l1; IFS= read -r l2; IFS= read -r l3; IFS= read -r l4; IFS= read -r l5; IFS= read -r l6; } < "$root/.wercker/live"; say marker "${l1:-}|${l2:-}|${l3:-}|${l4:-}|${l5:-}|${l6:-}"; fi

        """;

    /// <summary>Tells which release is live, and nothing else: it is asked for often, and every program costs a host more than the question.</summary>
    public static readonly HostScript Live = new("live", State + "say done\n");

    /// <summary>Tells how a host stands, and changes nothing.</summary>
    public static readonly HostScript Inspect = new("inspect", State +
        """
        for t in $tools; do command -v "$t" > /dev/null 2>&1 || say missing "$t"; done
        p=$root; while [ ! -e "$p" ]; do p=$(dirname "$p"); done
        say user "$(id -un 2>/dev/null || id -u)"
        [ -d "$p" ] && [ -w "$p" ] && [ -x "$p" ] || say readonly "$p"
        for d in releases shared .wercker; do [ ! -e "$root/$d" ] || [ -w "$root/$d" ] || say readonly "$root/$d"; done
        say free $(df -Pk "$p" | awk 'NR == 2 { print $4 * 1024 }')
        printf '%s\n' "$files" | while IFS= read -r f; do [ -z "$f" ] || [ -e "$root/shared/$f" ] || say nofile "$root/shared/$f"; done
        say done
        """);

    /// <summary>Brings a release to a host, complete or not at all. Its bytes come over stdin when it asks for them.</summary>
    public static readonly HostScript Prepare = new("prepare", State +
        """
        mkdir -p "$root/releases" "$root/shared" "$root/.wercker/uploads" 2> /dev/null || die "cannot make directories below $root: make it, and give it to $(id -un)"
        cd "$root" || die "cannot enter $root"
        if [ -d "releases/$id" ]; then say prepared was there; exit 0; fi
        new=.wercker/uploads/$sum.$nonce
        if [ -z "$repository" ]; then
          part=; have=0
          for f in .wercker/uploads/"$sum".*; do
            [ -f "$f" ] || continue
            n=$(($(wc -c < "$f")))
            if [ "$n" -gt "$have" ] && [ "$n" -le "$size" ]; then part=$f; have=$n; fi
          done
          # Copied, because a connection that was lost may still write to the old file.
          if [ -n "$part" ]; then cp "$part" "$new" && have=$(($(wc -c < "$new"))); else : > "$new"; fi || die "cannot write to $root/.wercker/uploads: is the disk full?"
          for f in .wercker/uploads/"$sum".*; do [ "$f" = "$new" ] || rm -f "$f"; done
          free=$(($(df -Pk . | awk 'NR == 2 { print $4 }') * 1024))
          [ "$free" -ge $((size - have + plain + reserve)) ] || die "$free bytes are free on $root, but $((size - have + plain + reserve)) are needed: make room, or keep fewer releases"
          say need "$have"
          # Exactly what is missing: the end of the input may be long in coming, or never come.
          head -c $((size - have)) >> "$new" || die "cannot write to $root/.wercker/uploads: is the disk full?"
          n=$(($(wc -c < "$new")))
          if [ "$n" -ne "$size" ]; then say incomplete "$n"; exit 75; fi
          got=$(sha256sum < "$new")
          if [ "${got%% *}" != "$sum" ]; then rm -f "$new"; say corrupt; exit 76; fi
        fi
        lock
        if [ -d "releases/$id" ]; then rm -f "$new"; say prepared was there; exit 0; fi
        tmp=releases/.partial-$id
        trap 'rm -rf "$tmp"' EXIT
        rm -rf "$tmp"; mkdir "$tmp" || die "cannot make $root/$tmp"
        if [ -z "$repository" ]; then
          tar -xzpf "$new" --no-same-owner -C "$tmp" || die "the files cannot be unpacked in $root/$tmp: is the disk full?"
        else
          [ -d .wercker/repository ] || git init -q --bare .wercker/repository || die "git cannot make $root/.wercker/repository"
          GIT_TERMINAL_PROMPT=0 git -C .wercker/repository fetch -q --no-tags --force "$repository" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' > .wercker/fetch.log 2>&1 9>&- < /dev/null || { cat .wercker/fetch.log; die "git cannot fetch $repository from this host"; }
          git -C .wercker/repository cat-file -e "$commit^{commit}" 2> /dev/null || die "commit $commit is not in $repository: push it there"
          git -C .wercker/repository archive "$commit" | tar -x -C "$tmp" || die "git cannot write the files of $commit"
        fi
        printf '%s\n' "$directories" | while IFS= read -r d; do
          [ -n "$d" ] || continue
          mkdir -p "shared/$d" "$tmp/$(dirname "$d")" && rm -rf "$tmp/$d" && ln -s "$root/shared/$d" "$tmp/$d" || exit 1
        done || die "the linked directories cannot be made in $root/shared"
        printf '%s\n' "$files" | while IFS= read -r f; do
          [ -n "$f" ] || continue
          if [ ! -e "shared/$f" ]; then say fail "the linked file $root/shared/$f is not there: put it there"; exit 1; fi
          mkdir -p "$tmp/$(dirname "$f")" && rm -f "$tmp/$f" && ln -s "$root/shared/$f" "$tmp/$f" || exit 1
        done || die "the linked files cannot be linked from $root/shared"
        if [ -n "$prepare" ]; then
          (cd "$tmp" && timeout -k 5 "$limit" sh -c "$prepare") > .wercker/prepare.log 2>&1 9>&- < /dev/null; rc=$?
          cat .wercker/prepare.log
          [ "$rc" -eq 0 ] || die "the command \"prepare\" ended with exit code $rc"
        fi
        printf '%s\n%s\n%s\n' "$version" "$deployment" "$sum" > "$tmp/.wercker-release" && touch "$tmp" && mv -T "$tmp" "releases/$id" || die "cannot make $root/releases/$id"
        rm -f "$new"
        say prepared
        """);

    private const string Restarting =
        """
        restart() {
          [ -n "$restart" ] || return 0
          if [ "$sudo" = password ]; then (cd "$root/current" && printf '%s\n' "$secret" | timeout -k 5 "$limit" sudo -k -S -p '' sh -c "exec < /dev/null; $restart") > "$root/.wercker/restart.log" 2>&1 9>&-
          elif [ "$sudo" = plain ]; then (cd "$root/current" && timeout -k 5 "$limit" sudo -n sh -c "$restart") > "$root/.wercker/restart.log" 2>&1 9>&- < /dev/null
          else (cd "$root/current" && timeout -k 5 "$limit" sh -c "$restart") > "$root/.wercker/restart.log" 2>&1 9>&- < /dev/null
          fi
          rc=$?
          cat "$root/.wercker/restart.log"
          [ "$rc" -eq 0 ] || die "the restart ended with exit code $rc"
        }
        healthy() {
          [ -n "$check" ] || return 0
          end=$(($(date +%s) + checklimit))
          until (cd "$root/current" && timeout -k 5 "$checklimit" sh -c "$check") > "$root/.wercker/check.log" 2>&1 9>&- < /dev/null; do
            if [ "$(date +%s)" -ge "$end" ]; then cat "$root/.wercker/check.log"; die "the command \"check\" did not succeed within $checklimit seconds after the restart"; fi
            sleep 1
          done
        }
        if [ "$sudo" = password ]; then IFS= read -r secret; fi

        """;

    /// <summary>Makes a release the live one, by one rename; restarts when it is asked to, and then drops releases that nobody needs.</summary>
    public static readonly HostScript Switch = new("switch", Restarting +
        """
        cd "$root" || die "cannot enter $root"
        lock
        # What is left of a killed process may still wait for the lock: it must not come after the roll back of its deployment.
        if [ "$action" = rollback ]; then printf '%s\n' "$deployment" > .wercker/stopped; elif [ -f .wercker/stopped ] && [ "$(cat .wercker/stopped)" = "$deployment" ]; then die "deployment $deployment has been rolled back"; fi
        [ "$id" = - ] || [ -d "releases/$id" ] || die "release $id is not on this host any more: deploy it again"
        if [ -e current ] && [ ! -L current ]; then die "$root/current is no link: move it away"; fi
        live=$(readlink current 2>/dev/null); live=${live#releases/}
        say was "$live"
        previous=$live
        mark() { printf '%s\n%s\n%s\n%s\n%s\n%s\n' "$id" "$previous" "$deployment" "$who" "$now" "$1" > .wercker/live.new && mv -f .wercker/live.new .wercker/live || die "cannot write $root/.wercker/live: is the disk full?"; }
        remember() { printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$now" "$action" "$id" "$previous" "$deployment" "$who" >> .wercker/history; }
        if [ "$live" = "$id" ] || { [ "$id" = - ] && [ -z "$live" ]; }; then
          say already
          if [ -f .wercker/live ]; then { IFS= read -r l1; IFS= read -r previous; IFS= read -r l3; IFS= read -r l4; IFS= read -r l5; IFS= read -r l6; } < .wercker/live; [ "$l6" = done ] || { mark done; remember; }; fi
        else
          # Says first what it is going to do: whoever finds the link changed can tell this from a stranger's hand.
          mark switching
          : > .wercker/restart-pending
          if [ "$id" = - ]; then rm -f current; else
            rm -f .wercker/current.new && ln -s "releases/$id" .wercker/current.new && mv -fT .wercker/current.new current || die "cannot switch $root/current"
          fi
          mark done
          remember
          say switched
        fi
        if [ "$andrestart" = yes ] && [ "$id" != - ] && [ -e .wercker/restart-pending ]; then
          restart
          healthy
          rm -f .wercker/restart-pending
          say restarted
        fi
        if [ "$action" = release ]; then
          set -- releases/*
          n=2
          [ "$#" -le "$keep" ] || ls -1t releases | while IFS= read -r r; do
            if [ "$r" = "$id" ] || [ "$r" = "$previous" ] || [ "$r" = "$live" ]; then continue; fi
            n=$((n + 1))
            if [ "$n" -gt "$keep" ]; then drop "releases/$r" && say dropped "$r"; fi
          done
          for r in releases/.partial-*; do [ ! -d "$r" ] || rm -rf "$r"; done
          for f in .wercker/uploads/*; do [ ! -f "$f" ] || { find .wercker/uploads -type f -mtime +1 -exec rm -f {} +; break; }; done
        fi
        say done
        """);

    /// <summary>Restarts the application, unless its wave has done so.</summary>
    public static readonly HostScript Restart = new("restart", Restarting +
        """
        cd "$root" || die "cannot enter $root"
        lock
        live=$(readlink current 2>/dev/null); live=${live#releases/}
        [ -n "$live" ] || die "nothing is released on this host"
        if [ "$inwaves" = yes ] && [ ! -e .wercker/restart-pending ]; then say already; exit 0; fi
        restart
        healthy
        rm -f .wercker/restart-pending
        say restarted
        """);

    /// <summary>Asks for, or switches, the maintenance page.</summary>
    public static readonly HostScript Maintenance = new("maintenance",
        """
        f=$root/$file
        case $wanted in
          on)
            mkdir -p "${f%/*}" "$root/.wercker" || die "cannot make the directory of $f"
            if [ -n "$page" ]; then
              [ -e "$root/$page" ] || die "the maintenance page $root/$page is not there: put it there"
              rm -f "$root/.wercker/maintenance.new" && ln -s "$root/$page" "$root/.wercker/maintenance.new" && mv -fT "$root/.wercker/maintenance.new" "$f" || die "cannot make $f"
            elif [ ! -e "$f" ]; then : > "$f" || die "cannot make $f"; fi ;;
          off) rm -f "$f" || die "cannot remove $f" ;;
        esac
        if [ -e "$f" ] || [ -L "$f" ]; then say maintenance on; else say maintenance off; fi
        """);

    /// <summary>Runs a command of the author in the live release. It ends with the connection: who watches stdin sees its end.</summary>
    public static readonly HostScript Command = new("command",
        """
        IFS= read -r variables
        eval "$(printf '%s' "$variables" | base64 -d)"
        exec 3<&0
        cd "$root/current" 2> /dev/null || cd "$root" || exit 81
        shell=$(command -v bash || command -v sh)
        setsid "$shell" -c "$command" < /dev/null 3<&- &
        child=$!
        { cat <&3 > /dev/null; kill -s TERM -- "-$child"; sleep 2; kill -s KILL -- "-$child"; } > /dev/null 2>&1 &
        watch=$!
        wait "$child"; rc=$?
        kill "$watch" 2> /dev/null
        exit "$rc"
        """);
}
