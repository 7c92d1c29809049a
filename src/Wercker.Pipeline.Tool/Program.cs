using Wercker.Pipeline.Tool;

return await new WerckerCommandLine(new Terminal()).RunAsync(args);
