using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Tests.Reports;

namespace Wercker.Pipeline.Tests.Journal;

/// <summary>What FsCheck asks for random events.</summary>
public static class HostileEvents
{
    public static Arbitrary<DeployEvent> Event() => Arb.From(
        from kind in Gen.Elements(Enum.GetValues<DeployEventKind>())
        from at in Hostile.Time
        from texts in Gen.ArrayOf(Hostile.MaybeText, 6)
        from names in Gen.ArrayOf(Hostile.Text, 3)
        from status in Gen.Elements([.. Enum.GetValues<StepStatus>().Select(s => (StepStatus?)s), null])
        from verdict in Gen.Elements([.. Enum.GetValues<DeployStatus>().Select(s => (DeployStatus?)s), null])
        from restore in Gen.Elements([.. Enum.GetValues<RestoreStatus>().Select(s => (RestoreStatus?)s), null])
        from decided in Gen.Elements(true, false)
        from evidence in Gen.ListOf(Hostile.Evidence).Resize(4)
        from steps in Gen.ListOf(Hostile.Text).Resize(4)
        from environment in Hostile.EnvironmentListing
        from hasHeader in Gen.Elements(true, false)
        from data in Hostile.Data
        select new DeployEvent
        {
            DeploymentId = "r1",
            Sequence = 1,
            At = at,
            Kind = kind,
            Step = texts[0],
            Status = status,
            Message = texts[1],
            Error = texts[2],
            Evidence = [.. evidence],
            Decided = decided,
            Verdict = verdict,
            Restore = restore,
            Key = texts[3],
            Value = kind == DeployEventKind.ValueStored ? JsonSerializer.SerializeToElement(JsonNode.Parse(Encoding.UTF8.GetBytes(data.ToJsonString()))) : null,
            Header = hasHeader
                ? new DeploymentHeader { Pipeline = names[0], App = names[1], Revision = names[2], Target = texts[4], RequestedBy = texts[5], Steps = [.. steps], Environment = environment }
                : null,
        });
}
