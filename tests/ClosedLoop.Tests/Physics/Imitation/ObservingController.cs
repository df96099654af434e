using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics.Imitation;

/// <summary>Drives as the servo does and keeps what a policy would have seen at each step.</summary>
internal sealed class ObservingController(BodyModel body) : IRodentController
{
    private readonly ImitationObservation _observation = new(body, 5);

    public List<float[]> Seen { get; } = [];

    public List<float[]> Actions { get; } = [];

    public string Name => "observing";

    public int FutureFrames => 5;

    public ActivationLayout Activations => ActivationLayout.Empty;

    public void Reset()
    {
    }

    public void Act(ReferenceWindow reference, MujocoData data, Span<double> action, Span<float> activations)
    {
        var seen = new float[_observation.Layout.Size];
        _observation.Write(reference, data, seen);
        Seen.Add(seen);
        var taken = new float[action.Length];
        for (var i = 0; i < action.Length; i++)
            action[i] = taken[i] = (float)Math.Clamp(reference[0].SetPoints[i], -1, 1);
        Actions.Add(taken);
    }

    public void Dispose()
    {
    }
}
