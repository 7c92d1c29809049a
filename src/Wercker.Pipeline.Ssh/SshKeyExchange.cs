namespace Wercker.Pipeline.Ssh;

/// <summary>Which way of agreeing on keys with a host comes first. What a host does not know is left out, whatever comes first.</summary>
public enum SshKeyExchange
{
    /// <summary>As the client has it: ways that also a quantum computer could not break come first, of a host with OpenSSH 8.5 to 9.8 sntrup761.</summary>
    Strongest,

    /// <summary>
    /// ML-KEM and X25519 come before sntrup761, which costs both ends about a tenth of a second of processor time for each connection. Who records traffic with
    /// a host that has no ML-KEM (OpenSSH before 9.9) could read it once there is a quantum computer that breaks X25519.
    /// </summary>
    Fastest,
}
