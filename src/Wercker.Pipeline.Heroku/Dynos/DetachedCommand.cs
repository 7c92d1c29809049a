using System.Net;
using System.Text;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Heroku.Logs;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Heroku.Dynos;

/// <summary>A command whose dyno nobody is attached to: it is watched by polling, its output and its exit code are read from the log.</summary>
internal sealed class DetachedCommand(HerokuApi api, DynoInfo dyno, ExitMarker marker, IOutputWriter output, CommandWatch watch)
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(20);
    private readonly string _name = OneOffDynos.NameOf(dyno);
    private readonly MarkedOutput _text = new(marker, output);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private bool _lost;

    public async Task<int> RunAsync()
    {
        var polling = new Patience(api.Clock, TimeSpan.MaxValue);
        var backlog = new LogBacklog(api);
        while (true)
        {
            // Asked before the log is read: what a dyno wrote before it was gone is then in what is read.
            var isGone = await IsGoneAsync().ConfigureAwait(false);
            if (await ReadAsync(backlog).ConfigureAwait(false) is { } code)
            {
                return code;
            }

            if (isGone)
            {
                return await ReadLastWordsAsync(backlog).ConfigureAwait(false);
            }

            await polling.WaitAsync(watch.Token).ConfigureAwait(false);
        }
    }

    private async Task<int> ReadLastWordsAsync(LogBacklog backlog)
    {
        // The log comes after the fact, by seconds.
        var patience = new Patience(api.Clock, LastWords);
        while (await patience.WaitAsync(watch.Token).ConfigureAwait(false))
        {
            if (await ReadAsync(backlog).ConfigureAwait(false) is { } code)
            {
                return code;
            }
        }

        await _text.CompleteAsync(watch.Token).ConfigureAwait(false);
        throw new HerokuException(
            $"Dyno {_name} has ended, but its exit code is not in the log{(_lost ? ", of which lines were lost" : string.Empty)}. Whether the command succeeded is unknown.");
    }

    private async Task<bool> IsGoneAsync()
    {
        try
        {
            var now = await api.GetAsync(api.Of($"dynos/{_name}"), AnswerJson.Default.DynoInfo, watch.Token).ConfigureAwait(false);
            return now.State is "crashed" or "down" or "complete";
        }
        catch (HerokuException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return true;
        }
        catch (HerokuException e) when (e.IsTransient)
        {
            return false;
        }
    }

    private async Task<int?> ReadAsync(LogBacklog backlog)
    {
        IReadOnlyList<LogLine> lines;
        try
        {
            lines = await backlog.ReadAsync(_name, watch.Token).ConfigureAwait(false);
        }
        catch (HerokuException e) when (e.IsTransient || e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        // Equal lines of one instant are told apart by their count, for the log numbers nothing.
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            _lost |= line.IsLoss;
            if (line.Source != "app" || line.Process != _name)
            {
                continue;
            }

            var count = counts[line.Raw] = counts.GetValueOrDefault(line.Raw) + 1;
            if (!_seen.Add($"{count} {line.Raw}"))
            {
                continue;
            }

            watch.Heard();
            if (await _text.WriteAsync(Encoding.UTF8.GetBytes(line.Message + "\n"), watch.Token).ConfigureAwait(false) is { } code)
            {
                return code;
            }
        }

        return null;
    }
}
