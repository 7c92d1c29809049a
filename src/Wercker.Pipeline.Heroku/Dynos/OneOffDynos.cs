using System.Net;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Heroku.Dynos;

/// <summary>Runs commands on the app's current release, each in a dyno of its own.</summary>
internal sealed class OneOffDynos(HerokuApi api, HerokuOptions options, CertificateTrust trust)
{
    private const int Killed = 137;
    private const int ConflictTries = 3;
    private const int LongestLife = 24 * 60 * 60;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SpareLife = TimeSpan.FromMinutes(2);

    public async ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        var marker = new ExitMarker();
        var dyno = await StartAsync(context, command, marker, cancellationToken).ConfigureAwait(false);
        using var watch = new CommandWatch(command, api.Clock, cancellationToken);
        try
        {
            var code = options.DetachedCommands
                ? await new DetachedCommand(api, dyno, marker, output, watch).RunAsync().ConfigureAwait(false)
                : await AttachAsync(dyno, marker, output, watch).ConfigureAwait(false);
            return new CommandResult(CommandEnd.Exited, code, watch.Elapsed);
        }
        catch (OperationCanceledException)
        {
            var stopped = await StopAsync(dyno).ConfigureAwait(false);
            return watch.IsOver ? new CommandResult(watch.End, Killed, watch.Elapsed) { Detail = stopped } : throw new OperationCanceledException(cancellationToken);
        }
    }

    private async ValueTask<DynoInfo> StartAsync(DeployContext context, ShellCommand command, ExitMarker marker, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["command"] = marker.Wrap(command.Text),
            ["attach"] = !options.DetachedCommands,
            ["force_no_tty"] = true,
            ["env"] = Variables(context),

            // Should nobody be left to stop it, it stops by itself.
            ["time_to_live"] = (int)Math.Min(Math.Ceiling((command.Timeout + SpareLife).TotalSeconds), LongestLife),
        };
        if (options.CommandDynoSize is { } size)
        {
            body["size"] = size;
        }

        for (var tries = 1; ; tries++)
        {
            try
            {
                return await api.SendAsync(HttpMethod.Post, api.Of("dynos"), body, AnswerJson.Default.DynoInfo, false, cancellationToken).ConfigureAwait(false);
            }
            catch (HerokuException e) when (e.StatusCode == HttpStatusCode.Conflict && tries < ConflictTries)
            {
                // Right after a release the platform may not see it yet. A conflict started nothing, so asking again is safe.
            }
            catch (HerokuException e) when (e.IsOutcomeUnknown)
            {
                throw new HerokuException($"Whether a dyno was started for the command is unknown, so it was not asked for again: {e.Message}", e)
                {
                    StatusCode = e.StatusCode,
                    ErrorId = e.ErrorId,
                    RequestId = e.RequestId,
                };
            }
        }
    }

    private JsonObject Variables(DeployContext context)
    {
        var variables = new JsonObject();
        foreach (var name in options.CommandVariables)
        {
            variables[name] = context.Environment.TryGet(name, out var value)
                ? value
                : throw new ConfigurationException($"\"commandVariables\" names {name}, which the deployment does not have.");
        }

        return variables;
    }

    private async Task<int> AttachAsync(DynoInfo dyno, ExitMarker marker, IOutputWriter output, CommandWatch watch)
    {
        var connection = await RendezvousConnection.OpenAsync(dyno.AttachUrl, NameOf(dyno), trust, watch.Token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var text = new MarkedOutput(marker, output);
            var buffer = new byte[16 * 1024];
            string? reason = null;
            while (true)
            {
                int count;
                try
                {
                    count = await connection.ReadAsync(buffer, watch.Token).ConfigureAwait(false);
                }
                catch (IOException e)
                {
                    reason = e.Message;
                    count = 0;
                }

                if (count == 0)
                {
                    break;
                }

                watch.Heard();
                if (await text.WriteAsync(buffer.AsMemory(0, count), watch.Token).ConfigureAwait(false) is { } code)
                {
                    return code;
                }
            }

            await text.CompleteAsync(watch.Token).ConfigureAwait(false);
            throw new HerokuException(
                $"The connection to dyno {NameOf(dyno)} was closed before the exit code came{(reason is null ? string.Empty : $" ({reason})")}. Whether the command succeeded is unknown: look at the log of {NameOf(dyno)}.");
        }
    }

    /// <summary>Stops a dyno that nobody waits for any more.</summary>
    public async ValueTask<string?> StopAsync(DynoInfo dyno)
    {
        using var limit = new CancellationTokenSource(StopTimeout, api.Clock);
        try
        {
            await api.SendAsync(HttpMethod.Post, api.Of($"dynos/{NameOf(dyno)}/actions/stop"), null, true, limit.Token).ConfigureAwait(false);
            return null;
        }
        catch (HerokuException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return null;
        }
        catch (Exception e) when (e is HerokuException or OperationCanceledException)
        {
            return $"dyno {NameOf(dyno)} could not be stopped and may still run";
        }
    }

    public static string NameOf(DynoInfo dyno) => dyno.Name ?? dyno.Id ?? throw new HerokuException("Heroku started a dyno and did not say its name.");
}
