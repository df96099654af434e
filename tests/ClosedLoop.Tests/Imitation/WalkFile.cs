using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Physics.Imitation;

namespace ClosedLoop.Tests.Imitation;

/// <summary>A clip file of a second and a half of walking, the last third of which is labelled as turning.</summary>
internal static class WalkFile
{
    private const int Turn = 50;

    /// <summary>Writes it, for a floor at a height, and returns its path.</summary>
    public static string Write(string path, double floorM = 0)
    {
        using var body = ShortMotion.Body();
        var walk = ShortMotion.Walk;
        var qpos = walk.Qpos.ToArray();
        for (var frame = 0; frame < walk.Frames; frame++)
            qpos[(frame * walk.Nq) + 2] += floorM;
        var library = new MotionLibrary
        {
            QposNames = body.QposNames, Scale = ShortMotion.Scale, FloorHeightM = floorM, Source = "a walk",
            Clips =
            [
                new()
                {
                    Name = walk.Name, Behaviour = walk.Behaviour, RateHz = walk.RateHz, Frames = walk.Frames, Nq = walk.Nq, Qpos = qpos,
                    FrameBehaviours = [.. Enumerable.Range(0, walk.Frames).Select(frame => frame < Turn ? "Walk" : "Turn")],
                },
            ],
        };
        ClipFileWriter.Write(path, library, BodyKinematics.Of(body, library));
        return path;
    }
}
