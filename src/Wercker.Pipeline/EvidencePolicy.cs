namespace Wercker.Pipeline;

/// <summary>What the author of a log or metrics test lets pass with a warning. Nothing by default: no evidence is never success.</summary>
/// <param name="NoDataWarns">There was nothing to see.</param>
/// <param name="InconclusiveWarns">There was too little to judge.</param>
/// <param name="ErrorWarns">The question could not be asked.</param>
internal sealed record EvidencePolicy(bool NoDataWarns = false, bool InconclusiveWarns = false, bool ErrorWarns = false);
