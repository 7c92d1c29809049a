using System.Text;
using Wercker.Pipeline.Ssh.Connections;
using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Fleets;

/// <summary>Does the same on many hosts, some at a time, each in its own time limit and over a connection that is used again.</summary>
/// <param name="pool">The connections.</param>
/// <param name="options">The settings.</param>
/// <param name="context">The deployment.</param>
internal sealed class FleetRun(HostPool pool, SshOptions options, DeployContext context) : IDisposable
{
    private const int Tries = 3;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _output = new(1);

    /// <summary>Works on hosts in their order.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="work">What to do; safe to do again after a connection was lost.</param>
    /// <param name="mayGoOn">Asked before each host with how many have failed; the hosts left are not tried when it says no. Null to try all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The outcomes, in the order of the hosts.</returns>
    public async Task<IReadOnlyList<HostOutcome>> RunAsync(
        IReadOnlyList<SshHost> hosts, Func<HostRun, SshHost, CancellationToken, Task<HostOutcome>> work, Func<HostOutcome, bool>? mayGoOn, CancellationToken cancellationToken)
    {
        var outcomes = new HostOutcome?[hosts.Count];
        var stopped = 0;
        var width = new ParallelOptions { MaxDegreeOfParallelism = options.Fleet.Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, hosts.Count, width, async (i, token) =>
        {
            if (Volatile.Read(ref stopped) == 0)
            {
                outcomes[i] = await OneAsync(hosts[i], work, token).ConfigureAwait(false);
                if (mayGoOn?.Invoke(outcomes[i]!) == false)
                {
                    Volatile.Write(ref stopped, 1);
                }
            }
        }).ConfigureAwait(false);
        return [.. hosts.Select((host, i) => outcomes[i] ?? new HostOutcome(host, HostState.NotTried))];
    }

    public void Dispose() => _output.Dispose();

    private async Task<HostOutcome> OneAsync(SshHost host, Func<HostRun, SshHost, CancellationToken, Task<HostOutcome>> work, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.HostTimeout, context.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    return await pool.UseAsync(host, connection => work(new HostRun(connection, line => ShowAsync(host, line)), host, both.Token), both.Token).ConfigureAwait(false);
                }
                catch (SshException e) when (e.IsUnreachable && tries < Tries)
                {
                    await Task.Delay(BetweenTries, context.TimeProvider, both.Token).ConfigureAwait(false);
                }
            }
        }
        catch (SshException e)
        {
            return new HostOutcome(host, e.IsUnreachable ? HostState.Unreachable : HostState.Failed, e.Reason);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HostOutcome(host, HostState.Failed, $"did not finish within {options.HostTimeout.TotalSeconds:0} seconds");
        }
    }

    private async ValueTask ShowAsync(SshHost host, string line)
    {
        await _output.WaitAsync().ConfigureAwait(false);
        try
        {
            await context.Output.WriteAsync(OutputStream.Output, Encoding.UTF8.GetBytes(options.Hosts.Count > 1 ? $"{host.Name} | {line}\n" : line + "\n"), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _output.Release();
        }
    }
}
