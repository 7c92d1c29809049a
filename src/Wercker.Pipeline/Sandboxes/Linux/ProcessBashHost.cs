namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>A bash session in processes of this machine.</summary>
internal sealed class ProcessBashHost : PipedBashHost
{
    private readonly string _bash;
    private readonly string _directory;
    private readonly IReadOnlyList<string> _environment;
    private readonly string _control;
    private readonly ProcessTree _tree;
    private bool _hasDirectory;

    private ProcessBashHost(string bash, string directory, IReadOnlyList<string> environment, string control, ProcessTree tree, (Pipe Output, Pipe Error) pipes)
        : base(pipes.Output, pipes.Error)
    {
        _bash = bash;
        _directory = directory;
        _environment = environment;
        _control = control;
        _tree = tree;
    }

    /// <summary>Makes it; bash is not started yet.</summary>
    /// <exception cref="SandboxException">The process has too many open files.</exception>
    public static ProcessBashHost Make(string bash, string directory, IReadOnlyList<string> environment, string control, ProcessTree tree) =>
        new(bash, directory, environment, control, tree, Pipe.OpenTwo());

    /// <summary>Says that the directory is there now. Bash may have been started before, and has come up meanwhile.</summary>
    /// <exception cref="SandboxException">There is no room for the script.</exception>
    public void EnterDirectory()
    {
        _hasDirectory = true;
        Process?.Enter(_directory);
    }

    protected override ValueTask<BashProcess> StartBashAsync(bool isAgain, CancellationToken cancellationToken)
    {
        if (isAgain)
        {
            _tree.ReapEmptySessions();
        }

        var process = BashProcess.Start(_bash, _environment, _control, OutputEnd, ErrorEnd);
        _tree.Add(process.Pid);
        if (_hasDirectory)
        {
            process.Enter(_directory);
        }

        return ValueTask.FromResult(process);
    }

    protected override bool TryBury() => _tree.TryBury();

    protected override Task KillAllAsync(BashProcess? process) => _tree.KillAsync();
}
