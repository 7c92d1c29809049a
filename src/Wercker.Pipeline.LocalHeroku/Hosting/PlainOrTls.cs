using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Wercker.Pipeline.LocalHeroku.Hosting;

/// <summary>
/// One port for http and https, told apart by the first byte. Heroku's CLI gives its key to git over https only, while
/// everything else is simpler without certificates.
/// </summary>
internal static class PlainOrTls
{
    private const byte TlsHandshake = 0x16;

    public static void Use(ListenOptions listen, X509Certificate2 certificate)
    {
        ConnectionDelegate? plain = null;
        listen.Use(tls => async connection =>
        {
            bool isTls = await StartsWithHandshakeAsync(connection.Transport.Input, connection.ConnectionClosed).ConfigureAwait(false);
            await (isTls ? tls : plain!)(connection).ConfigureAwait(false);
        });
        listen.UseHttps(certificate);
        listen.Use(next =>
        {
            plain = next;
            return next;
        });
    }

    private static async ValueTask<bool> StartsWithHandshakeAsync(PipeReader input, CancellationToken closed)
    {
        try
        {
            ReadResult result = await input.ReadAsync(closed).ConfigureAwait(false);
            bool isTls = !result.Buffer.IsEmpty && result.Buffer.FirstSpan[0] == TlsHandshake;
            // Nothing is taken, and nothing marked as seen: whoever reads next starts at the beginning without waiting.
            input.AdvanceTo(result.Buffer.Start);
            return isTls;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return false;
        }
    }
}
