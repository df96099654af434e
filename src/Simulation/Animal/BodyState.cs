using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>A state of the body with the arrays that the controller reads at every step, looked up once.</summary>
internal sealed class BodyState : IDisposable
{
    public BodyState(MujocoModel model)
    {
        Data = new(model);
        JointAxes = Data.Doubles("xaxis");
        JointAnchors = Data.Doubles("xanchor");
        SubtreeCentres = Data.Doubles("subtree_com");
    }

    public MujocoData Data { get; }

    /// <summary>Axes of the joints in the world.</summary>
    public NativeArray<double> JointAxes { get; }

    /// <summary>Anchors of the joints in the world, metres.</summary>
    public NativeArray<double> JointAnchors { get; }

    /// <summary>Centres of mass of each body with all that hangs on it, metres.</summary>
    public NativeArray<double> SubtreeCentres { get; }

    public void Dispose() => Data.Dispose();
}
