using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Logs;

/// <summary>The script that prints the logs of a host.</summary>
internal static class LogScripts
{
    public static readonly HostScript Read = new("logs",
        """
        if [ -n "$unit" ]; then
          journalctl -q --no-pager -o json -u "$unit" --since "@$since" --until "@$until" || die "journalctl cannot read the journal of $unit"
        fi
        printf '%s\n' "$files" | while IFS= read -r f; do
          [ -n "$f" ] || continue
          [ -r "$f" ] || { say fail "$f cannot be read by $(id -un)"; exit 1; }
          for g in "$f.1" "$f"; do
            [ -r "$g" ] || continue
            [ "$(($(wc -c < "$g")))" -le "$most" ] || [ "$g" != "$f" ] || say cut "$g"
            tail -c "$most" "$g" && echo || exit 1
          done
        done || die "a log cannot be read"
        say done
        """);
}
