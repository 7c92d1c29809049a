namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>How a request is spoiled that <see cref="LocalHerokuFaults.SpoilRate"/> has hit.</summary>
internal enum Spoil
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>429 before anything was done.</summary>
    RateLimit,

    /// <summary>500 before anything was done.</summary>
    Fail,

    /// <summary>The connection is reset before anything was done.</summary>
    Reset,

    /// <summary>It is carried out and answered with 503.</summary>
    LoseAnswer,

    /// <summary>It is carried out, and the connection is reset.</summary>
    ResetAfter,

    /// <summary>It is carried out, and nothing is heard of it until the connection is reset.</summary>
    Hang,
}
