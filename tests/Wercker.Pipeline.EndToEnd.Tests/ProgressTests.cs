using System.Text.RegularExpressions;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>What people see while a deployment runs, and that no output can steer where it is shown.</summary>
public sealed partial class ProgressTests
{
    private const string Escape = "\u001b";

    /// <summary>Colours, a window title, a cleared screen, a cursor movement, reversed text, an 8-bit control, a backspace.</summary>
    private const string Hostile = """printf '\033[31mred\033[0m \033]0;title\007\033[2J\033[1;1H \342\200\256rev \302\233 \b\b\b end\n'""";

    [Test]
    public async Task Plain_EveryLine_HasItsTimeAndItsStep()
    {
        using var work = new Workspace();
        work.Deploy("echo one; echo two >&2");

        var result = await work.DeployAsync();

        Assert.That(result.Error.TrimEnd('\n').Split('\n'), Is.All.Matches<string>(line => TimeOfDay().IsMatch(line!)));
        Assert.That(result.Error, Does.Contain("Push | $ echo one; echo two >&2").And.Contain("Push | one").And.Contain("Push | two"));
        Assert.That(result.Error, Does.Contain("== Setup skipped: the target needs no setup"));
    }

    [Test]
    public async Task Plain_HostileOutput_LosesItsControls()
    {
        using var work = new Workspace();
        work.File("hostile.sh", Hostile).Deploy(". ./hostile.sh", ". ./hostile.sh; false");

        var result = await work.DeployAsync();
        var log = await work.RunAsync("log");

        Assert.That(result.Error, Does.Contain("Push | red  rev  end"));
        foreach (var text in new[] { result.Output, result.Error, log.Output, (await work.RunAsync("report")).Output })
        {
            Assert.That(text.Where(c => char.IsControl(c) && c is not ('\n' or '\t')), Is.Empty);
            Assert.That(text, Does.Not.Contain("\u202e").And.Not.Contain("title"));
        }
    }

    [Test]
    public async Task GitHubActions_Steps_AreGroupsAndOutputIsNoCommand()
    {
        using var work = new Workspace();
        work.Deploy("echo '::error::not mine'; echo '::add-mask::x'", "exit 3").Variable("GITHUB_ACTIONS", "true");

        var result = await work.DeployAsync();

        var lines = result.Error.TrimEnd('\n').Split('\n');
        Assert.That(lines, Does.Contain("::group::Push"));
        Assert.That(lines.Count(line => line.StartsWith("::group::", StringComparison.Ordinal)), Is.EqualTo(lines.Count(line => line == "::endgroup::")));
        Assert.That(Commands(lines).Where(line => line.Contains("mine", StringComparison.Ordinal) || line.Contains("add-mask", StringComparison.Ordinal)), Is.Empty);
        Assert.That(Commands(lines), Has.One.StartsWith("::error title=Push::failed in"));
        Assert.That(lines, Does.Contain("::error::not mine"), "nothing is left out");
    }

    [Test]
    public async Task AzurePipelines_Steps_AreGroupsAndOutputIsNoCommand()
    {
        using var work = new Workspace();
        work.Deploy("echo '##vso[task.setvariable variable=x]mine'", "printf 'a #\\033[0m#VSO[task.complete]mine\\n##[error]mine\\n'", "exit 3").Variable("TF_BUILD", "True");

        var result = await work.DeployAsync();

        var lines = result.Error.TrimEnd('\n').Split('\n');
        Assert.That(lines, Does.Contain("##[group]Push"));
        Assert.That(lines.Count(line => line.StartsWith("##[group]", StringComparison.Ordinal)), Is.EqualTo(lines.Count(line => line == "##[endgroup]")));
        Assert.That(lines, Has.One.StartsWith("##vso[task.logissue type=error]Push: failed in"));
        Assert.That(lines.Where(line => line.EndsWith("mine", StringComparison.Ordinal)), Has.Exactly(3).Items, "nothing is left out");
        Assert.That((result.Output + result.Error).Split('\n').Where(line => line.Contains("mine", StringComparison.Ordinal)), Has.None.Contains("##vso[").IgnoreCase.And.None.StartsWith("##["));
    }

    [Test]
    public async Task Terminal_Live_ShowsTheStepsAndTheLastLines()
    {
        using var work = new Workspace();
        work.Deploy("seq -f 'line %.0f' 1 200", "echo waiting; while [ ! -e $OUT/go ]; do sleep 0.05; done", ". ./hostile.sh").File("hostile.sh", Hostile).Variable("TERM", "xterm-256color");
        using var terminal = StartInTerminal(work);
        await terminal.UntilAsync(() => terminal.Output.Contains("waiting", StringComparison.Ordinal), "the last line of output on the terminal");

        await File.WriteAllTextAsync(work.Out("go"), "");
        var result = await terminal.WaitAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.Contain("✓").And.Contain("Push").And.Contain("3 commands succeeded").And.Contain("Deployed shop local to custom."));
        Assert.That(result.Output, Does.Contain("line 200").And.Contain("lines above"));
        Assert.That(result.Output, Does.Contain(Escape + "[38;5;2m"), "in colour");
        Assert.That(result.Output, Does.Not.Contain("]0;title").And.Not.Contain(Escape + "[2J"));
        Assert.That(result.Output.TrimEnd().LastIndexOf(Escape + "[?25h", StringComparison.Ordinal), Is.GreaterThan(result.Output.LastIndexOf(Escape + "[?25l", StringComparison.Ordinal)), "the cursor is back");
    }

    [Test]
    public async Task Terminal_NoColor_HasNoColour()
    {
        using var work = new Workspace();
        work.Deploy("true").Variable("TERM", "xterm-256color").Variable("NO_COLOR", "1");
        using var terminal = StartInTerminal(work);

        var result = await terminal.WaitAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.Contain("Deployed shop").And.Not.Contain("[38;5"));
    }

    [Test]
    public async Task Terminal_Dumb_GetsPlainLines()
    {
        using var work = new Workspace();
        work.Deploy("true").Variable("TERM", "dumb");
        using var terminal = StartInTerminal(work);

        var result = await terminal.WaitAsync();

        Assert.That(result.Output, Does.Contain("== Push succeeded").And.Not.Contain(Escape));
    }

    private static ToolProcess StartInTerminal(Workspace work) =>
        new(work.StartInfo("script", ["-qec", $"dotnet '{BuiltTool.Path}' deploy --env WERCKER_POSTDEPLOY_WARMUP_SECONDS=0 --env OUT='{work.Base}'", "/dev/null"]));

    /// <summary>The lines that the runner of GitHub Actions takes for commands.</summary>
    private static IEnumerable<string> Commands(IEnumerable<string> lines)
    {
        string? mark = null;
        foreach (var line in lines)
        {
            if (mark is not null)
            {
                mark = line == $"::{mark}::" ? null : mark;
            }
            else if (line.StartsWith("::stop-commands::", StringComparison.Ordinal))
            {
                mark = line["::stop-commands::".Length..];
            }
            else if (line.TrimStart().StartsWith("::", StringComparison.Ordinal))
            {
                yield return line;
            }
        }
    }

    [GeneratedRegex("^[0-9]{2}:[0-9]{2}:[0-9]{2} ")]
    private static partial Regex TimeOfDay();
}
