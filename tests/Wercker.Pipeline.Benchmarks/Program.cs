using Wercker.Pipeline.Benchmarks.Journal;
using Wercker.Pipeline.Benchmarks.Masking;

if (args is ["masker", .. var options])
{
    return MaskerBenchmark.Run(Console.Out, options);
}

if (args is ["journal", .. var journalOptions])
{
    return await JournalBenchmark.RunAsync(Console.Out, journalOptions);
}

Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/Wercker.Pipeline.Benchmarks -- masker [--quick] [5 50 500] | journal [--quick] [DIRECTORY]");
return 2;
