using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>
/// Runs git and its neighbours with an environment of their own: no settings of the user or the machine, no questions, no hooks, and
/// none of the caller's variables that hold the key.
/// </summary>
internal sealed class GitProcess(string home, string key)
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    /// <summary>Sets a variable of every process from now on.</summary>
    public GitProcess With(string name, string value)
    {
        _variables[name] = value;
        return this;
    }

    /// <summary>Hands git settings through its environment, where no other process sees them and nothing is left behind.</summary>
    public GitProcess WithSettings(params (string Key, string Value)[] settings)
    {
        With("GIT_CONFIG_COUNT", $"{settings.Length}");
        for (var i = 0; i < settings.Length; i++)
        {
            With($"GIT_CONFIG_KEY_{i}", settings[i].Key).With($"GIT_CONFIG_VALUE_{i}", settings[i].Value);
        }

        return this;
    }

    /// <summary>Runs git in a directory for its answer.</summary>
    /// <exception cref="HerokuException">git failed; the message has its words.</exception>
    public async Task<ProcessAnswer> AskAsync(string directory, string[] arguments, CancellationToken cancellationToken)
    {
        var answer = await RunAsync("git", ["-C", directory, .. arguments], null, cancellationToken).ConfigureAwait(false);
        return answer.ExitCode == 0
            ? answer
            : throw new HerokuException($"git {arguments[0]} failed in {directory} with exit code {answer.ExitCode}: {answer.Words}");
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">The program, found in PATH.</param>
    /// <param name="arguments">Its arguments; never a secret.</param>
    /// <param name="errors">Takes its standard error while it runs; null to keep it for the answer only.</param>
    /// <param name="cancellationToken">Kills it and all that it started.</param>
    public async Task<ProcessAnswer> RunAsync(string program, IReadOnlyList<string> arguments, RemoteLines? errors, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Prepare(start.Environment);
        using var process = Start(start);
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var words = new MemoryStream();
            var buffer = new byte[8192];
            int count;
            while ((count = await process.StandardError.BaseStream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                words.Write(buffer, 0, count);
                if (errors is not null)
                {
                    await errors.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                }
            }

            if (errors is not null)
            {
                await errors.CompleteAsync(cancellationToken).ConfigureAwait(false);
            }

            var text = await output.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return new ProcessAnswer(process.ExitCode, text, Encoding.UTF8.GetString(words.GetBuffer(), 0, (int)words.Length));
        }
        catch
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            throw;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new HerokuException($"{start.FileName} cannot be started: {e.Message}. Install it, or set \"transport\" to \"build-api\", which needs no git.", e);
        }
    }

    private void Prepare(IDictionary<string, string?> environment)
    {
        foreach (var (name, value) in environment.ToArray())
        {
            if (name.StartsWith("GIT_", StringComparison.Ordinal) || name.StartsWith("SSH_", StringComparison.Ordinal)
                || (value is not null && value.Contains(key, StringComparison.Ordinal)))
            {
                environment.Remove(name);
            }
        }

        environment["HOME"] = home;
        environment["XDG_CONFIG_HOME"] = home;
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["LC_ALL"] = "C";
        foreach (var (name, value) in _variables)
        {
            environment[name] = value;
        }
    }
}

/// <summary>How a process ended and what it said.</summary>
internal sealed record ProcessAnswer(int ExitCode, string Text, string ErrorText)
{
    /// <summary>The end of what it said on standard error, on one line.</summary>
    public string Words
    {
        get
        {
            var words = string.Join(' ', ErrorText.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(4));
            return words.Length > 0 ? words : "it said nothing";
        }
    }

    public bool Says(string text) => ErrorText.Contains(text, StringComparison.Ordinal) || Text.Contains(text, StringComparison.Ordinal);
}
