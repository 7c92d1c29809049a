using System.Globalization;
using Wercker.Pipeline.Benchmarks.Judging;
using Wercker.Pipeline.Benchmarks.LogSignatures;
using Wercker.Pipeline.Benchmarks.Masking;

if (args is ["masker", .. var options])
{
    return MaskerBenchmark.Run(Console.Out, options);
}

if (args is ["judging", "nab", var directory, var points])
{
    return await LabelledSeries.RunAsync(Console.Out, directory, int.Parse(points, CultureInfo.InvariantCulture));
}

if (args is ["judging", "generated", var cases, var seed])
{
    return await GeneratedCases.RunAsync(Console.Out, int.Parse(cases, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture));
}

if (args is ["judging", "speed"])
{
    return await JudgingSpeed.RunAsync(Console.Out);
}

if (args is ["signatures", .. var rounds])
{
    return await SignatureBenchmark.RunAsync(Console.Out, rounds);
}

Console.Error.WriteLine("""
    Usage: dotnet run -c Release --project tests/Wercker.Pipeline.Benchmarks -- COMMAND
      masker [--quick] [5 50 500]
      judging generated CASES SEED
      judging nab DIRECTORY POINTS
      judging speed
      signatures [--quick]
    """);
return 2;
