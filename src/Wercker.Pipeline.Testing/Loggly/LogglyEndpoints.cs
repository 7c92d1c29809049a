using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Wercker.Pipeline.Testing.Loggly;

/// <summary>The paths of the double.</summary>
internal sealed class LogglyEndpoints(LogglyIndex index, TimeProvider clock)
{
    public const string ApiToken = "a1b2c3d4-api0-4000-8000-00000000read";
    public const string CustomerToken = "a1b2c3d4-cust-4000-8000-00000000send";
    public const string User = "reader";
    public const string Password = "a reader's password";

    private static readonly TimeSpan CursorLife = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, (List<LogglyEvent> Left, int Size, DateTimeOffset Used)> _cursors = new();
    private readonly ConcurrentDictionary<string, (List<LogglyEvent> Found, int Size)> _searches = new();
    private long _lastSearch = 1573155148479336578;

    public ConcurrentQueue<LogglyFault> Faults { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    public int LargestPage { get; set; } = 1000;

    public Uri? CursorAddress { get; set; }

    public async Task HandleAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!.TrimEnd('/');
        Requests.Enqueue($"{http.Request.Method} {path}{http.Request.QueryString}");
        if (path.StartsWith("/inputs/", StringComparison.Ordinal) || path.StartsWith("/bulk/", StringComparison.Ordinal))
        {
            await ReceiveAsync(http, path).ConfigureAwait(false);
            return;
        }

        if (!IsAllowed(http.Request.Headers.Authorization.ToString(), path))
        {
            await WriteAsync(http, 401, Message("Authentication credentials were not accepted")).ConfigureAwait(false);
            return;
        }

        try
        {
            var answer = path switch
            {
                "/api/search" => new LegacyAnswers(index, clock).Search(http.Request.Query),
                "/apiv2/search" => StartSearch(LogglyParameters.Of(http.Request.Query, clock, ["q", "from", "until", "order", "size"])),
                "/apiv2/events" => ReadSearch(http.Request.Query),
                "/apiv2/events/iterate" => Iterate(http.Request),
                "/apiv2/events/count" => Count(LogglyParameters.Of(http.Request.Query, clock, ["q", "from", "until", "include_volume"])),
                _ => null,
            };
            await (Faults.TryDequeue(out var fault) ? new FaultyAnswer(fault).WriteAsync(http, answer) : WriteAsync(http, answer is null ? 404 : 200, answer ?? Message("not found"))).ConfigureAwait(false);
        }
        catch (FormatException e)
        {
            await WriteAsync(http, 400, Message(e.Message)).ConfigureAwait(false);
        }
    }

    public static Task WriteAsync(HttpContext http, int status, JsonNode body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString());
    }

    public static JsonObject Message(string text) => new() { ["message"] = text };

    private async Task ReceiveAsync(HttpContext http, string path)
    {
        var parts = path.Split('/');
        if (parts[2] != CustomerToken || http.Request.Method != HttpMethods.Post)
        {
            await WriteAsync(http, parts[2] == CustomerToken ? 405 : 403, new JsonObject { ["response"] = "forbidden" }).ConfigureAwait(false);
            return;
        }

        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(http.RequestAborted).ConfigureAwait(false);
        var lines = parts[1] == "bulk" ? body.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [body];
        var now = clock.GetUtcNow();
        foreach (var line in lines)
        {
            index.Add(new LogglyEvent(now, line, http.Connection.RemoteIpAddress?.ToString(), parts.Length > 4 && parts[3] == "tag" ? parts[4].Split(',') : []), now);
        }

        await WriteAsync(http, 200, new JsonObject { ["response"] = "ok" }).ConfigureAwait(false);
    }

    private static bool IsAllowed(string authorization, string path)
    {
        var basic = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"))}";
        return authorization == basic || (path.StartsWith("/apiv2/", StringComparison.Ordinal) && authorization.Equals($"bearer {ApiToken}", StringComparison.OrdinalIgnoreCase));
    }

    private JsonObject StartSearch(LogglyParameters search)
    {
        var id = Interlocked.Increment(ref _lastSearch).ToString(CultureInfo.InvariantCulture);
        _searches[id] = (index.Find(search.Query, search.From, search.Until, search.Ascending), Math.Clamp(search.Size, 1, 5000));
        return new JsonObject
        {
            ["rsid"] = new JsonObject
            {
                ["status"] = "SCHEDULED",
                ["date_from"] = search.From.ToUnixTimeMilliseconds(),
                ["elapsed_time"] = 0.1,
                ["date_to"] = search.Until.ToUnixTimeMilliseconds(),
                ["id"] = id,
            },
        };
    }

    private JsonObject ReadSearch(IQueryCollection query)
    {
        if (!_searches.TryGetValue(query["rsid"].ToString(), out var search))
        {
            throw new FormatException("there is no such rsid");
        }

        var page = int.TryParse(query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return new JsonObject
        {
            ["total_events"] = search.Found.Count,
            ["page"] = page,
            ["events"] = ToJson(search.Found.Skip(page * search.Size).Take(search.Size)),
        };
    }

    private JsonObject Count(LogglyParameters search) => new() { ["count"] = index.Find(search.Query, search.From, search.Until, true).Count };

    private JsonObject Iterate(HttpRequest request)
    {
        var now = clock.GetUtcNow();
        List<LogglyEvent> left;
        int size;
        if (request.Query.TryGetValue("next", out var next))
        {
            if (request.Query.Count > 1)
            {
                throw new FormatException("a cursor takes no further parameters");
            }

            if (!_cursors.TryRemove(next.ToString(), out var cursor) || now - cursor.Used > CursorLife)
            {
                throw new FormatException("the cursor is unknown or has expired");
            }

            (left, size) = (cursor.Left, cursor.Size);
        }
        else
        {
            var search = LogglyParameters.Of(request.Query, clock, ["q", "from", "until", "order", "size"]);
            (left, size) = (index.Find(search.Query, search.From, search.Until, search.Ascending), Math.Clamp(search.Size, 1, LargestPage));
        }

        var answer = new JsonObject { ["events"] = ToJson(left.Take(size)) };
        if (left.Count > size)
        {
            var id = Guid.NewGuid().ToString();
            _cursors[id] = (left[size..], size, now);
            answer["next"] = $"{CursorAddress?.GetLeftPart(UriPartial.Authority) ?? $"{request.Scheme}://{request.Host}"}/apiv2/events/iterate?next={id}";
        }

        return answer;
    }

    private static JsonArray ToJson(IEnumerable<LogglyEvent> events) => new([.. events.Select(one => (JsonNode)new JsonObject
    {
        ["id"] = one.Id.ToString(),
        ["timestamp"] = one.At.ToUnixTimeMilliseconds(),
        ["raw"] = one.Raw,
        ["logmsg"] = one.Raw,
        ["unparsed"] = null,
        ["logtypes"] = one.Json is null ? [] : new JsonArray("json"),
        ["tags"] = new JsonArray([.. one.Tags.Select(tag => JsonValue.Create(tag))]),
        ["event"] = new JsonObject
        {
            ["json"] = one.Json?.DeepClone(),
            ["syslog"] = new JsonObject { ["host"] = one.Host },
        },
    })]);
}
