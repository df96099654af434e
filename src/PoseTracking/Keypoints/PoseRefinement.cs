using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Puts a set's triangulated keypoints through a pose network: keypoints that the views alone leave uncertain (a spine
/// without landmarks, a paw under the body) are moved to where the rest of the animal says that they are. After the
/// pose network of sDANNCE (Li et al., 2023), which follows its volumetric network.
/// </summary>
/// <remarks>
/// What was not found stays missing. Where less than half was found nothing is moved: the networks have learnt from no
/// less. Allocates nothing; one thread.
/// </remarks>
/// <param name="network">A network for the keypoints that are given.</param>
internal sealed class PoseRefinement(IPoseNetwork network)
{
    /// <summary>Moves what was found; returns whether it did.</summary>
    /// <param name="found">The set's keypoints.</param>
    /// <param name="quality">Their covariances; their standard deviations are written.</param>
    public bool Apply(Keypoints found, KeypointQuality quality)
    {
        var count = network.KeypointCount;
        if (2 * found.PresentCount < count)
            return false;
        for (var k = 0; k < count; k++)
        {
            var c = quality.Covariance[k];
            var seen = found.IsPresent(k) && double.IsFinite(c.XX + c.YY + c.ZZ);
            network.Seen[k] = seen ? 1 : 0;
            var place = network.Found.Slice(3 * k, 3);
            var spread = network.Covariance.Slice(9 * k, 9);
            if (!seen)
            {
                place.Clear();
                spread.Clear();
                continue;
            }
            var position = found.Position(k);
            (place[0], place[1], place[2]) = ((float)position[0], (float)position[1], (float)position[2]);
            (spread[0], spread[4], spread[8]) = ((float)c.XX, (float)c.YY, (float)c.ZZ);
            spread[1] = spread[3] = (float)c.XY;
            spread[2] = spread[6] = (float)c.XZ;
            spread[5] = spread[7] = (float)c.YZ;
        }
        network.Run();
        for (var k = 0; k < count; k++)
        {
            var place = network.Positions.Slice(3 * k, 3);
            if (network.Seen[k] == 0 || !float.IsFinite(place[0] + place[1] + place[2]))
                continue;
            var position = found.Position(k);
            (position[0], position[1], position[2]) = (place[0], place[1], place[2]);
            quality.SigmaM[k] = network.SigmaM[k];
        }
        return true;
    }
}
