using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Sqlite;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>A project of one test, with a home and a directory for temporary files of its own; nothing of the machine's user is touched.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly Dictionary<string, string?> _variables = new(StringComparer.Ordinal);

    public Workspace(string name = "shop")
    {
        Base = Directory.CreateTempSubdirectory("wercker-e2e-").FullName;
        Home = Directory.CreateDirectory(Path.Combine(Base, "home")).FullName;
        Temporary = Directory.CreateDirectory(Path.Combine(Base, "tmp")).FullName;
        Project = Directory.CreateDirectory(Path.Combine(Base, name)).FullName;
    }

    public string Base { get; }

    public string Home { get; }

    public string Temporary { get; }

    public string Project { get; }

    public string State => Path.Combine(Project, ".wercker");

    /// <summary>A place outside of the project where scripts leave what a test looks at; scripts know it as $OUT.</summary>
    public string Out(string name) => Path.Combine(Base, name);

    public Workspace File(string path, string content, bool executable = false)
    {
        var full = Path.Combine(Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        System.IO.File.WriteAllText(full, content);
        if (executable)
        {
            System.IO.File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return this;
    }

    public Workspace Config(string json) => File("wercker.json", json);

    /// <summary>Writes a wercker.json with these deploy commands.</summary>
    public Workspace Deploy(params string[] commands) =>
        Config(new JsonObject { ["deploy"] = new JsonArray([.. commands.Select(command => JsonValue.Create(command))]) }.ToJsonString());

    /// <summary>Sets a variable of the tool's own environment; null takes it away.</summary>
    public Workspace Variable(string name, string? value)
    {
        _variables[name] = value;
        return this;
    }

    // A build machine may run its job with SIGINT ignored, which children inherit; a user's terminal does not.
    public ToolProcess Start(params string[] arguments) => new(StartInfo("env", ["--default-signal=INT", "dotnet", BuiltTool.Path, .. arguments]));

    public async Task<ToolResult> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await process.WaitAsync();
    }

    /// <summary>Deploys without warm-up, with $OUT set.</summary>
    public Task<ToolResult> DeployAsync(params string[] arguments) => RunAsync(DeployArguments(arguments));

    public ToolProcess StartDeploy(params string[] arguments) => Start(DeployArguments(arguments));

    public ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Project };
        start.Environment.Clear();
        foreach (var name in new[] { "PATH", "DOTNET_ROOT" })
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        start.Environment["HOME"] = Home;
        start.Environment["TMPDIR"] = Temporary;
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        foreach (var (name, value) in _variables)
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return start;
    }

    /// <summary>Runs a program in the project, for example git.</summary>
    public async Task<string> CommandAsync(string program, params string[] arguments)
    {
        var start = StartInfo(program, arguments);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, $"{program} {string.Join(' ', arguments)}");
        return output;
    }

    public string RunDirectory => Directory.GetDirectories(Path.Combine(State, "runs")).Single();

    /// <summary>The log of the only run, as the store has it.</summary>
    public string Log => LogOf(Path.GetFileName(RunDirectory));

    public string LogOf(string id)
    {
        var store = new SqliteStore(Path.Combine(State, "wercker.db"));
        using var log = new MemoryStream();
        foreach (var bytes in store.ReadLogAsync(id, 0, CancellationToken.None).ToBlockingEnumerable())
        {
            log.Write(bytes.Span);
        }

        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return System.Text.Encoding.UTF8.GetString(log.ToArray());
    }

    /// <summary>The lines that the commands of a step printed, as the log has them.</summary>
    public string[] LinesOf(string step) => [.. Log.Split('\n').Where(line => line.Contains($" {step} out | ", StringComparison.Ordinal)).Select(line => line[(line.IndexOf(" | ", StringComparison.Ordinal) + 3)..])];

    /// <summary>Every file below the workspace that holds the text, whatever it is, and every log, which is compressed in its file. Pipes, which a killed sandbox leaves, have no length and hold nothing.</summary>
    public IEnumerable<string> FilesWith(string text, params string[] except)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return Directory.EnumerateFiles(Base, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(file => !except.Contains(file) && new FileInfo(file).Length > 0 && System.IO.File.ReadAllBytes(file).AsSpan().IndexOf(bytes) >= 0)
            .Concat(Directory.GetDirectories(Path.Combine(State, "runs")).Select(run => Path.GetFileName(run)).Where(id => LogOf(id).Contains(text, StringComparison.Ordinal)).Select(id => $"the log of {id}"));
    }

    /// <summary>The processes whose environment says that they came from this workspace.</summary>
    public IReadOnlyList<string> Processes()
    {
        var mark = System.Text.Encoding.UTF8.GetBytes(Base);
        var found = new List<string>();
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(directory => int.TryParse(Path.GetFileName(directory), out _)))
        {
            try
            {
                if (System.IO.File.ReadAllBytes(Path.Combine(directory, "environ")).AsSpan().IndexOf(mark) >= 0)
                {
                    found.Add($"{Path.GetFileName(directory)} {System.IO.File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ')}");
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended in between, or belongs to somebody else.
            }
        }

        return found;
    }

    /// <summary>Changes a letter in the store, in the last event of the newest run.</summary>
    public async Task DamageNewestRunAsync()
    {
        var path = Path.Combine(State, "wercker.db");
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "update event set body = cast(replace(body, 'deploymentFinished', 'deploymentfinished') as blob) where deployment = (select max(id) from deployment)";
        Assert.That(await command.ExecuteNonQueryAsync(), Is.Positive);
    }

    /// <summary>Ends what a killed tool left running.</summary>
    public void KillProcesses()
    {
        foreach (var process in Processes())
        {
            using var found = Process.GetProcessById(int.Parse(process.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
            found.Kill();
        }
    }

    public void Dispose() => Directory.Delete(Base, recursive: true);

    private string[] DeployArguments(string[] arguments) => ["deploy", "--env", "WERCKER_POSTDEPLOY_WARMUP_SECONDS=0", "--env", $"OUT={Base}", .. arguments];

    public static JsonElement Json(ToolResult result)
    {
        try
        {
            return JsonDocument.Parse(result.Output).RootElement;
        }
        catch (JsonException exception)
        {
            throw new AssertionException($"Standard output is not one JSON document: {exception.Message}\n{result}");
        }
    }
}
