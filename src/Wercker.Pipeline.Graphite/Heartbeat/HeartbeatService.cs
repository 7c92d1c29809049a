using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Wercker.Pipeline.Graphite.Heartbeat;

/// <summary>Sends the heartbeat as long as the application runs. Whatever becomes of carbon, the application does not notice.</summary>
internal sealed partial class HeartbeatService(IOptions<HeartbeatOptions> options, TimeProvider clock, ILogger<HeartbeatService> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private readonly BeatBacklog _backlog = new();
    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await BeatAsync(HeartbeatSettings.Of(options.Value, Environment.GetEnvironmentVariable), stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application ends.
        }
        catch (ConfigurationException e)
        {
            LogNotConfigured(e.Message);
        }
    }

    private async Task BeatAsync(HeartbeatSettings settings, CancellationToken stoppingToken)
    {
        using var connection = new CarbonConnection(settings.Address, clock);
        var due = clock.GetUtcNow();
        var pause = FirstPause;
        for (var number = 0L; ;)
        {
            var now = clock.GetUtcNow();
            if (now >= due)
            {
                _backlog.Add(new Beat(now.ToUnixTimeSeconds(), ++number));

                // A machine that slept does not make up for the beats of its sleep.
                due += settings.Interval * (1 + Math.Floor((now - due) / settings.Interval));
            }

            var sent = await TrySendAsync(connection, settings, stoppingToken).ConfigureAwait(false);
            var left = due - clock.GetUtcNow();
            var wait = sent || left < pause ? left : pause;
            pause = sent ? FirstPause : pause * 2 < settings.Interval ? pause * 2 : settings.Interval;
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock, stoppingToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<bool> TrySendAsync(CarbonConnection connection, HeartbeatSettings settings, CancellationToken stoppingToken)
    {
        if (_backlog.Waiting.Count == 0)
        {
            return true;
        }

        try
        {
            if (!connection.IsOpen)
            {
                _backlog.Broke();
                await connection.OpenAsync(stoppingToken).ConfigureAwait(false);
            }

            await connection.SendAsync(CarbonMessage.Of(settings.Names, _backlog.Waiting, settings.Address.IsPickle), stoppingToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            connection.Dispose();
            if (!_isAway)
            {
                _isAway = true;
                LogAway(settings.Address.Host, settings.Address.Port, e.Message);
            }

            return false;
        }

        if (_isAway)
        {
            _isAway = false;
            LogBack(settings.Address.Host, settings.Address.Port, _backlog.Waiting.Count);
        }

        _backlog.Sent();
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "No heartbeat is sent. {Reason}")]
    private partial void LogNotConfigured(string reason);

    [LoggerMessage(LogLevel.Warning, "The heartbeat cannot reach carbon at {Host}:{Port}; it is tried again until it works. {Reason}")]
    private partial void LogAway(string host, int port, string reason);

    [LoggerMessage(LogLevel.Information, "The heartbeat reaches carbon at {Host}:{Port} again, with {Count} beat(s).")]
    private partial void LogBack(string host, int port, int count);
}
