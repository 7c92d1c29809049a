using System.Globalization;
using Wercker.Pipeline.Benchmarks.Dashboard;
using Wercker.Pipeline.Benchmarks.Heroku;
using Wercker.Pipeline.Benchmarks.Journal;
using Wercker.Pipeline.Benchmarks.Judging;
using Wercker.Pipeline.Benchmarks.LogSignatures;
using Wercker.Pipeline.Benchmarks.Masking;
using Wercker.Pipeline.Benchmarks.Sandboxes;
using Wercker.Pipeline.Benchmarks.Ssh;

switch (args)
{
    case ["masker", .. var options]:
        return MaskerBenchmark.Run(Console.Out, options);
    case ["signatures", "logs", var directory]:
        return await RealLogs.RunAsync(Console.Out, directory);
    case ["signatures", .. var options]:
        return await SignatureBenchmark.RunAsync(Console.Out, options);
    case ["sandbox", .. var options]:
        return await SandboxBenchmark.RunAsync(Console.Out, options);
    case ["docker", .. var options]:
        return await DockerBenchmark.RunAsync(Console.Out, options);
    case ["journal", .. var options]:
        return await JournalBenchmark.RunAsync(Console.Out, options);
    case ["output-log", .. var options]:
        return await OutputLogBenchmark.RunAsync(Console.Out, options);
    case ["heroku", .. var options]:
        return await HerokuBenchmark.RunAsync(Console.Out, options);
    case ["dashboard", "viewers", var url, var count]:
        return await ViewerBenchmark.WatchAsync(Console.Out, url, int.Parse(count, CultureInfo.InvariantCulture));
    case ["dashboard", .. var options]:
        return await DashboardBenchmark.RunAsync(Console.Out, options);
    case ["judging", "generated", var cases, var seed]:
        return await GeneratedCases.RunAsync(Console.Out, int.Parse(cases, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture));
    case ["judging", "labelled", var directory, .. { Length: > 0 } points]:
        return await LabelledBenchmark.RunAsync(Console.Out, directory, points);
    case ["judging", "graphite", var directory, .. { Length: > 0 } points]:
        return await LabelledBenchmark.RunInGraphiteAsync(Console.Out, directory, points);
    case ["judging", "speed"]:
        return await JudgingSpeed.RunAsync(Console.Out);
    case ["ssh", var lab, var app]:
        return await EmbeddedDeployer.RunAsync(lab, app);
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project tests/Wercker.Pipeline.Benchmarks -- COMMAND
              masker [--quick] [5 50 500]
              signatures [--quick]
              signatures logs DIRECTORY
              sandbox [--quick]
              docker [--quick] [IMAGE]
              journal [--quick] [--postgresql] [DIRECTORY]
              output-log [--quick] [--postgresql] [DIRECTORY]
              heroku [ROUNDS]
              dashboard [--quick]
              judging generated CASES SEED
              judging labelled DIRECTORY [machines] POINTS...
              judging graphite DIRECTORY [machines] POINTS...
              judging speed
              ssh LAB APP        (Ssh/compare.sh starts it)
            """);
        return 2;
}
