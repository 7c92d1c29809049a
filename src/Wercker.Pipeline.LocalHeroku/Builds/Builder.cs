using System.Globalization;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Processes;
using Wercker.Pipeline.LocalHeroku.Releases;

namespace Wercker.Pipeline.LocalHeroku.Builds;

/// <summary>Turns sources into slugs and releases, one build at a time for each app.</summary>
internal sealed class Builder(LocalPlatform platform, App app)
{
    private readonly Lock _lock = new();
    private readonly List<Build> _builds = [];
    private readonly SemaphoreSlim _gate = new(1);
    private readonly TaskSet _running = new();

    public IReadOnlyList<Build> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _builds];
            }
        }
    }

    /// <summary>Starts a build; how the source gets into the directory is the caller's.</summary>
    public Build Start(BuildSource source, Func<string, Task> fetch)
    {
        var build = new Build(platform.Time.GetUtcNow(), platform.Stopping) { Source = source };
        lock (_lock)
        {
            _builds.Add(build);
        }

        platform.Streams[build.Output.Id] = build.Output;
        app.Tell($"Build started by user {platform.Account.Email}");
        _running.Run(() => RunAsync(build, fetch));
        return build;
    }

    /// <summary>Ends when no build runs any more.</summary>
    public Task WhenIdleAsync() => _running.WhenEmptyAsync();

    private async Task RunAsync(Build build, Func<string, Task> fetch)
    {
        string directory = platform.NewPath("builds");
        try
        {
            await _gate.WaitAsync(build.Stopping).ConfigureAwait(false);
            try
            {
                Directory.CreateDirectory(directory);
                await MakeAsync(build, directory, fetch).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }
        catch (OperationCanceledException) when (platform.Stopping.IsCancellationRequested)
        {
            // Nobody is left to tell.
        }
        catch (OperationCanceledException)
        {
            Reject(build, "The build was canceled.");
        }
        catch (Exception e)
        {
            Reject(build, e.Message);
        }
        finally
        {
            build.End();
            WorkDirectory.Remove(directory);
        }
    }

    private void Reject(Build build, string why)
    {
        build.Output.WriteLine("");
        build.Output.WriteLine($" !     {why}");
        build.Output.WriteLine(" !");
        build.Output.WriteLine(" !     Push rejected, failed to compile the app.");
        build.Output.WriteLine("");
        build.Output.WriteLine(" !     Push failed");
        app.Tell("Build failed -- check your build output");
        Finish(build, Release.Failed);
    }

    private async Task MakeAsync(Build build, string directory, Func<string, Task> fetch)
    {
        OutputStream output = build.Output;
        output.WriteLine("-----> Building on the Heroku-24 stack");
        if (platform.Faults.BuildDelay > TimeSpan.Zero)
        {
            await Task.Delay(platform.Faults.BuildDelay, platform.Time, build.Stopping).ConfigureAwait(false);
        }

        if (platform.Faults.Take(Fault.HangBuilds))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, platform.Time, build.Stopping).ConfigureAwait(false);
        }

        await fetch(directory).ConfigureAwait(false);
        output.WriteLine("-----> Determining which buildpack to use for this app");
        await CompileAsync(build, directory).ConfigureAwait(false);
        if (platform.Faults.Take(Fault.FailBuilds))
        {
            throw new BuildFailedException("The build failed by a fault switch.");
        }

        IReadOnlyDictionary<string, string> types = ReadProcessTypes(directory);
        output.WriteLine("-----> Discovering process types");
        output.WriteLine($"       Procfile declares types -> {string.Join(", ", types.Keys)}");
        output.WriteLine("");
        output.WriteLine("-----> Compressing...");
        var slug = new Slug(platform.NewPath("slugs", ".tgz"), types, platform.Time.GetUtcNow())
        {
            Commit = build.Source.Version,
            CommitDescription = build.Source.Description,
        };
        await Archive.CreateAsync(platform, directory, slug.Archive).ConfigureAwait(false);
        app.Slugs[slug.Id] = slug;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"       Done: {slug.Size / 1024.0:0.#}K"));
        Launch(build, slug);
    }

    private void Launch(Build build, Slug slug)
    {
        app.Tell("Build succeeded");
        build.Output.WriteLine("-----> Launching...");
        string? version = build.Source.Version;
        string what = version is null ? "Deploy" : $"Deploy {(version.Length > 8 ? version[..8] : version)}";
        app.Tell($"{what} by user {platform.Account.Email}");
        build.Slug = slug;
        build.Release = app.Releases.Create(what, slug);
        if (build.Release.Output is not null)
        {
            build.Output.WriteLine(" !     Release command declared: this new release will not be available until the command succeeds.");
        }

        build.Output.WriteLine($"       Released v{build.Release.Version}");
        build.Output.WriteLine($"       {platform.WebUrl(app.Name)} deployed to Heroku");
        build.Output.WriteLine("");
        Finish(build, Release.Succeeded);
    }

    private void Finish(Build build, string status)
    {
        build.UpdatedAt = platform.Time.GetUtcNow();
        build.Status = status;
        build.Output.Complete();
    }

    private async Task CompileAsync(Build build, string directory)
    {
        OutputStream output = build.Output;
        if (!File.Exists(Path.Combine(directory, "bin", "compile")))
        {
            output.WriteLine("-----> Procfile app detected");
            return;
        }

        output.WriteLine("-----> bin/compile detected");
        string cache = Path.Combine(platform.Directory, "cache", app.Name);
        Directory.CreateDirectory(cache);
        string env = platform.NewPath("env");
        Directory.CreateDirectory(env);
        try
        {
            foreach ((string name, string value) in app.ConfigVars)
            {
                await File.WriteAllTextAsync(Path.Combine(env, name), value).ConfigureAwait(false);
            }

            var variables = new Dictionary<string, string>(app.ConfigVars) { ["HOME"] = directory, ["STACK"] = "heroku-24" };
            string run = "exec 2>&1; if [ -x bin/compile ]; then exec bin/compile \"$@\"; else exec bash bin/compile \"$@\"; fi";
            var spec = new LaunchSpec("bash", ["-c", run, "compile", directory, cache, env], directory) { Environment = variables, OwnsDirectory = true };
            ChildProcess process = platform.Launcher.Start(spec);
            await using (process.ConfigureAwait(false))
            {
                process.CloseInput();
                Task reading = LineReader.ReadAsync(process.Output, line => output.WriteLine("       " + line));
                int status = await process.Exited.WaitAsync(build.Stopping).ConfigureAwait(false);
                await process.KillAsync().ConfigureAwait(false);
                await process.DrainAsync(reading).ConfigureAwait(false);
                if (status != 0)
                {
                    throw new BuildFailedException($"bin/compile exited with status {status}.");
                }
            }
        }
        finally
        {
            WorkDirectory.Remove(env);
        }
    }

    private static IReadOnlyDictionary<string, string> ReadProcessTypes(string directory)
    {
        string procfile = Path.Combine(directory, "Procfile");
        if (File.Exists(procfile))
        {
            IReadOnlyDictionary<string, string> types = Procfile.Parse(File.ReadAllText(procfile));
            return types.Count > 0 ? types : throw new BuildFailedException("The Procfile declares no process type.");
        }

        return File.Exists(Path.Combine(directory, "bin", "web"))
            ? new Dictionary<string, string> { ["web"] = "bash bin/web" }
            : throw new BuildFailedException("No default language could be detected for this app: it has neither a Procfile nor bin/web.");
    }
}

/// <summary>The source cannot be built; the message says why.</summary>
internal sealed class BuildFailedException(string message) : Exception(message);
