using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Http;

public sealed partial class HttpTest
{
    /// <summary>Makes the test that the settings of a target describe, as docs/http-test.md lists them.</summary>
    /// <param name="settings">The settings: "httpTest" of a target.</param>
    /// <returns>The test.</returns>
    /// <exception cref="ConfigurationException">A setting is missing or wrong; the message names its key path.</exception>
    public static HttpTest FromSettings(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.RefuseUnknown("url", "version", "expect", "passes", "tries", "every", "timeout", "grace", "signature", "headers", "secretHeaders");
        var address = settings.GetUrl("url") ?? throw settings.Fault("url", "is missing.");
        var test = new HttpTest().Get(address.OriginalString);
        ReadVersion(settings.GetSection("version") ?? throw settings.Fault("version", "is missing: say where answers show their version, {\"header\": \"X-Version\"} for example."), test);
        ReadSignature(settings.GetSection("signature"), test);
        ReadHeaders(settings, test);
        ReadExpectations(settings.GetSection("expect"), test);
        ReadPace(settings, test);
        return test.Rules.FindFault() is { } fault ? throw new ConfigurationException($"{settings.Location}: {fault}") : test;
    }

    private static void ReadVersion(SettingsReader settings, HttpTest test)
    {
        settings.RefuseUnknown("header", "json", "body", "after", "path", "is");
        var path = settings.GetText("path");
        _ = (settings.GetText("header"), settings.GetText("json"), settings.GetFlag("body") || settings.Has("after")) switch
        {
            ({ } header, null, false) => test.VersionInHeader(header, path),
            (null, { } member, false) => Located(settings, "json", () => test.VersionInJson(member, path)),
            (null, null, true) => test.VersionInBody(settings.GetText("after"), path),
            (null, null, false) => throw settings.Fault("header", "is missing: say where answers show their version, in a \"header\", in \"json\", or in the \"body\"."),
            _ => throw settings.Fault("header", "must be the only one of \"header\", \"json\" and \"body\": the version stands in one place."),
        };
        if (settings.GetText("is") is { } version)
        {
            test.ExpectVersion(version);
        }
    }

    private static void ReadSignature(SettingsReader? settings, HttpTest test)
    {
        if (settings is null)
        {
            return;
        }

        settings.RefuseUnknown("header", "value", "text");
        _ = (settings.GetText("header"), settings.GetText("text")) switch
        {
            ({ } header, null) => test.SignedByHeader(header, settings.GetText("value")),
            (null, { } text) => test.SignedByBody(text),
            _ => throw settings.Fault("header", "or \"text\" must be set, and not both: the sign of the application's own answers."),
        };
    }

    private static void ReadHeaders(SettingsReader settings, HttpTest test)
    {
        var open = settings.GetSection("headers");
        foreach (var name in open?.Keys ?? [])
        {
            Located(open!, name, () => test.Send(name, open!.GetScalar(name)));
        }

        var secret = settings.GetSection("secretHeaders");
        foreach (var name in secret?.Keys ?? [])
        {
            Located(secret!, name, () => test.Send(name, secret!.GetSecret(name) ?? throw secret.Fault(name, "must be the name of an environment variable.")));
        }
    }

    private static void ReadExpectations(SettingsReader? settings, HttpTest test)
    {
        if (settings is null)
        {
            return;
        }

        settings.RefuseUnknown("status", "headers", "json", "text", "latency", "certificate");
        if (settings.GetInteger("status", 100, 599) is { } status)
        {
            test.ExpectStatus(status);
        }

        var headers = settings.GetSection("headers");
        foreach (var name in headers?.Keys ?? [])
        {
            test.ExpectHeader(name, headers!.GetScalar(name));
        }

        var members = settings.GetSection("json");
        foreach (var member in members?.Keys ?? [])
        {
            Located(members!, member, () => test.ExpectJson(member, members!.GetScalar(member)));
        }

        foreach (var text in settings.GetList("text").Where(text => text.Length > 0))
        {
            test.ExpectText(text);
        }

        if (settings.GetDuration("latency") is { } latency)
        {
            test.ExpectLatency(latency);
        }

        if (settings.GetDuration("certificate") is { } validFor)
        {
            test.ExpectCertificate(validFor);
        }
    }

    private static void ReadPace(SettingsReader settings, HttpTest test)
    {
        var passes = settings.GetInteger("passes", 1, 1000) ?? test.Rules.Passes;
        var tries = settings.GetInteger("tries", 1, 10000) ?? Math.Max(test.Rules.Tries, passes);
        test.Passes(passes, tries >= passes ? tries : throw settings.Fault("tries", $"is {tries}, and \"passes\" is {passes}: there must be as many tries as passes."));
        test.Every(settings.GetDuration("every") ?? test.Rules.Interval);
        test.TimeoutAfter(settings.GetDuration("timeout") ?? test.Rules.Timeout);
        test.Grace(settings.GetDuration("grace", mayBeZero: true) ?? test.Rules.Grace);
    }

    /// <summary>Says where a setting stands that the test itself refuses.</summary>
    private static HttpTest Located(SettingsReader settings, string key, Func<HttpTest> set)
    {
        try
        {
            return set();
        }
        catch (ConfigurationException e) when (e.KeyPath is null)
        {
            throw settings.Fault(key, $"is wrong: {e.Message}");
        }
    }
}
