using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Logs;

/// <summary>The script that prints the logs of a host.</summary>
internal static class LogScripts
{
    public static readonly HostScript Read = new("logs",
        """
        if [ -n "$unit" ]; then
          command -v journalctl > /dev/null 2>&1 || die "there is no journalctl: name the files of the log"
          # Without rights it shows nothing, and counts that as success; only its hints say so.
          { words=$(LC_ALL=C journalctl --no-pager -o json -u "$unit" --since "@$since" --until "@$until" 2>&1 >&3); rc=$?; } 3>&1
          case $words in
            *'not seeing messages'* | *'insufficient permissions'*) die "$(id -un) may not read the journal of $unit: add it to the group systemd-journal" ;;
            *'No journal files'*) die "there is no journal: name the files of the log" ;;
          esac
          [ "$rc" -eq 0 ] || die "journalctl cannot read the journal of $unit: $words"
        fi
        printf '%s\n' "$files" | while IFS= read -r f; do
          [ -n "$f" ] || continue
          [ -r "$f" ] || { say fail "$f cannot be read by $(id -un)"; exit 1; }
          for g in "$f.1" "$f"; do
            [ -r "$g" ] || continue
            [ "$(($(wc -c < "$g")))" -le "$most" ] || [ "$g" != "$f" ] || say cut "$g"
            printf '%s%s\n' "$beginning" "$g"
            tail -c "$most" "$g" 2> /dev/null && echo || exit 1
          done
        done || die "a log cannot be read"
        say done
        """);
}
