using System.Security.Cryptography;
using Docker.DotNet;
using Wercker.Pipeline.Docker.Containers;

namespace Wercker.Pipeline.Docker.Services;

/// <summary>A command that runs once, with what the service has around it.</summary>
/// <param name="Text">Its text, for a shell.</param>
/// <param name="DeploymentId">The deployment.</param>
/// <param name="Variables">"NAME=value", besides those of the service.</param>
/// <param name="Write">Takes its output.</param>
internal sealed record ServiceCommand(string Text, string DeploymentId, IReadOnlyList<string> Variables, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> Write)
{
    /// <summary>A name of its own.</summary>
    public static string NameFor(string service) => $"{service}-run-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    /// <summary>Tells whose it is, so that what a killed process left can be removed.</summary>
    public Dictionary<string, string> Labels() => new(StringComparer.Ordinal)
    {
        [ContainerPlan.OwnerLabel] = Owner.OfThisProcess().ToString(),
        [ContainerPlan.DeploymentLabel] = DeploymentId,
    };

    /// <summary>The environment of the service and the variables of the deployment, which win.</summary>
    public List<string> EnvironmentWith(IEnumerable<string>? service) =>
        [.. (service ?? []).Where(one => !Variables.Any(own => NameOf(own) == NameOf(one))), .. Variables];

    /// <summary>Copies a stream of output to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="seen">How many bytes of each stream have been written already: that many are passed over, and the rest is counted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task CopyAsync(MultiplexedStream stream, Dictionary<OutputStream, long> seen, CancellationToken cancellationToken)
    {
        var skip = new Dictionary<OutputStream, long>(seen);
        var buffer = new byte[81920];
        while (await stream.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken).ConfigureAwait(false) is { Count: > 0 } read)
        {
            var target = read.Target == MultiplexedStream.TargetStream.StandardError ? OutputStream.Error : OutputStream.Output;
            var passed = (int)Math.Min(skip.GetValueOrDefault(target), read.Count);
            skip[target] = skip.GetValueOrDefault(target) - passed;
            if (read.Count > passed)
            {
                seen[target] = seen.GetValueOrDefault(target) + read.Count - passed;
                await Write(target, buffer.AsMemory(passed, read.Count - passed)).ConfigureAwait(false);
            }
        }
    }

    private static string NameOf(string variable) => variable.Split('=', 2)[0];
}
