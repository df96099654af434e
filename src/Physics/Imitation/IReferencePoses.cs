using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>A reference motion as poses of one body, one per control step. May be read from several threads.</summary>
public interface IReferencePoses
{
    /// <summary>Number of poses.</summary>
    int Frames { get; }

    /// <summary>What the animal does at a frame; "" where it is not known.</summary>
    string Behaviour(int frame);

    /// <summary>Writes a frame as a pose.</summary>
    /// <param name="frame">Which, from 0.</param>
    /// <param name="scratch">A state of the body's model to compute in.</param>
    /// <param name="pose">Receives positions, velocities and keypoint sites.</param>
    void Write(int frame, MujocoData scratch, Pose pose);
}
