using System.Text;

namespace Wercker.Pipeline.Configuration;

/// <summary>The way to a setting: "targets.production.variables" in a file, "Wercker:Targets:production:variables" in IConfiguration.</summary>
internal sealed class KeyPath
{
    private readonly KeyPath? _parent;
    private readonly string? _key;
    private readonly int _index;
    private readonly bool _colons;

    private KeyPath(KeyPath? parent, string? key, int index, bool colons)
    {
        _parent = parent;
        _key = key;
        _index = index;
        _colons = colons;
    }

    /// <summary>The root of a file.</summary>
    public static KeyPath File { get; } = new(null, null, 0, false);

    /// <summary>A path that somebody else has written, as the beginning of longer ones.</summary>
    public static KeyPath StartingAt(string text, bool colons) => new(null, text, 0, colons);

    public KeyPath Member(string key) => new(this, key, 0, _colons);

    public KeyPath Item(int index) => new(this, null, index, _colons);

    /// <inheritdoc />
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    private void Write(StringBuilder text)
    {
        if (_parent is null)
        {
            text.Append(_key);
            return;
        }

        _parent.Write(text);
        if (_colons)
        {
            text.Append(':');
            _ = _key is null ? text.Append(_index) : text.Append(DisplayText.Clean(_key));
        }
        else if (_key is null)
        {
            text.Append('[').Append(_index).Append(']');
        }
        else if (IsPlain(_key))
        {
            text.Append(text.Length > 0 ? "." : string.Empty).Append(_key);
        }
        else
        {
            text.Append('[').Append(DisplayText.Quote(_key)).Append(']');
        }
    }

    private static bool IsPlain(string key) =>
        key.Length is > 0 and <= DisplayText.QuoteLength && key.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_' or ':' or '$' or '/');
}
