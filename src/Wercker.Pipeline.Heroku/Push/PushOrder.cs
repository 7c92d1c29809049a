namespace Wercker.Pipeline.Heroku.Push;

/// <summary>One push: what, for whom, and a private directory to work in.</summary>
internal sealed record PushOrder(DeployContext Context, Source Source, string Directory, IOutputWriter Output)
{
    public string User { get; init; } = "heroku-deploy@wercker.com";

    /// <summary>Journals what is about to be sent, before it is.</summary>
    public ValueTask SendingAsync(PushMark mark, CancellationToken cancellationToken) =>
        Context.SetAsync(PushMark.Key, mark with { Directory = Directory, IsSent = true }, cancellationToken);
}

/// <summary>What a transport has found out.</summary>
internal sealed record PushOutcome
{
    /// <summary>The verdict, when nothing is left to prove; null when a release was made.</summary>
    public StepResult? Verdict { get; init; }

    /// <summary>The id or version of the release that the push made.</summary>
    public string? Release { get; init; }

    /// <summary>True when the output of the release phase was shown during the push already.</summary>
    public bool HasShownReleasePhase { get; init; }

    /// <summary>True when the platform may go on with it all the same.</summary>
    public bool MayStillLand { get; init; }

    /// <summary>What was seen on the way.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    public static PushOutcome Of(StepResult verdict) => new() { Verdict = verdict };
}

/// <summary>A way to get the files to the platform and a build made of them.</summary>
internal interface IPushTransport
{
    /// <summary>Names it for people.</summary>
    string Name { get; }

    /// <summary>Sends the files and waits for the build.</summary>
    Task<PushOutcome> SendAsync(PushOrder order, CancellationToken cancellationToken);
}
