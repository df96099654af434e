using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>What really was at one frame of the simulated animal, and what was done to what was seen.</summary>
public sealed class SimulatedTruth
{
    /// <summary>Makes an empty truth for a body with <paramref name="nq"/> positions and keypoints of <paramref name="layout"/>.</summary>
    public SimulatedTruth(int nq, KeypointLayout layout)
    {
        Qpos = new double[nq];
        KeypointPositions = new double[3 * layout.Count];
        ErrorSdM = new double[layout.Count];
        Missing = new bool[layout.Count];
        Swapped = new bool[layout.Count];
    }

    /// <summary>Number of the frame: the trigger index of the cameras, the device counter of the keypoints.</summary>
    public long Frame { get; set; } = -1;

    /// <summary>The animal's time, seconds since its first frame.</summary>
    public double TimeS { get; set; }

    /// <summary>Session time of the exposure.</summary>
    public SessionTime Captured { get; set; }

    /// <summary>What the animal did.</summary>
    public Behaviour Behaviour { get; set; }

    /// <summary>Whether the animal had fallen and was stood up again just before this frame: its motion jumps.</summary>
    public bool WasReset { get; set; }

    /// <summary>Generalised positions of the animal's body (metres, quaternion w x y z, radians).</summary>
    public double[] Qpos { get; }

    /// <summary>Positions of the keypoints without error, x y z each, metres.</summary>
    public double[] KeypointPositions { get; }

    /// <summary>Standard deviation per axis of the error that was added to each keypoint, metres.</summary>
    public double[] ErrorSdM { get; }

    /// <summary>Keypoints that were withheld.</summary>
    public bool[] Missing { get; }

    /// <summary>Keypoints that carry their counterpart's position.</summary>
    public bool[] Swapped { get; }

    /// <summary>Copies everything from <paramref name="other"/>, which belongs to the same body and layout.</summary>
    public void CopyFrom(SimulatedTruth other)
    {
        Frame = other.Frame;
        TimeS = other.TimeS;
        Captured = other.Captured;
        Behaviour = other.Behaviour;
        WasReset = other.WasReset;
        other.Qpos.CopyTo(Qpos, 0);
        other.KeypointPositions.CopyTo(KeypointPositions, 0);
        other.ErrorSdM.CopyTo(ErrorSdM, 0);
        other.Missing.CopyTo(Missing, 0);
        other.Swapped.CopyTo(Swapped, 0);
    }
}
