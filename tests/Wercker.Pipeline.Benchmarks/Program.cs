using Wercker.Pipeline.Benchmarks.Masking;
using Wercker.Pipeline.Benchmarks.Sandboxes;

if (args is ["masker", .. var options])
{
    return MaskerBenchmark.Run(Console.Out, options);
}

if (args is ["sandbox", .. var sandboxOptions])
{
    return await SandboxBenchmark.RunAsync(Console.Out, sandboxOptions);
}

if (args is ["docker", .. var choices])
{
    return await DockerBenchmark.RunAsync(Console.Out, choices);
}

Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/Wercker.Pipeline.Benchmarks -- masker [--quick] [5 50 500] | sandbox [--quick] | docker [--quick] [IMAGE]");
return 2;
