namespace Wercker.Pipeline.Logs;

/// <summary>What a check compares.</summary>
internal enum LogCheckKind
{
    /// <summary>The number of entries with a limit.</summary>
    Limit,

    /// <summary>The number of entries with that of a window of the same length before the deployment.</summary>
    Increase,

    /// <summary>The kinds of messages with those before the deployment.</summary>
    Signatures,
}

/// <summary>One question of a log test.</summary>
internal sealed record LogCheck(LogCheckKind Kind, ILogSource Source, string Query)
{
    /// <summary>How many entries, or new signatures, are still fine; null for the test's own limit.</summary>
    public int? Maximum { get; init; }

    /// <summary>How many times as many entries as before are too many.</summary>
    public double Factor { get; init; }

    /// <summary>Fewer entries than this are never too many; a signature counts only from so many entries on.</summary>
    public int Minimum { get; init; } = 1;

    /// <summary>Looks for new signatures among all lines and not only among errors.</summary>
    public bool AnyLine { get; init; }

    /// <summary>What its outcome means for the test.</summary>
    public CheckRole Role { get; init; }

    /// <summary>The check in words, with its source.</summary>
    public string Title => Kind switch
    {
        LogCheckKind.Limit => $"{Source.Name}: {Asked}",
        LogCheckKind.Increase => FormattableString.Invariant($"{Source.Name}: {Asked}, more than {Factor:0.##} times as often as before"),
        _ => $"{Source.Name}: new {(AnyLine ? "messages" : "errors")}{(Query.Length == 0 ? string.Empty : $" among {Query}")}",
    };

    private string Asked => Query.Length == 0 ? "every line" : Query;
}

/// <summary>How a test proves that its sources are alive: a line that it sends through the application's log path.</summary>
internal sealed record LogCanary(Func<DeployContext, string, CancellationToken, ValueTask> Send, TimeSpan Deadline)
{
    /// <summary>One word in every query language, and one that no log has by itself.</summary>
    private const string Prefix = "werckercanary";

    public static string NewToken() => Prefix + Guid.NewGuid().ToString("N");

    /// <summary>Canaries of this test and of others are no lines of the application.</summary>
    public static bool IsIn(string message) => message.Contains(Prefix, StringComparison.Ordinal);
}

/// <summary>A source that needs the running deployment: its sandbox, or what was journaled when it began.</summary>
internal interface IBoundLogSource : ILogSource
{
    /// <summary>Remembers where the log ends now, before the deployment changes anything.</summary>
    ValueTask MarkAsync(DeployContext context, CancellationToken cancellationToken);

    /// <summary>The source as this deployment sees it.</summary>
    ILogSource Bind(DeployContext context, TestWindow window);
}
