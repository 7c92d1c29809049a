using System.Buffers;
using System.Text;

namespace Wercker.Pipeline.Secrets;

/// <summary>Replaces every known secret by *** in all that leaves a deployment, also where a program has encoded, quoted, coloured or wrapped it.</summary>
/// <remarks>Secrets may become known at any time and from any thread. Masking takes no lock.</remarks>
public sealed class SecretMasker
{
    private readonly Lock _gate = new();
    private readonly HashSet<Secret> _known = [];
    private readonly List<SecretPattern> _patterns = [];
    private readonly List<string> _warnings = [];
    private volatile PatternMatcher? _matcher = new([]);
    private BlockScanner? _idle;

    /// <summary>What is not masked everywhere, and why: one sentence for each such secret, with its name and never its value.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_gate)
            {
                return [.. _warnings];
            }
        }
    }

    /// <summary>
    /// What to find: built when it is first needed, so that adding many secrets costs one build. Whoever comes while it is being built waits,
    /// because going on with the old one would let the new secret through.
    /// </summary>
    internal PatternMatcher Matcher
    {
        get
        {
            if (_matcher is { } matcher)
            {
                return matcher;
            }

            lock (_gate)
            {
                return _matcher ??= new PatternMatcher(_patterns);
            }
        }
    }

    /// <summary>Makes a secret known, from now on, to all open sessions.</summary>
    /// <param name="name">Its name, for warnings; never its value.</param>
    /// <param name="secret">The secret. White space around it does not count.</param>
    public void Add(string name, Secret secret)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(secret);
        var maskability = OvermaskGuard.Judge(secret.Reveal().Trim());
        var patterns = SecretRenderings.Of(secret.Reveal(), maskability);
        lock (_gate)
        {
            if (OvermaskGuard.Warning(name, maskability) is { } warning && !_warnings.Contains(warning))
            {
                _warnings.Add(warning);
            }

            if (_known.Add(secret) && patterns.Count > 0)
            {
                _patterns.AddRange(patterns);
                _matcher = null;
            }
        }
    }

    /// <summary>Masks a whole text, as a stream of its UTF-8 bytes would be.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text without secrets; the same object when it has none.</returns>
    public string Mask(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var matcher = Matcher;
        if (matcher.IsEmpty || text.Length == 0)
        {
            return text;
        }

        var scanner = Interlocked.Exchange(ref _idle, null) ?? new BlockScanner();
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(text));
        try
        {
            var count = Encoding.UTF8.GetBytes(text, bytes);
            scanner.Scan(matcher, bytes.AsSpan(0, count), [], default, final: true);
            return scanner.Matches.Count == 0 ? text : Replace(text, scanner.Matches);
        }
        finally
        {
            // Not every pool clears what it lends out next, and the bytes may hold a secret.
            ArrayPool<byte>.Shared.Return(bytes, clearArray: scanner.Matches.Count > 0);
            _idle = scanner;
        }
    }

    /// <summary>Starts masking a stream of bytes.</summary>
    /// <returns>The stream's state; one per stream.</returns>
    internal MaskingSession OpenSession() => new(this);

    /// <summary>Replaces stretches given in UTF-8 bytes; the rest stays as it was, half surrogate pairs included.</summary>
    private static string Replace(string text, IntervalList stretches)
    {
        var result = new StringBuilder(text.Length);
        var (position, offset, written, masked) = (0, 0, 0, -1);
        for (var i = 0; i < stretches.Count; i++)
        {
            var (start, end) = stretches[i];
            if (end <= offset)
            {
                continue;
            }

            position = Walk(text, position, ref offset, start, passing: false);
            if (position != masked)
            {
                result.Append(text, written, position - written).Append(Secret.Mask);
            }

            position = Walk(text, position, ref offset, end, passing: true);
            (written, masked) = (position, position);
        }

        return result.Append(text, written, text.Length - written).ToString();
    }

    private static int Walk(string text, int position, ref int offset, int target, bool passing)
    {
        while (offset < target)
        {
            var pair = char.IsHighSurrogate(text[position]) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]);
            var width = pair ? 4 : text[position] < 0x80 ? 1 : text[position] < 0x800 ? 2 : 3;
            if (!passing && offset + width > target)
            {
                break;
            }

            offset += width;
            position += pair ? 2 : 1;
        }

        return position;
    }
}
