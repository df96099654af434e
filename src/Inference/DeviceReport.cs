namespace ClosedLoop.Inference;

/// <summary>Which device a network was to run on, and which it really runs on.</summary>
/// <param name="Asked">What was asked for.</param>
/// <param name="Running">What it is.</param>
/// <param name="Reason">Why it is not the card, in a few words; null where what was asked for runs.</param>
public sealed record DeviceReport(InferenceDevice Asked, InferenceDevice Running, string? Reason)
{
    /// <summary>The short form for a summary: <c>cpu (auto: no NVIDIA driver ...)</c>.</summary>
    public override string ToString() =>
        Reason is null ? Running.Word() : $"{Running.Word()} ({Asked.Word()}: {Reason})";
}
