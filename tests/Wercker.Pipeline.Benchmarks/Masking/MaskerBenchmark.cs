using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Tests.Secrets;

namespace Wercker.Pipeline.Benchmarks.Masking;

/// <summary>The masker beside what else one could use, in turns on one thread.</summary>
internal static class MaskerBenchmark
{
    private const int Chunk = 65536;

    public static int Run(TextWriter output, string[] options)
    {
        var quick = options.Contains("--quick");
        var counts = options.Select(option => int.TryParse(option, CultureInfo.InvariantCulture, out var count) ? count : 0).Where(count => count > 0).ToArray();
        output.WriteLine($"rates are MB per second of {(ThreadTime.IsCpuTime ? "CPU" : "wall clock")} time; the masker knows all renderings, the others only those of a build server");
        foreach (var count in counts.Length == 0 ? [5, 50, 500] : counts)
        {
            foreach (var (name, bytesPerHit) in new[] { ("1 hit per MB", 1_000_000), ("1 hit per KB", 1000) })
            {
                Case(output, count, name, bytesPerHit, quick);
            }
        }

        return 0;
    }

    private static void Case(TextWriter output, int count, string hits, int bytesPerHit, bool quick)
    {
        var secrets = MaskingLog.Secrets(count);
        var log = new MaskingLog(secrets, 16_000_000, bytesPerHit);
        var masker = new SecretMasker();
        foreach (var (i, secret) in secrets.Index())
        {
            masker.Add($"SECRET_{i}", new Secret(secret));
        }

        var start = ThreadTime.Seconds();
        masker.Mask("builds the matcher");
        var built = ThreadTime.Seconds() - start;
        var patterns = SlowMasker.Patterns([.. secrets]);
        Check(masker, log, patterns);
        CheckAll(masker, log);
        output.WriteLine($"\n## {count} secrets, {patterns.Count} patterns (built in {built * 1000:0} ms), {hits}: {log.Hits} in {log.Bytes.Length / 1e6:0} MB");

        var contenders = Contenders(masker, log, RunnerEncodings.Of(secrets)).ToArray();
        var rounds = quick ? 3 : 9;
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var contender in contenders)
            {
                // The first round only warms up.
                contender.Measure(quick ? 0.05 : 0.2, keep: round > 0);
            }
        }

        var (mine, copy) = (contenders[0], contenders[^1]);
        output.WriteLine("| contender | MB/s median (min-max) | masker is x times | of memcpy | bytes allocated per MB |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var contender in contenders)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {contender.Name} | {contender.Rate:0.0} ({contender.Rates.Min():0.0}-{contender.Rates.Max():0.0}) | {mine.Times(contender):0.00} | {contender.Times(copy):0.0000} | {contender.AllocatedPerMegabyte:0} |"));
        }
    }

    private static IEnumerable<Contender> Contenders(SecretMasker masker, MaskingLog log, string[] patterns)
    {
        var writer = new FixedWriter(4 * Chunk);
        var session = masker.OpenSession();
        yield return new Contender("masker, chunks of 64 KiB", log.Bytes.Length, () => Stream(session, log.Bytes, writer, Chunk));
        yield return new Contender("masker, chunks of 100 bytes", log.Bytes.Length, () => Stream(session, log.Bytes, writer, 100));

        var few = log.Lines.AsMemory(0, Math.Max(200, log.Lines.Length / (patterns.Length + 1)));
        yield return new Contender("string.Replace chain per line", Length(few), () => PerLine(few, line =>
        {
            foreach (var pattern in patterns)
            {
                line = line.Replace(pattern, "***", StringComparison.Ordinal);
            }

            return line;
        }));

        if (patterns.Length <= 500)
        {
            var regex = new Regex(string.Join('|', patterns.Select(Regex.Escape)), RegexOptions.Compiled | RegexOptions.CultureInvariant);
            yield return new Contender("Regex alternation, compiled, per line", Length(few), () => PerLine(few, line => regex.Replace(line, "***")));
        }

        var values = SearchValues.Create(patterns, StringComparison.Ordinal);
        var part = log.Text[..(patterns.Length <= 80 ? log.Text.Length : log.Text.Length / 16)];
        yield return new Contender("SearchValues<string> scan only, whole text", part.Length, () => Scan(part, values));

        var target = new byte[log.Bytes.Length];
        yield return new Contender("memcpy", log.Bytes.Length, () =>
        {
            log.Bytes.AsSpan().CopyTo(target);
            return target[^2];
        });
    }

    private static long Stream(MaskingSession session, byte[] bytes, FixedWriter writer, int chunk)
    {
        var before = writer.Total;
        for (var at = 0; at < bytes.Length; at += chunk)
        {
            session.Write(bytes.AsSpan(at, Math.Min(chunk, bytes.Length - at)), writer);
            writer.Clear();
        }

        session.Complete(writer);
        writer.Clear();
        return writer.Total - before;
    }

    private static long PerLine(ReadOnlyMemory<string> lines, Func<string, string> mask)
    {
        long length = 0;
        foreach (var line in lines.Span)
        {
            length += mask(line).Length;
        }

        return length;
    }

    private static long Scan(string text, SearchValues<string> values)
    {
        long found = 0;
        var rest = text.AsSpan();
        for (var at = rest.IndexOfAny(values); at >= 0; at = rest.IndexOfAny(values))
        {
            found++;
            rest = rest[(at + 1)..];
        }

        return found;
    }

    /// <summary>A masker that is fast because it finds nothing would win, so the result is checked first.</summary>
    private static void Check(SecretMasker masker, MaskingLog log, IReadOnlyList<SecretPattern> patterns)
    {
        var hit = log.Text.IndexOf("token=", StringComparison.Ordinal);
        var slice = log.Bytes.AsSpan(Math.Max(0, hit - 2000), 10_000).ToArray();
        var writer = new FixedWriter(4 * Chunk);
        Stream(masker.OpenSession(), slice, writer, 1000);
        var kept = new ArrayBufferWriter<byte>();
        var session = masker.OpenSession();
        session.Write(slice, kept);
        session.Complete(kept);
        if (!kept.WrittenSpan.SequenceEqual(SlowMasker.Mask(patterns, slice)) || kept.WrittenSpan.IndexOf("token=***"u8) < 0 || writer.Total != kept.WrittenCount)
        {
            throw new InvalidOperationException("The masker's output is not what the slow masker gives.");
        }
    }

    /// <summary>The whole log: every secret that was put into it is masked, and nothing else is changed.</summary>
    private static void CheckAll(SecretMasker masker, MaskingLog log)
    {
        var kept = new ArrayBufferWriter<byte>(log.Bytes.Length);
        var session = masker.OpenSession();
        session.Write(log.Bytes, kept);
        session.Complete(kept);
        var masks = kept.WrittenSpan.Count("***"u8);
        if (masks != log.Hits || kept.WrittenSpan.Count("token=***"u8) != log.Hits || kept.WrittenSpan.Count("\n"u8) != log.Lines.Length - 1)
        {
            throw new InvalidOperationException($"The masker masked {masks} times in a log with {log.Hits} secrets.");
        }
    }

    private static long Length(ReadOnlyMemory<string> lines)
    {
        long length = 0;
        foreach (var line in lines.Span)
        {
            length += line.Length + 1;
        }

        return length;
    }
}
