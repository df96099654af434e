using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// What drives the virtual rodent: given where the animal is about to be and how the body stands, the whole motor
/// command. A servo, a planner or a trained network.
/// </summary>
public interface IRodentController : IDisposable
{
    /// <summary>Short name, as it stands in summaries and recordings.</summary>
    string Name { get; }

    /// <summary>How many frames of the reference the controller looks at, the next one included; at least 1.</summary>
    int FutureFrames { get; }

    /// <summary>The layers whose activity <see cref="Act"/> reports.</summary>
    ActivationLayout Activations { get; }

    /// <summary>Forgets any recurrent state, as after the body was put somewhere else.</summary>
    void Reset();

    /// <summary>
    /// Forgets all that came before, as at the start of a numbered episode of an evaluation. NB: where noise is drawn, it must
    /// follow from the number, for episodes run on any thread in any order.
    /// </summary>
    void BeginEpisode(int number) => Reset();

    /// <summary>Computes one motor command. Deterministic; allocates nothing.</summary>
    /// <param name="reference">The frames ahead; frame 0 is to be reached at the end of this control step.</param>
    /// <param name="body">The body's present state, from which proprioception is read.</param>
    /// <param name="action">Receives one number per actuator, each in [-1, 1].</param>
    /// <param name="activations">Receives the layers' activity, laid out as <see cref="Activations"/> says.</param>
    void Act(ReferenceWindow reference, MujocoData body, Span<double> action, Span<float> activations);
}
