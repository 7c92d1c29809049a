using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Http;

/// <summary>Asks a deployed application over HTTP: first which version answers, then whether its answers are right, several times in a row.</summary>
/// <remarks>
/// What belongs to a cut-over is waited out for a grace period: no connection, a gateway's 502, 503 or 504, the old version still answering.
/// An error of the application itself (status 500 and above) fails at once. Every try uses a connection of its own, so that a load
/// balancer may choose another instance, and asks caches to stay out of it.
/// </remarks>
public sealed partial class HttpTest
{
    internal HttpTestRules Rules { get; private set; } = new();

    /// <summary>Says what to ask for.</summary>
    /// <param name="url">The address, with http or https.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">It is no http or https address, or holds a user or password.</exception>
    public HttpTest Get(string url) => With(rules => rules with
    {
        Url = Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0
            ? address
            : throw new ConfigurationException($"The address of the HTTP test is '{url}': it must be an http or https address without a user or password in it."),
    });

    /// <summary>
    /// Sends a header with every request. A redirect to another host does not get it. When the name says that it holds a credential (Authorization,
    /// Cookie, X-Api-Key, ...), no output shows its value.
    /// </summary>
    /// <param name="name">The header's name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">The name or value cannot be sent.</exception>
    public HttpTest Send(string name, string value) => Send(name, value, null);

    /// <summary>Sends a header with a secret value with every request. A redirect to another host does not get it, and no output shows it,
    /// neither as a whole nor what follows its scheme ("Bearer ..."), nor the password in "Basic ...".</summary>
    /// <param name="name">The header's name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">The name or value cannot be sent.</exception>
    public HttpTest Send(string name, Secret value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Send(name, value.Reveal(), value);
    }

    /// <summary>Uses this client instead of one of the test's own. Redirects, proxies and timeouts are then as it has them.</summary>
    /// <param name="client">The client; it stays open.</param>
    /// <returns>This test.</returns>
    public HttpTest Using(HttpClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return With(rules => rules with { Client = client });
    }

    /// <summary>Trusts certificates of this authority, and of no other.</summary>
    /// <param name="authority">The certificate of the authority.</param>
    /// <returns>This test.</returns>
    public HttpTest TrustOnly(X509Certificate2 authority)
    {
        ArgumentNullException.ThrowIfNull(authority);
        return With(rules => rules with { Authority = authority });
    }

    /// <summary>The version stands in a header of the answers. The best place, for error pages can have it too.</summary>
    /// <param name="name">The header's name, "X-Version".</param>
    /// <param name="path">Where to ask for the version, relative to the address, "/version"; null to look into the tested answer itself.</param>
    /// <returns>This test.</returns>
    public HttpTest VersionInHeader(string name, string? path = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return With(rules => rules with { Proof = VersionProof.InHeader(name), VersionPath = path });
    }

    /// <summary>The version is a member of a JSON document.</summary>
    /// <param name="member">The way to the member, "build.commit" or "apps[0].version".</param>
    /// <param name="path">Where to ask for the version, relative to the address, "/version"; null to look into the tested answer itself.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">The way is none.</exception>
    public HttpTest VersionInJson(string member, string? path = null) =>
        With(rules => rules with { Proof = VersionProof.InJson(JsonMember.Parse(member)), VersionPath = path });

    /// <summary>The version stands in the text of the answer, as a word of its own: "1.2" is not found in "1.2.3".</summary>
    /// <param name="after">What stands right before it, "build "; null when it may stand anywhere.</param>
    /// <param name="path">Where to ask for the version, relative to the address, "/version"; null to look into the tested answer itself.</param>
    /// <returns>This test.</returns>
    public HttpTest VersionInBody(string? after = null, string? path = null) =>
        With(rules => rules with { Proof = VersionProof.InBody(after), VersionPath = path });

    /// <summary>
    /// Says which version must answer. Default: the revision of the deployment. Of hashes, the longer one may begin with the shorter one,
    /// from seven characters on.
    /// </summary>
    /// <param name="version">The version, or a variable of the deployment that holds it: "$WERCKER_DEPLOY_ID".</param>
    /// <returns>This test.</returns>
    public HttpTest ExpectVersion(string version)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(version);
        return With(rules => rules with { Version = version.Trim() });
    }

    /// <summary>Tells answers of the application from those of a gateway by a header. Without it, 502, 503 and 504 without a version count as a gateway's.</summary>
    /// <param name="name">A header that all answers of the application have, error pages too.</param>
    /// <param name="value">Its value; null for any.</param>
    /// <returns>This test.</returns>
    public HttpTest SignedByHeader(string name, string? value = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return With(rules => rules with { Signature = Signature.InHeader(name, value) });
    }

    /// <summary>Tells answers of the application from those of a gateway by a text in their body.</summary>
    /// <param name="text">A text that all answers of the application have, error pages too.</param>
    /// <returns>This test.</returns>
    public HttpTest SignedByBody(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return With(rules => rules with { Signature = Signature.InBody(text) });
    }

    /// <summary>Expects one of these statuses. Default: any from 200 to 299, after redirects. A redirect that is expected is not followed.</summary>
    /// <param name="statuses">The statuses, each from 100 to 599.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">There is none, or one is no status.</exception>
    public HttpTest ExpectStatus(params IReadOnlyList<int> statuses)
    {
        ArgumentNullException.ThrowIfNull(statuses);
        return statuses.Count > 0 && statuses.All(status => status is >= 100 and <= 599)
            ? With(rules => rules with { Statuses = statuses })
            : throw new ConfigurationException($"The HTTP test expects the statuses [{string.Join(", ", statuses)}]: name one at least, each from 100 to 599.");
    }

    /// <summary>Expects a header with a value.</summary>
    /// <param name="name">The header's name.</param>
    /// <param name="value">The whole value, compared without case.</param>
    /// <returns>This test.</returns>
    public HttpTest ExpectHeader(string name, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        return Expect(Expectation.Header(name, value));
    }

    /// <summary>Expects a member of a JSON answer to have a value.</summary>
    /// <param name="member">The way to the member, "status" or "checks[0].ok".</param>
    /// <param name="value">Its value; numbers and flags as they stand in JSON, "3" and "true".</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">The way is none.</exception>
    public HttpTest ExpectJson(string member, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Expect(Expectation.Json(JsonMember.Parse(member), value));
    }

    /// <summary>Expects a member of a JSON answer to fulfil a condition.</summary>
    /// <param name="member">The way to the member.</param>
    /// <param name="condition">The condition. It fails, too, when it throws <see cref="InvalidOperationException"/> or <see cref="FormatException"/>, as elements of another type do.</param>
    /// <param name="words">What the condition is, for the report. Default: its source text.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">The way is none.</exception>
    public HttpTest ExpectJson(string member, Func<JsonElement, bool> condition, [CallerArgumentExpression(nameof(condition))] string words = "")
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Expect(Expectation.Json(JsonMember.Parse(member), condition, words));
    }

    /// <summary>Expects a text in the body: in its first megabyte, which is all that is read.</summary>
    /// <param name="text">The text, compared as it is written.</param>
    /// <returns>This test.</returns>
    public HttpTest ExpectText(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return Expect(Expectation.Text(text));
    }

    /// <summary>Expects answers to be complete within this time, redirects included.</summary>
    /// <param name="most">The longest time that is still fine; longer than zero.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">Not longer than zero.</exception>
    public HttpTest ExpectLatency(TimeSpan most) => With(rules => rules with { Latency = Positive(most, "the longest latency") });

    /// <summary>Expects the server's TLS certificate to be valid for this time yet.</summary>
    /// <param name="validFor">The shortest time that is still fine; longer than zero.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">Not longer than zero.</exception>
    public HttpTest ExpectCertificate(TimeSpan validFor) => With(rules => rules with { CertificateValidFor = Positive(validFor, "the time that the certificate must be valid for") });

    /// <summary>Says how often it must pass. Tries count from the first answer of the expected version on. Default: 3 times in a row, in at most 10 tries.</summary>
    /// <param name="inARow">How many passing tries must follow each other; 1 or more.</param>
    /// <param name="tries">How many tries there are; <paramref name="inARow"/> or more.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">It could never pass.</exception>
    public HttpTest Passes(int inARow, int tries) => inARow >= 1 && tries >= inARow
        ? With(rules => rules with { Passes = inARow, Tries = tries })
        : throw new ConfigurationException($"The HTTP test must pass {inARow} times in a row in {tries} tries: it must pass once at least, and have as many tries as passes.");

    /// <summary>Waits this long between two tries. Default: 2 seconds.</summary>
    /// <param name="interval">The time; longer than zero.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">Not longer than zero.</exception>
    public HttpTest Every(TimeSpan interval) => With(rules => rules with { Interval = Positive(interval, "the time between two tries") });

    /// <summary>Gives one try this long, with its redirects and its body. Default: 10 seconds.</summary>
    /// <param name="timeout">The time; longer than zero.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">Not longer than zero.</exception>
    public HttpTest TimeoutAfter(TimeSpan timeout) => With(rules => rules with { Timeout = Positive(timeout, "the timeout of a try") });

    /// <summary>Waits this long for the cut-over to end. Default: 2 minutes.</summary>
    /// <param name="grace">The time from the first try on; zero waits for nothing.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">Negative.</exception>
    public HttpTest Grace(TimeSpan grace) => grace >= TimeSpan.Zero
        ? With(rules => rules with { Grace = grace })
        : throw new ConfigurationException($"The grace period of the HTTP test is {grace}: it must not be negative.");

    /// <summary>The same test, once it is known to make sense.</summary>
    /// <exception cref="ConfigurationException">Something is missing, or two settings contradict each other.</exception>
    internal HttpTest Checked() => Rules.FindFault() is { } fault ? throw new ConfigurationException(fault) : this;

    private HttpTest Send(string name, string value, Secret? secret)
    {
        ArgumentNullException.ThrowIfNull(value);
        return RequestHeader.IsPossible(name, value)
            ? With(rules => rules with { Headers = [.. rules.Headers, new RequestHeader(name, value, secret)] })
            : throw new ConfigurationException($"The HTTP test cannot send the header '{name}': a name has letters, digits and -, and neither name nor value a line break.");
    }

    private HttpTest Expect(Expectation expectation) => With(rules => rules with { Expectations = [.. rules.Expectations, expectation] });

    private HttpTest With(Func<HttpTestRules, HttpTestRules> change)
    {
        Rules = change(Rules);
        return this;
    }

    private static TimeSpan Positive(TimeSpan value, string what) =>
        value > TimeSpan.Zero ? value : throw new ConfigurationException($"In the HTTP test, {what} is {value}: it must be longer than zero.");
}
