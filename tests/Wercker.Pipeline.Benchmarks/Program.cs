using Wercker.Pipeline.Benchmarks.LogSignatures;
using Wercker.Pipeline.Benchmarks.Masking;

if (args is ["masker", .. var options])
{
    return MaskerBenchmark.Run(Console.Out, options);
}

if (args is ["signatures", .. var rounds])
{
    return await SignatureBenchmark.RunAsync(Console.Out, rounds);
}

Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/Wercker.Pipeline.Benchmarks -- masker [--quick] [5 50 500] | signatures [--quick]");
return 2;
