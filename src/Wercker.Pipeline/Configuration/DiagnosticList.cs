using Microsoft.Extensions.Logging;

namespace Wercker.Pipeline.Configuration;

/// <summary>Collects warnings while a file is read.</summary>
internal sealed class DiagnosticList(SourceText source)
{
    /// <summary>More warnings than this help nobody; the rest is counted.</summary>
    private const int Maximum = 100;

    private readonly List<(int Offset, string? KeyPath, string Message)> _entries = [];
    private int _dropped;

    /// <summary>True when further warnings are only counted.</summary>
    public bool IsFull => _entries.Count == Maximum;

    public void Add(int offset, KeyPath? keyPath, string message)
    {
        if (IsFull)
        {
            _dropped++;
            return;
        }

        _entries.Add((offset, keyPath?.ToString(), message));
    }

    /// <summary>One warning for all places of one kind.</summary>
    public void AddOnce(List<int> offsets, string message)
    {
        if (offsets.Count > 0)
        {
            Add(offsets[0], null, offsets.Count == 1 ? message : $"{message} ({offsets.Count} places, this is the first)");
        }
    }

    /// <summary>The warnings in the order of the file.</summary>
    public List<ConfigurationDiagnostic> ToDiagnostics()
    {
        var diagnostics = new List<ConfigurationDiagnostic>(_entries.Count + 1);
        foreach (var (offset, keyPath, message) in _entries.OrderBy(entry => entry.Offset))
        {
            var (line, column) = source.Locate(offset);
            diagnostics.Add(new ConfigurationDiagnostic(LogLevel.Warning, source.File, line, column, keyPath, message));
        }

        if (_dropped > 0)
        {
            diagnostics.Add(new ConfigurationDiagnostic(LogLevel.Warning, source.File, null, null, null, $"{_dropped} more warnings are not shown"));
        }

        return diagnostics;
    }
}
