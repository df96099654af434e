using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Distances of a body's keypoint sites from a reference's, part by part: as they stand in the world, and after the body's
/// sites were moved and turned as a whole, not resized, onto the reference's (Procrustes).
/// </summary>
internal sealed class KeypointErrors
{
    private readonly int[] _sites, _all;
    private readonly double[] _places, _weights;

    public KeypointErrors(BodyModel body)
    {
        Parts = new(body.Layout);
        _sites = body.KeypointSites;
        _all = [.. Enumerable.Range(0, _sites.Length)];
        _places = new double[3 * _sites.Length];
        _weights = new double[_sites.Length];
        Array.Fill(_weights, 1);
    }

    public KeypointParts Parts { get; }

    /// <summary>Measures all parts, in millimetres.</summary>
    /// <param name="data">The body, its kinematics up to date.</param>
    /// <param name="reference">Where it is to be.</param>
    /// <param name="world">Receives the mean distance of each part.</param>
    /// <param name="aligned">Receives the same after the alignment of all sites.</param>
    /// <returns>Mean distance of all sites after the alignment; NaN where the body has fewer than three.</returns>
    public float Measure(MujocoData data, Pose reference, Span<float> world, Span<float> aligned)
    {
        for (var k = 0; k < _sites.Length; k++)
            data.SitePositions.Row(_sites[k]).CopyTo(_places.AsSpan(3 * k));
        ByPart(reference.SitePositions, world);
        Span<double> rotation = stackalloc double[4];
        Span<double> shift = stackalloc double[3];
        if (!RigidAlignment.Align(_places, reference.SitePositions, _weights, _all, rotation, shift))
        {
            aligned.Fill(float.NaN);
            return float.NaN;
        }
        Span<double> turned = stackalloc double[3];
        for (var k = 0; k < _sites.Length; k++)
        {
            var place = _places.AsSpan(3 * k, 3);
            RigidAlignment.Turn(rotation, place, turned);
            for (var axis = 0; axis < 3; axis++)
                place[axis] = turned[axis] + shift[axis];
        }
        ByPart(reference.SitePositions, aligned);
        var sum = 0.0;
        for (var part = 0; part < aligned.Length; part++)
            sum += aligned[part] * Parts.Keypoints[part].Length;
        return (float)(sum / _sites.Length);
    }

    private void ByPart(double[] targets, Span<float> errors)
    {
        for (var part = 0; part < errors.Length; part++)
        {
            var sum = 0.0;
            foreach (var k in Parts.Keypoints[part])
            {
                var (x, y, z) = (_places[3 * k] - targets[3 * k], _places[(3 * k) + 1] - targets[(3 * k) + 1], _places[(3 * k) + 2] - targets[(3 * k) + 2]);
                sum += Math.Sqrt((x * x) + (y * y) + (z * z));
            }
            errors[part] = (float)(1000 * sum / Parts.Keypoints[part].Length);
        }
    }
}
