using Wercker.Pipeline.Benchmarks.Masking;

if (args is ["masker", .. var options])
{
    return MaskerBenchmark.Run(Console.Out, options);
}

Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/Wercker.Pipeline.Benchmarks -- masker [--quick] [5 50 500]");
return 2;
