using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Testing.Sandboxes;

/// <summary>
/// The rules that every kind of sandbox keeps, whatever it is made of. Needs no test framework: list <see cref="Rules"/> as the cases of one test and
/// call <see cref="CheckAsync"/> with each.
/// </summary>
/// <remarks>Rules run real commands, which need bash, coreutils, util-linux and grep inside the sandbox, and take a few seconds all together.</remarks>
public sealed partial class SandboxContract
{
    private static readonly OrderedDictionary<string, Func<SandboxContract, CancellationToken, Task>> All = new()
    {
        ["exports persist"] = (c, t) => c.ExportsPersist(t),
        ["working directory persists"] = (c, t) => c.WorkingDirectoryPersists(t),
        ["commands start in the root"] = (c, t) => c.CommandsStartInRoot(t),
        ["exit codes are reported"] = (c, t) => c.ExitCodesAreReported(t),
        ["the status of the last command is restored"] = (c, t) => c.LastStatusIsRestored(t),
        ["stdin is empty"] = (c, t) => c.StandardInputIsEmpty(t),
        ["a command reads what it is given"] = (c, t) => c.InputIsRead(t),
        ["ten megabytes of input arrive unchanged"] = (c, t) => c.LargeInputArrives(t),
        ["a command need not read its input"] = (c, t) => c.InputMayBeLeft(t),
        ["input comes as it is there"] = (c, t) => c.InputIsLive(t),
        ["a command whose input breaks off is killed"] = (c, t) => c.BrokenInputKills(t),
        ["a pipeline has the status of its last command"] = (c, t) => c.PipelineHasLastStatus(t),
        ["history expansion is off"] = (c, t) => c.HistoryExpansionIsOff(t),
        ["a command may have several lines"] = (c, t) => c.CommandMayHaveSeveralLines(t),
        ["special characters survive"] = (c, t) => c.SpecialCharactersSurvive(t),
        ["a syntax error is only that command's"] = (c, t) => c.SyntaxErrorIsContained(t),
        ["a long command runs"] = (c, t) => c.LongCommandRuns(t),
        ["exit ends the shell, the next command runs"] = (c, t) => c.ExitEndsShell(t),
        ["set -e ends the shell, the next command runs"] = (c, t) => c.ErrexitEndsShell(t),
        ["a killed shell is renewed"] = (c, t) => c.KilledShellIsRenewed(t),
        ["an exit trap runs at the end"] = (c, t) => c.ExitTrapRuns(t),
        ["order is kept per stream"] = (c, t) => c.OrderIsKept(t),
        ["output without a final newline is whole"] = (c, t) => c.UnfinishedLineIsWhole(t),
        ["binary output is unchanged"] = (c, t) => c.BinaryOutputIsUnchanged(t),
        ["output belongs to its command"] = (c, t) => c.OutputBelongsToItsCommand(t),
        ["large output with a slow writer keeps memory bounded"] = (c, t) => c.LargeOutputIsBounded(t),
        ["a background process does not hold its command up"] = (c, t) => c.BackgroundDoesNotHang(t),
        ["an exception of the writer reaches the caller"] = (c, t) => c.WriterExceptionReachesCaller(t),
        ["the caller's environment does not leak in"] = (c, t) => c.EnvironmentDoesNotLeak(t),
        ["the specified environment is there"] = (c, t) => c.SpecifiedEnvironmentIsThere(t),
        ["a secret file is its user's only, and its variable holds the path"] = (c, t) => c.SecretFileIsPrivate(t),
        ["cancel kills the command"] = (c, t) => c.CancelKills(t),
        ["a timeout kills the command"] = (c, t) => c.TimeoutKills(t),
        ["silence kills the command"] = (c, t) => c.SilenceKills(t),
        ["output prevents the no-output timeout"] = (c, t) => c.OutputPreventsSilence(t),
        ["a process that ignores SIGTERM is killed"] = (c, t) => c.StubbornProcessIsKilled(t),
        ["a process in another session is dead after dispose"] = (c, t) => c.EscapedProcessIsKilled(t),
        ["copies keep modes and links"] = (c, t) => c.CopiesKeepModes(t),
        ["dispose removes everything"] = (c, t) => c.DisposeRemovesEverything(t),
        ["two sandboxes do not see each other"] = (c, t) => c.SandboxesAreApart(t),
    };

    private readonly Func<ISandboxProvider> _createProvider;
    private string _rule = "";

    /// <summary>Makes the kit.</summary>
    /// <param name="createProvider">Makes the provider under test, once per sandbox.</param>
    public SandboxContract(Func<ISandboxProvider> createProvider)
    {
        ArgumentNullException.ThrowIfNull(createProvider);
        _createProvider = createProvider;
    }

    /// <summary>The names of all rules.</summary>
    public static IReadOnlyList<string> Rules { get; } = [.. All.Keys];

    /// <summary>
    /// Tells whether a process with the given text in its environment lives, wherever the sandbox runs its processes. Default: looks through /proc of this
    /// machine, which also shows the processes of local containers to root.
    /// </summary>
    public Func<string, bool> IsAlive { get; init; } = ProcessProbe.IsAlive;

    /// <summary>Checks one rule.</summary>
    /// <param name="rule">Its name, one of <see cref="Rules"/>.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>When the rule is kept.</returns>
    /// <exception cref="SandboxContractException">The rule is broken.</exception>
    /// <exception cref="ArgumentException">There is no such rule.</exception>
    public Task CheckAsync(string rule, CancellationToken cancellationToken)
    {
        if (!All.TryGetValue(rule, out var check))
        {
            throw new ArgumentException($"There is no rule '{rule}'; the rules are: {string.Join(", ", Rules)}.", nameof(rule));
        }

        _rule = rule;
        return check(this, cancellationToken);
    }

    private ValueTask<ISandbox> CreateAsync(CancellationToken cancellationToken, DeployEnvironment? environment = null) =>
        _createProvider().CreateAsync(new SandboxSpec { DeploymentId = "contract", Environment = environment ?? [] }, cancellationToken);

    private async Task UseAsync(Func<ISandbox, ISandboxShell, Task> rule, CancellationToken cancellationToken, DeployEnvironment? environment = null)
    {
        var sandbox = await CreateAsync(cancellationToken, environment).ConfigureAwait(false);
        await using var ending = sandbox.ConfigureAwait(false);
        var shell = await sandbox.OpenShellAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = shell.ConfigureAwait(false);
        await rule(sandbox, shell).ConfigureAwait(false);
    }

    private Task<string> RunForOutputAsync(ISandboxShell shell, string text, CancellationToken cancellationToken) =>
        RunForOutputAsync(shell, new ShellCommand(text), cancellationToken);

    private async Task<string> RunForOutputAsync(ISandboxShell shell, ShellCommand command, CancellationToken cancellationToken)
    {
        var output = new CollectingWriter();
        var result = await shell.RunAsync(command, output, cancellationToken).ConfigureAwait(false);
        Expect(result.Succeeded, $"'{command.Text}' succeeds", $"it ended with {result}; stderr: {output.ErrorText}");
        return output.OutputText;
    }

    private void Expect(bool condition, string expected, string found)
    {
        if (!condition)
        {
            throw new SandboxContractException($"The rule \"{_rule}\" is broken: expected that {expected}, but {found}.");
        }
    }

    private void ExpectEqual<T>(T expected, T found, string what) =>
        Expect(EqualityComparer<T>.Default.Equals(expected, found), $"{what} is '{expected}'", $"it is '{found}'");
}
