using System.Buffers;
using System.Text;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Secrets;

/// <summary>Runs a stream through a masker in chunks.</summary>
internal static class Masked
{
    public static SecretMasker Masker(params string[] secrets)
    {
        var masker = new SecretMasker();
        for (var i = 0; i < secrets.Length; i++)
        {
            masker.Add($"SECRET_{i}", new Secret(secrets[i]));
        }

        return masker;
    }

    public static string Text(SecretMasker masker, string text, params int[] chunks) => Encoding.UTF8.GetString(Stream(masker, Encoding.UTF8.GetBytes(text), chunks));

    /// <summary>The chunk lengths are used in turn, again and again; none means all at once.</summary>
    public static byte[] Stream(SecretMasker masker, byte[] text, params int[] chunks)
    {
        var output = new ArrayBufferWriter<byte>();
        var session = masker.OpenSession();
        for (int at = 0, i = 0; at < text.Length; i++)
        {
            var length = chunks.Length == 0 ? text.Length : Math.Min(Math.Max(1, chunks[i % chunks.Length]), text.Length - at);
            session.Write(text.AsSpan(at, length), output);
            at += length;
        }

        session.Complete(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The first stretch of 12 characters of a rendering that is still to be read; null when there is none.</summary>
    /// <remarks>Line ends do not count as characters, as they do not for a reader: a text broken into lines is looked for without them.</remarks>
    public static string? Leak(string rendering, string output) =>
        Survivor(rendering, output) ?? Survivor(Joined(rendering), Joined(output));

    private static string Joined(string text) => text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);

    private static string? Survivor(string rendering, string output) =>
        Enumerable.Range(0, Math.Max(1, rendering.Length - 11)).Select(i => rendering.Substring(i, Math.Min(12, rendering.Length - i)))
            .FirstOrDefault(window => output.Contains(window, StringComparison.Ordinal));
}
