using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Refuses two cameras that are one: the same images, or the same place.</summary>
internal static class DuplicateCameras
{
    // No two housings come this near to each other; noise may take two readings of one camera this far apart.
    private const double SamePlaceM = 0.005;
    private const double SameDirectionDegrees = 1;

    /// <summary>By their images: all the same, or the board at the same pixels wherever both saw it.</summary>
    public static void Refuse(BoardObservations observations, ulong[][] digests)
    {
        for (var a = 0; a < digests.Length; a++)
            for (var b = a + 1; b < digests.Length; b++)
            {
                var (nameA, nameB) = (observations.Cameras[a].Name, observations.Cameras[b].Name);
                if (digests[a].AsSpan().SequenceEqual(digests[b]))
                    throw ClosedLoopException.Usage($"the cameras '{nameA}' and '{nameB}' have exactly the same images, so they are one camera; take one of them away, or put the right images in its place");
                if (SamePixels(observations, a, b))
                    throw ClosedLoopException.Usage($"the cameras '{nameA}' and '{nameB}' see the board at the same pixels in every set, so they are one camera; take one of them away, or put the right images in its place");
            }
    }

    /// <summary>By their calibration.</summary>
    public static void Refuse(IReadOnlyList<CameraCalibration> cameras)
    {
        for (var a = 0; a < cameras.Count; a++)
            for (var b = a + 1; b < cameras.Count; b++)
            {
                var between = RigidMotion.Of(cameras[a].Rotation, cameras[a].TranslationM) * RigidMotion.Of(cameras[b].Rotation, cameras[b].TranslationM).Inverse();
                if (between.Length() < SamePlaceM && between.AngleDegrees() < SameDirectionDegrees)
                    throw ClosedLoopException.Failed(
                        $"the cameras '{cameras[a].Name}' and '{cameras[b].Name}' stand at the same place and look the same way (within {1000 * between.Length():F2} mm and {between.AngleDegrees():F3} degrees), so they are one camera; take one of them away");
            }
    }

    private static bool SamePixels(BoardObservations observations, int a, int b)
    {
        var shared = 0;
        for (var s = 0; s < observations.SetNames.Count; s++)
        {
            if (observations.Views[a][s] is not { } va || observations.Views[b][s] is not { } vb)
                continue;
            shared++;
            var common = va.Corners.Intersect(vb.Corners).ToArray();
            foreach (var corner in common)
            {
                var (i, j) = (Array.IndexOf(va.Corners, corner), Array.IndexOf(vb.Corners, corner));
                // NB: a little, for images that were compressed twice.
                if (Math.Abs(va.Pixels[2 * i] - vb.Pixels[2 * j]) > 0.2 || Math.Abs(va.Pixels[(2 * i) + 1] - vb.Pixels[(2 * j) + 1]) > 0.2)
                    return false;
            }
        }
        return shared >= 3;
    }
}
