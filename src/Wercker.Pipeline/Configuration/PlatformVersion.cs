namespace Wercker.Pipeline.Configuration;

/// <summary>The language platforms of wercker's sandboxes of 2013: how they were found, and which versions "version" meant.</summary>
internal static class PlatformVersion
{
    private const string Blank = "1.0.0";

    private static readonly (string File, string Language)[] Signs =
    [
        ("Gemfile", "ruby"), ("package.json", "nodejs"), ("requirements.txt", "python"), ("setup.py", "python"), ("composer.json", "php"), (".godir", "go"),
    ];

    // The default first, then the others from the newest to the oldest.
    private static readonly Dictionary<string, string[]> Versions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ruby"] = ["1.9.3-p392", "2.0.0-p0", "1.8.7-p371"],
        ["nodejs"] = ["0.8.16", "0.9.5", "0.6.21"],
        ["python"] = ["2.7"],
    };

    /// <summary>Finds the language of a project by its files: Gemfile before package.json, because Rails projects have both.</summary>
    /// <param name="directory">The project's root; it need not exist.</param>
    /// <returns>"ruby", "nodejs", "python", "php", "go", or "blank" when nothing tells.</returns>
    public static string Detect(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Signs.FirstOrDefault(sign => File.Exists(Path.Combine(directory, sign.File))).Language ?? "blank";
    }

    /// <summary>WERCKER_PLATFORM_VERSION: the full version of the platform that "lang" and "version" choose.</summary>
    /// <param name="language">"lang" of wercker.json, or what <see cref="Detect"/> found; null for blank.</param>
    /// <param name="version">"version" of wercker.json, "1.9" for example; null for the language's default.</param>
    /// <returns>"1.9.3-p392" for ruby 1.9; a version that is not in the table as it is given; "1.0.0" for languages without a table and a version.</returns>
    public static string Resolve(string? language, string? version)
    {
        var known = language is not null && Versions.TryGetValue(language, out var table) ? table : [];
        return version is null ? known.FirstOrDefault(Blank) : known.FirstOrDefault(full => IsPrefix(version, full), version);
    }

    /// <summary>"1.9" is a prefix of "1.9.3-p392" and "1" is one of "1.9.3", but "0.8.1" is none of "0.8.16".</summary>
    private static bool IsPrefix(string version, string full) =>
        full.StartsWith(version, StringComparison.Ordinal) && (full.Length == version.Length || full[version.Length] is '.' or '-');
}
