using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Sandboxes;

/// <summary>The scripts of a sandbox on a host.</summary>
internal static class SandboxScripts
{
    /// <summary>What the scripts and the session need, besides what a shell has itself.</summary>
    public const string Tools = "sh bash env tar gzip flock grep cut cat awk head mkdir mv ln rm chmod sleep dirname id";

    /// <summary>Says what is missing on a host, and makes nothing.</summary>
    public static readonly HostScript Look = new("sandbox look",
        """
        for t in $tools; do command -v "$t" > /dev/null 2>&1 || say missing "$t"; done
        [ -r /proc/self/environ ] || say missing /proc
        bash -c '((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404))' 2> /dev/null || say old
        p=${directory:-${TMPDIR:-/tmp}}; while [ ! -e "$p" ]; do p=$(dirname "$p"); done
        say user "$(id -un 2>/dev/null || id -u)"
        [ -d "$p" ] && [ -w "$p" ] && [ -x "$p" ] || say readonly "$p"
        say done
        """);

    /// <summary>
    /// Holds a sandbox: makes its directory, ends what runs in it when it is told to, and removes it at the end, which is also the end of its stdin, or a
    /// silence there. First it removes what others have left whose lock nobody holds.
    /// </summary>
    public static readonly HostScript Hold = new("sandbox",
        """
        exec bash -c "$hold" wercker-sandbox "$name" "${directory:-${TMPDIR:-/tmp}}" "$patience" "$packages"
        """);

    // A process belongs to a sandbox by a mark in its environment, by its session, or by its parents.
    private const string Holding =
        """
        trap '' PIPE HUP TERM INT
        name=$1 base=$2 patience=$3 packages=$4
        say() { printf '@wercker %s\n' "$*"; }
        die() { say fail "$*"; exit 81; }
        marked() {
          { grep -lzE "^WERCKER_SANDBOX=$1\$" /proc/[0-9]*/environ | cut -d / -f 3; echo -; cat /proc/[0-9]*/stat; } 2> /dev/null | awk '
            /^-$/ { table = 1; next }
            !table { hit[$1] = 1; next }
            { p = $1; sub(/^.*\) /, ""); if ($1 != "Z") { parent[p] = $2; session[p] = $4 } }
            END {
              for (p in hit) if (p in parent) ours[session[p]] = 1
              do { more = 0; for (p in parent) if (!(p in hit) && (parent[p] in hit || session[p] in ours)) { hit[p] = 1; more = 1 } } while (more)
              for (p in hit) if (p in parent) print p
            }'
        }
        end() {
          local began=$SECONDS quiet=0 told= found p
          while :; do
            found=$(marked "$1")
            if [[ -z $found ]]; then
              ((++quiet < 2)) || return 0
              continue
            fi
            quiet=0
            if ((SECONDS - began < 3)); then
              for p in $found; do [[ " $told " == *" $p "* ]] || { kill -s TERM "$p"; told+=" $p"; }; done
            elif ((SECONDS - began < 20)); then kill -s KILL $found
            else
              say stuck $found
              return 1
            fi 2> /dev/null
            sleep 0.03
          done
        }
        forget() {
          local file place p
          for file in "$1"/shells/*; do
            [[ -f $file ]] && read -r p < "$file" && [[ $p =~ ^[0-9]+$ && ! -e /proc/$p ]] || continue
            for place in /dev/shm /tmp; do [[ ! -O $place/.wercker-$p || -L $place/.wercker-$p ]] || rm -rf -- "$place/.wercker-$p"; done
            rm -f -- "$file"
          done
        }
        remove() { rm -rf -- "$1" 2> /dev/null || { chmod -R u+rwX -- "$1"; rm -rf -- "$1"; }; }
        mkdir -p -- "$base" || die "cannot make $base"
        for left in "$base"/wercker-ssh-*; do
          [[ -d $left && ! -L $left && -O $left && $left =~ -[0-9a-f]{32}$ ]] || continue
          { exec 8< "$left"; } 2> /dev/null && flock -n 8 || continue
          end "${left##*/}/[0-9]+" && forget "$left" && remove "$left" && say swept "$left"
          exec 8<&-
        done
        # It gets its name, by which others would find it, when it is locked.
        new=$base/.new-$name dir=$base/$name
        mkdir -m 700 -- "$new" "$new/shells" && exec 9< "$new" && flock -n 9 && mv -T -- "$new" "$dir" || die "cannot make $dir"
        for p in $packages; do [[ $(dpkg-query -W -f '${db:Status-Status}' -- "$p" 2> /dev/null) == installed ]] || say absent "$p"; done
        say ready "$dir"
        while IFS=' ' read -r -t "$patience" word number; do
          case $word in
            end) end "$name/$number" && forget "$dir"; say ended "$number" ;;
            quit) break ;;
          esac
        done
        end "$name/[0-9]+" && forget "$dir"
        remove "$dir" && say removed
        """;

    /// <summary>Unpacks exactly the bytes that are announced.</summary>
    public static readonly HostScript CopyIn = new("sandbox copy",
        """
        mkdir -p -- "$parent" || die "cannot make $parent"
        head -c "$size" | tar -xzpf - --no-same-owner -C "$parent" || die "cannot unpack in $parent"
        say copied
        """);

    /// <summary>Packs a file or a directory to stdout.</summary>
    public static readonly HostScript CopyOut = new("sandbox copy", "exec tar -C \"$parent\" -czf - -- \"$file\"\n");

    /// <summary>The variables of <see cref="Hold"/>.</summary>
    public static IEnumerable<(string Name, string Value)> Holder(string name, string? directory, string patience, IEnumerable<string> packages) =>
        [("hold", Holding.ReplaceLineEndings("\n")), ("name", name), ("directory", directory ?? string.Empty), ("patience", patience), ("packages", string.Join(' ', packages))];

    /// <summary>The line that turns the user's shell into the bash of a session, marked, its process id kept.</summary>
    /// <param name="directory">The sandbox's directory.</param>
    /// <param name="mark">The mark of its processes.</param>
    /// <param name="number">The session.</param>
    /// <param name="ready">What is printed when it is there: the user's shell may have read ahead, and what it has read the bash does not get.</param>
    public static string Bash(string directory, string mark, int number, string ready) =>
        $"exec env WERCKER_SANDBOX={mark} bash -c {HostScript.Quote($"cd / && echo $$ > {HostScript.Quote($"{directory}/shells/{number}")} && printf %s {ready} && exec bash --noprofile --norc")}\n";
}
