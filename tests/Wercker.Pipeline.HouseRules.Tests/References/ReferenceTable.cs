namespace Wercker.Pipeline.HouseRules.Tests.References;

/// <summary>Who may reference what. Projects that are not named fall under the rule of their kind.</summary>
internal static class ReferenceTable
{
    public const string Core = "Wercker.Pipeline";

    /// <summary>The packages of the core; * stands for anything in one name.</summary>
    public static readonly IReadOnlyList<string> PackagesOfTheCore = ["Microsoft.Extensions.*.Abstractions", "Microsoft.Extensions.Options", "Polly.Core"];

    /// <summary>These may put several packages of ours together.</summary>
    public static readonly IReadOnlyList<string> MayReferenceSeveral =
        ["Wercker.Pipeline.Tool", "Wercker.Pipeline.EndToEnd.Tests", "Wercker.Pipeline.Docs.Tests", "Wercker.Pipeline.HouseRules.Tests", "Wercker.Pipeline.Benchmarks",

        // A dashboard is tested with a store in it, and its pages with a whole application around them.
        "Wercker.Pipeline.Dashboard.Tests", "Wercker.Pipeline.Dashboard.Browser.Tests"];

    /// <summary>What a test project may reference besides the package it tests: the means of testing.</summary>
    public static readonly IReadOnlyList<string> ForEveryTest = [Core, "Wercker.Pipeline.Testing", "Wercker.Pipeline.LocalHeroku"];

    /// <summary>
    /// Packages that do not count as foreign: they are the platform's own plumbing (HTTP, options, logging), and the reason for a
    /// package is the one foreign system or library behind it.
    /// </summary>
    public static readonly IReadOnlyList<string> Plumbing = ["Microsoft.Extensions.*"];
}
