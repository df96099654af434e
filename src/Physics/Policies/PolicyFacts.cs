using ClosedLoop.Core;
using ClosedLoop.Inference;

namespace ClosedLoop.Physics;

/// <summary>What a policy's manifest says of how it is to be fed.</summary>
/// <param name="Observation">The signature of its observation (<see cref="ObservationLayout.Signature"/>).</param>
/// <param name="FutureFrames">Frames of the reference it looks at.</param>
/// <param name="ControlHz">How often it acts, a second.</param>
public sealed record PolicyFacts(string Observation, int FutureFrames, double ControlHz)
{
    /// <summary>Reads them.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="path">The policy's folder, as errors call it.</param>
    /// <exception cref="ClosedLoopException">The manifest lacks one.</exception>
    public static PolicyFacts Of(ModelManifest manifest, string path)
    {
        var section = manifest.Preprocessing
            ?? throw ClosedLoopException.Usage($"the manifest of {path} has no section 'preprocessing', which says what a policy observes; export it again");
        section.Allow("observation", "future_frames", "control_hz");
        return new(section.Text("observation"), (int)section.Number("future_frames", 1, 100), section.Number("control_hz", 1, 1000));
    }
}
