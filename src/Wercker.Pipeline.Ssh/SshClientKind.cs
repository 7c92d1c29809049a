namespace Wercker.Pipeline.Ssh;

/// <summary>Who speaks SSH.</summary>
public enum SshClientKind
{
    /// <summary>SSH.NET, within this process: nothing has to be installed, and many hosts cost little. Keys from files, and passwords.</summary>
    BuiltIn,

    /// <summary>The program <c>ssh</c>, with its own configuration: ProxyJump, agents, hardware keys, certificates.</summary>
    OpenSsh,
}
