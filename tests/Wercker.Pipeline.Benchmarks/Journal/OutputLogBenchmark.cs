using System.Diagnostics;
using System.Globalization;
using System.Text;
using Wercker.Pipeline.PostgreSql;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Sqlite;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Benchmarks.Journal;

/// <summary>What keeping the output of a deployment in a store costs, beside keeping it in a file.</summary>
internal static class OutputLogBenchmark
{
    private const int Lines = 600;
    private const string Deployment = "d1";

    public static async Task<int> RunAsync(TextWriter output, string[] options)
    {
        var (rounds, blocks) = options.Contains("--quick") ? (2, 3000) : (5, 17_000);
        var directory = options.FirstOrDefault(option => option[0] != '-') ?? Path.GetTempPath();
        await using var server = options.Contains("--postgresql") ? await PostgreSqlServer.StartAsync(isDurable: true) : null;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{blocks * Lines:N0} lines a round on {directory}: seconds, processor seconds, MB kept"));
        for (var round = 0; round <= rounds; round++)
        {
            var line = new StringBuilder();
            line.Append(await MeasureAsync("file", directory, blocks, _ => null));
            line.Append(await MeasureAsync("SQLite", directory, blocks, folder => new SqliteStore(Path.Combine(folder, "bench.db"))));
            if (server is not null)
            {
                line.Append(await MeasureAsync("PostgreSQL", directory, blocks, _ => new PostgreSqlStore(server.Connection)));
            }

            // The first round only warms up.
            output.WriteLine(round == 0 ? string.Empty : line.ToString());
        }

        return 0;
    }

    private static async Task<string> MeasureAsync(string name, string directory, int count, Func<string, IAsyncDisposable?> open)
    {
        var folder = Path.Combine(directory, $"output-log-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            await using var store = open(folder);
            var deployment = $"{Deployment}-{Guid.NewGuid():N}";
            var started = Stopwatch.GetTimestamp();
            var processor = Process.GetCurrentProcess().TotalProcessorTime;
            await using (var reports = new ReportFolder(folder) { OpenLog = OpenerOf(store) })
            {
                var text = new byte[Lines * 120];
                for (var i = 0; i < count; i++)
                {
                    var length = Fill(text, i * Lines);
                    await reports.WriteAsync(new OutputBlock(deployment, "Push", OutputStream.Output, DateTimeOffset.UnixEpoch.AddMilliseconds(i), text.AsMemory(0, length)), default);
                }
            }

            var time = Stopwatch.GetElapsedTime(started);
            processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
            var kept = store switch
            {
                SqliteStore sqlite => (await sqlite.FindLogAsync(deployment, default))!.KeptBytes,
                PostgreSqlStore postgres => (await postgres.FindLogAsync(deployment, default))!.KeptBytes,
                _ => new FileInfo(Path.Combine(folder, "deploy.log")).Length,
            };
            return string.Create(CultureInfo.InvariantCulture, $"{name} {time.TotalSeconds,6:0.00} {processor.TotalSeconds,6:0.00} {kept / 1e6,7:0}   ");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Func<string, Stream>? OpenerOf(IAsyncDisposable? store) => store switch
    {
        SqliteStore sqlite => sqlite.OpenLog,
        PostgreSqlStore postgres => postgres.OpenLog,
        _ => null,
    };

    /// <summary>Lines of about a hundred bytes that differ in some numbers, as those of a build do.</summary>
    private static int Fill(Span<byte> text, int first)
    {
        var length = 0;
        for (var i = 0; i < Lines; i++)
        {
            Encoding.UTF8.TryGetBytes("compiling module ", text[length..], out var count);
            length += count;
            (first + i).TryFormat(text[length..], out count, default, CultureInfo.InvariantCulture);
            length += count;
            Encoding.UTF8.TryGetBytes(" of the shop, with all the warnings of its dependencies, in ", text[length..], out count);
            length += count;
            ((uint)(first + i) * 2654435761u % 100_000).TryFormat(text[length..], out count, default, CultureInfo.InvariantCulture);
            length += count;
            Encoding.UTF8.TryGetBytes(" ms: no errors\n", text[length..], out count);
            length += count;
        }

        return length;
    }
}
