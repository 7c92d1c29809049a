using System.Globalization;
using System.Text;

namespace Wercker.Pipeline.Benchmarks.Masking;

/// <summary>A log as deployments print it, with secrets in it now and then. The same on every run.</summary>
internal sealed class MaskingLog
{
    private static readonly string[] Words =
    [
        "Installing", "dependencies", "from", "package-lock.json", "Successfully", "compiled", "src/components/Header.tsx", "warning", "deprecated",
        "module", "GET", "/api/v1/users?page=2&limit=50", "200", "in", "12ms", "remote:", "Compressing", "objects:", "100%", "(23/23),", "done.",
        "Restarting", "web.1", "State", "changed", "from", "starting", "to", "up", "at=info", "method=POST", "path=\"/login\"", "status=302", "bytes=1894",
        "request_id=7c9e6679-7425-40de-944b-e07fc1f90ae7", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "dyno=web.1",
        "postgres://localhost:5432/app", "https://registry.example.org/left-pad/-/left-pad-1.3.0.tgz", "{\"level\":\"info\",\"msg\":\"ready\"}", "ok",
    ];

    public MaskingLog(IReadOnlyList<string> secrets, int length, int bytesPerHit)
    {
        var random = new Random(20131123);
        var text = new StringBuilder(length + 200);
        var (nextHit, number) = (bytesPerHit / 2, 0);
        while (text.Length < length)
        {
            text.Append(CultureInfo.InvariantCulture, $"2013-11-23T{number / 3600 % 24:00}:{number / 60 % 60:00}:{number++ % 60:00}.{random.Next(1000):000}Z app[web.{random.Next(4)}]: ");
            for (var words = random.Next(4, 11); words > 0; words--)
            {
                text.Append(Words[random.Next(Words.Length)]).Append(' ');
            }

            if (text.Length >= nextHit)
            {
                var secret = secrets[random.Next(secrets.Count)];
                text.Append("token=").Append(random.Next(4) == 0 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)) : secret);
                nextHit += bytesPerHit;
                Hits++;
            }

            text.Append('\n');
        }

        Text = text.ToString();
        Bytes = Encoding.UTF8.GetBytes(Text);
        Lines = Text.Split('\n');
    }

    public string Text { get; }

    public byte[] Bytes { get; }

    public string[] Lines { get; }

    public int Hits { get; }

    /// <summary>Of ten secrets: five tokens of letters and digits, two of hexadecimal digits, two passwords with signs, one address with a password.</summary>
    public static IReadOnlyList<string> Secrets(int count)
    {
        var random = new Random(42);
        return [.. Enumerable.Range(0, count).Select(i => (i % 10) switch
        {
            0 or 2 or 4 or 6 or 8 => Pick(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 40),
            1 or 5 => Pick(random, "0123456789abcdef", 32),
            3 or 7 => Pick(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!$%&/()=?+*#'\"<>", 20),
            _ => $"postgres://app:{Pick(random, "abcdefghijklmnopqrstuvwxyz0123456789", 24)}@db{i}.example.org:5432/app",
        })];
    }

    private static string Pick(Random random, string alphabet, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => alphabet[random.Next(alphabet.Length)]));
}
