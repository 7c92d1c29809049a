using Microsoft.Extensions.Logging;

namespace Wercker.Pipeline.Heroku.Push;

internal static partial class PushLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Removed SSH key {KeyId} from the Heroku account")]
    public static partial void KeyRemoved(this ILogger logger, string keyId);
}
