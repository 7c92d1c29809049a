using System.Text;

namespace Wercker.Pipeline.Sandboxes.Bash;

/// <summary>The script of the bash at the other end of a <see cref="BashConnection"/>: it starts the session's bash, says when it has ended, and kills.</summary>
/// <remarks>
/// The session's bash reads its commands from the keeper's stdin, opened again by its name in /proc, so that commands find /dev/null at 0, and no descriptor
/// of ours anywhere. Answers go into the keeper's stdout and stderr in the same way: a pipe keeps its order, so what stands before an answer belongs to the
/// command. A random token tells answers from output.
/// </remarks>
internal sealed class BashKeeper(string root, IReadOnlyList<(string Name, string Value, string? Content)> variables)
{
    /// <summary>20 ms each.</summary>
    private const string LooksBeforeKilling = "100";

    /// <summary>The directory of the files of secrets, in the words of the keeper's bash.</summary>
    public const string Secrets = "$__files";

    /// <summary>The directory in which bash starts.</summary>
    public string Root => root;

    /// <summary>The line that starts a bash.</summary>
    public static string Start(string token) => $"{token} start\n";

    /// <summary>The lines that end the leftovers of this session, and the keeper itself; the bash that ran it then takes another one.</summary>
    public static string Quit(string token) => $"\n{token} quit\n";

    /// <summary>The script, one compound command, which bash reads to its end before it runs any of it.</summary>
    public byte[] Compose(string token)
    {
        var exports = new StringBuilder();
        exports.Append("[[ -d ");
        BashScript.Quote(exports, root);
        exports.Append(" ]] || mkdir -p -- ");
        BashScript.Quote(exports, root);
        exports.Append('\n');
        foreach (var (name, value, content) in variables)
        {
            if (content is not null)
            {
                exports.Append("[[ -d $__files ]] || mkdir -p -m 700 -- \"$__files\"\n");
                exports.Append("[[ -e $__files/").Append(name).Append(" ]] || (umask 077; printf %s ");
                BashScript.Quote(exports, content);
                exports.Append(" >\"$__files/").Append(name).Append("\") || exit 126\nexport ").Append(name).Append("=\"$__files/").Append(name).Append("\"\n");
                continue;
            }

            exports.Append("export ").Append(name).Append('=');
            BashScript.Quote(exports, value);
            exports.Append('\n');
        }

        return Encoding.UTF8.GetBytes(Text.Replace("\r", "", StringComparison.Ordinal)
            .Replace("%LOOKS%", LooksBeforeKilling, StringComparison.Ordinal)
            .Replace("%TOKEN%", token, StringComparison.Ordinal)
            .Replace("%EXPORTS%\n", exports.ToString(), StringComparison.Ordinal));
    }

    // kill -1 spares its caller and the first process, needs no new process, and so works where no other can be started any more.
    private const string Text = """
        {
        tell() { printf '%s%s\0' "$token" "$1"; printf '%s%s\0' "$token" "$1" >&"$errors"; }
        clear_all() {
          local look
          cleared=1
          kill -s TERM -- -1
          for ((look = 0; look < %LOOKS%; look++)); do kill -s 0 -- -1 || break; read -rt 0.02 -u "$idle"; done
          while kill -s KILL -- -1; do read -rt 0.02 -u "$idle"; done
          tell k
        }
        token=%TOKEN% groups= cleared= __files=/tmp
        [[ ! -d /dev/shm || ! -w /dev/shm ]] || __files=/dev/shm
        __files+=/.wercker-$$
        exec {errors}>&2 2>/dev/null {idle}<> <(:)
        trap clear_all USR1
        set -m
        tell "h$$ $errors"
        while IFS= read -r line; do
          case $line in
          "$token start")
            cleared=
            if [[ ! -e /tmp/.wercker-$$/bash ]]; then
              mkdir -p -m 700 "/tmp/.wercker-$$" && ln -sfn "/proc/$$/fd/0" "/tmp/.wercker-$$/bash"
            fi
            (
              trap - USR1
              set +m
              echo 500 >/proc/self/oom_score_adj
              [[ -w ${HOME-/} ]] || export HOME=/tmp
              cd "/tmp/.wercker-$$" || exit 126
              exec 2>&"$errors" {errors}>&- {idle}>&- </dev/null
        %EXPORTS%
              exec -a bash "$BASH" --noprofile --norc bash
            ) &
            groups+=" -$!"
            if ((BASH_VERSINFO[0] > 4)); then wait -f "$!"; else wait "$!"; fi
            status=$?
            [[ -z $cleared ]] || status=137
            tell "e$status"
            ;;
          "$token quit")
            [[ -z $groups ]] || kill -s KILL -- $groups
            [[ ! -d $__files ]] || rm -rf -- "$__files"
            break
            ;;
          esac
        done
        trap - USR1
        set +m
        tell q
        exec 2>&"$errors" {errors}>&- {idle}>&-
        }

        """;
}
