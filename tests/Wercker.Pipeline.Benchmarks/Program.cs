using Wercker.Pipeline.Benchmarks.Heroku;
using Wercker.Pipeline.Benchmarks.Masking;

switch (args)
{
    case ["masker", .. var options]:
        return MaskerBenchmark.Run(Console.Out, options);
    case ["heroku", .. var options]:
        return await HerokuBenchmark.RunAsync(Console.Out, options);
    default:
        Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/Wercker.Pipeline.Benchmarks -- masker [--quick] [5 50 500]");
        Console.Error.WriteLine("                                                                             heroku [ROUNDS]");
        return 2;
}
