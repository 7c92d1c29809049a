namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>Where the tool lies that was built together with these tests; or the one that WERCKER_TOOL names, which test.sh has compiled ahead because hundreds of starts take half the time.</summary>
internal static class BuiltTool
{
    /// <summary>tests/NAME/bin/CONFIGURATION/FRAMEWORK is where this assembly is; the tool's output has the same two last parts.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("WERCKER_TOOL") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new FileNotFoundException($"WERCKER_TOOL names {named}, which does not exist.");
        }

        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (output.Name, output.Parent!.Name);
        var repository = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        var path = System.IO.Path.Combine(repository, "src", "Wercker.Pipeline.Tool", "bin", configuration, framework, "wercker.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"The tool is not built: {path} does not exist.");
    }
}
