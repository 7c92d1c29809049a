namespace Wercker.Pipeline.Dashboard.Connections;

/// <summary>The connections that the user may test.</summary>
/// <param name="Connections">The connections, by project and target.</param>
public sealed record AdminModel(IReadOnlyList<ConnectionModel> Connections);

/// <summary>A connection.</summary>
public sealed record ConnectionModel
{
    /// <summary>The project.</summary>
    public required ProjectAccess Project { get; init; }

    /// <summary>The target's name.</summary>
    public required string Target { get; init; }

    /// <summary>Its number within the target.</summary>
    public required int Number { get; init; }

    /// <summary>Its name: "Loggly".</summary>
    public required string Name { get; init; }

    /// <summary>Where it leads.</summary>
    public required string Description { get; init; }

    /// <summary>What the last test saw, since the application started; null when there was none.</summary>
    public ConnectionResult? Result { get; init; }
}

/// <summary>What a test of a connection saw.</summary>
/// <param name="Succeeded">Whether it could ask.</param>
/// <param name="Message">What was seen, or why it could not ask, in a sentence.</param>
/// <param name="At">When.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="By">Who tested it.</param>
public sealed record ConnectionResult(bool Succeeded, string Message, DateTimeOffset At, double Seconds, string By);
