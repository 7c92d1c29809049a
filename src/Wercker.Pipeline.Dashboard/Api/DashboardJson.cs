using System.Text.Json.Serialization;
using Wercker.Pipeline.Dashboard.Actions;
using Wercker.Pipeline.Dashboard.Connections;
using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Dashboard.Live;
using Wercker.Pipeline.Dashboard.Logs;
using Wercker.Pipeline.Dashboard.Targets;

namespace Wercker.Pipeline.Dashboard.Api;

/// <summary>How the API writes JSON, whatever the application around it has configured for its own.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 512)]
[JsonSerializable(typeof(ProjectListModel))]
[JsonSerializable(typeof(DeploymentListModel))]
[JsonSerializable(typeof(DeploymentModel))]
[JsonSerializable(typeof(ComparisonModel))]
[JsonSerializable(typeof(LogPageModel))]
[JsonSerializable(typeof(TargetListModel))]
[JsonSerializable(typeof(TargetModel))]
[JsonSerializable(typeof(AuditModel))]
[JsonSerializable(typeof(AdminModel))]
[JsonSerializable(typeof(ConnectionResult))]
[JsonSerializable(typeof(SessionModel))]
[JsonSerializable(typeof(LiveEvent))]
[JsonSerializable(typeof(LiveLines))]
[JsonSerializable(typeof(LiveGap))]
[JsonSerializable(typeof(LiveEnd))]
internal sealed partial class DashboardJson : JsonSerializerContext;
