using System.Text.Json.Nodes;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>Uploads the files and has them built by the Build API, whose status is for machines.</summary>
internal sealed class BuildApiTransport(HerokuApi api, HerokuOptions options, Secret key) : IPushTransport
{
    public string Name => "the Build API";

    public async Task<PushOutcome> SendAsync(PushOrder order, CancellationToken cancellationToken)
    {
        var source = Directory.CreateDirectory(Path.Combine(order.Directory, "source")).FullName;
        var archive = Path.Combine(order.Directory, "source.tar.gz");
        await StagedSource.StageAsync(order.Source, source, new GitProcess(order.Directory, key.Reveal()), cancellationToken).ConfigureAwait(false);
        var checksum = await SourceArchive.WriteAsync(source, archive, cancellationToken).ConfigureAwait(false);
        var place = (await api.SendAsync(HttpMethod.Post, "/sources", null, AnswerJson.Default.SourceInfo, true, cancellationToken).ConfigureAwait(false)).SourceBlob;
        if (place?.GetUrl is null || !Uri.TryCreate(place.PutUrl, UriKind.Absolute, out var upload))
        {
            throw new HerokuException("POST /sources answered without the addresses of the upload.");
        }

        await UploadAsync(upload, archive, cancellationToken).ConfigureAwait(false);
        await order.SendingAsync(new PushMark(order.Directory) { Upload = PushMark.DigestOf(place.GetUrl) }, cancellationToken).ConfigureAwait(false);
        var build = await StartAsync(place.GetUrl, checksum, order, cancellationToken).ConfigureAwait(false);
        return await AwaitAsync(build, order, cancellationToken).ConfigureAwait(false);
    }

    private async Task UploadAsync(Uri url, string archive, CancellationToken cancellationToken)
    {
        var file = File.OpenRead(archive);
        await using (file.ConfigureAwait(false))
        {
            // The address is signed for a request without key and without content type.
            using var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new StreamContent(file) };
            request.Content.Headers.ContentType = null;
            request.Content.Headers.ContentLength = file.Length;
            request.Options.Set(HerokuApi.Repeatable, true);
            try
            {
                using var response = await api.Http.SendAsync(request, cancellationToken).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode)
                {
                    throw new HerokuException($"The upload of the source to {url.Host} answered {(int)response.StatusCode} {response.ReasonPhrase}.") { StatusCode = response.StatusCode };
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or Polly.ExecutionRejectedException)
            {
                throw new HerokuException($"The source could not be uploaded to {url.Host}: {e.Message}", e);
            }
        }
    }

    private async Task<BuildInfo> StartAsync(string sourceUrl, string checksum, PushOrder order, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["source_blob"] = new JsonObject
            {
                ["url"] = sourceUrl,
                ["checksum"] = $"SHA256:{checksum}",
                ["version"] = order.Context.Request.Revision,
            },
        };
        try
        {
            return await api.SendAsync(HttpMethod.Post, api.Of("builds"), body, AnswerJson.Default.BuildInfo, false, cancellationToken).ConfigureAwait(false);
        }
        catch (HerokuException e) when (e.IsOutcomeUnknown)
        {
            // It may have begun. The address of the upload is ours alone, so a build of it is ours too.
            var builds = await api.PollAsync(api.Of("builds"), AnswerJson.Default.BuildInfoArray, cancellationToken).ConfigureAwait(false) ?? [];
            if (builds.FirstOrDefault(build => build.SourceBlob?.Url == sourceUrl) is { } begun)
            {
                return begun;
            }

            throw new HerokuException($"Whether a build was started is unknown, so it was not asked for again: {e.Message}", e)
            {
                StatusCode = e.StatusCode,
                ErrorId = e.ErrorId,
                RequestId = e.RequestId,
            };
        }
    }

    private async Task<PushOutcome> AwaitAsync(BuildInfo begun, PushOrder order, CancellationToken cancellationToken)
    {
        var path = api.Of($"builds/{begun.Id}");
        var tail = new OutputTail(order.Output);
        var build = await OutputFollower.WhileAsync(api, begun.OutputStreamUrl, tail, PollAsync, cancellationToken).ConfigureAwait(false);
        var evidence = new Evidence("build", $"build {build.Id} {build.Status}")
        {
            Data = new JsonObject { ["id"] = build.Id, ["status"] = build.Status, ["release"] = build.Release?.Id },
        };
        switch (build)
        {
            case { Status: "succeeded", Release.Id: { } release }:
                return new PushOutcome { Release = release, Evidence = [evidence] };
            case { Status: "succeeded" }:
                return PushOutcome.Of(StepResult.Failed("the build succeeded, but it names no release", [evidence, .. tail.ToEvidence("build")]));
            case { Status: "pending" }:
                await CancelAsync(path, order.Context).ConfigureAwait(false);
                return PushOutcome.Of(StepResult.Failed($"the build did not end within {Patience.Words(options.BuildTimeout)}", [evidence, .. tail.ToEvidence("build")])) with { MayStillLand = true };
            default:
                return PushOutcome.Of(StepResult.Failed($"the build {build.Status}: its output says why", [evidence, .. tail.ToEvidence("build")]));
        }

        async Task<BuildInfo> PollAsync()
        {
            var patience = new Patience(api.Clock, options.BuildTimeout);
            var now = begun;

            // The release is named a moment after the build has ended.
            while ((now.Status is "pending" || now is { Status: "succeeded", Release: null }) && await patience.WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                now = await api.PollAsync(path, AnswerJson.Default.BuildInfo, cancellationToken).ConfigureAwait(false) ?? now;
            }

            return now;
        }
    }

    private async Task CancelAsync(string path, DeployContext context)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15), api.Clock);
        try
        {
            await api.SendAsync(HttpMethod.Delete, path, null, true, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HerokuException or OperationCanceledException)
        {
            await context.WarnAsync($"The build could not be canceled and may still go on: {e.Message}", CancellationToken.None).ConfigureAwait(false);
        }
    }
}
