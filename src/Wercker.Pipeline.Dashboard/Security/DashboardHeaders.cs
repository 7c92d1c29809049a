using Microsoft.AspNetCore.Http;

namespace Wercker.Pipeline.Dashboard.Security;

/// <summary>What browsers are told about every answer, whether it is a page, a file or an error.</summary>
internal static class DashboardHeaders
{
    /// <summary>The name of the one trusted-types policy that the dashboard's script may make.</summary>
    private const string TrustedTypes = "wercker-dashboard";

    public static void Set(IHeaderDictionary headers, string nonce)
    {
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
            + $"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types {TrustedTypes}";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";

        // In the words of the antiforgery service, which warns when somebody else has others.
        headers.CacheControl = "no-cache, no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
    }
}
