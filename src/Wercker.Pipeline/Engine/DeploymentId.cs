using System.Globalization;
using System.Security.Cryptography;

namespace Wercker.Pipeline.Engine;

/// <summary>Ids that people can read and that sort by time: 20130419-101500-8f2c91.</summary>
internal static class DeploymentId
{
    public static string New(TimeProvider clock) =>
        clock.GetUtcNow().ToString("yyyyMMdd-HHmmss-", CultureInfo.InvariantCulture) + RandomNumberGenerator.GetHexString(6, lowercase: true);
}
