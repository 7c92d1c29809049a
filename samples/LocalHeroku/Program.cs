// Starts a local platform, says in one line of JSON where everything is, and runs until SIGTERM or Ctrl+C.
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku;

var options = new LocalHerokuOptions();
for (int i = 0; i < args.Length; i += 2)
{
    string value = i + 1 < args.Length ? args[i + 1] : "";
    bool isNumber = int.TryParse(value, out int port) && port is >= 0 and <= 65535;
    switch (args[i])
    {
        case "--app" when value.Length > 0:
            options.App = value;
            break;
        case "--key" when value.Length > 0:
            options.ApiKey = value;
            break;
        case "--port" when isNumber:
            options.Port = port;
            break;
        case "--web-port" when isNumber:
            options.WebPort = port;
            break;
        default:
            await Console.Error.WriteLineAsync("usage: LocalHeroku [--app NAME] [--port P] [--web-port P] [--key API_KEY]");
            return 2;
    }
}

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
try
{
    await using LocalHerokuPlatform heroku = await LocalHerokuPlatform.StartAsync(options, stop.Token);
    var ready = new JsonObject
    {
        ["apiUrl"] = heroku.ApiUrl.ToString().TrimEnd('/'),
        ["apiKey"] = heroku.ApiKey,
        ["app"] = heroku.App,
        ["webUrl"] = heroku.WebUrl.ToString(),
        ["gitUrl"] = heroku.GitUrl.ToString(),
        ["sshGitUrl"] = heroku.SshGitUrl?.ToString(),
        ["caFile"] = heroku.CaFile,
    };
    Console.WriteLine(ready.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    try
    {
        await Task.Delay(Timeout.Infinite, stop.Token);
    }
    catch (OperationCanceledException)
    {
        // Asked to stop: everything is taken away on the way out.
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 0;
}
catch (Exception e) when (e is ArgumentException or IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
