namespace ClosedLoop.PoseTracking;

/// <summary>Where corners should appear, and by how much they miss it.</summary>
internal static class Reprojection
{
    /// <summary>The pixel of a point in a camera's own coordinates; NaN for one that is not in front.</summary>
    public static (double U, double V) Project(ReadOnlySpan<double> lens, (double X, double Y, double Z) point)
    {
        if (!(point.Z > 1e-9))
            return (double.NaN, double.NaN);
        var (x, y) = (point.X / point.Z, point.Y / point.Z);
        var r2 = (x * x) + (y * y);
        var radial = 1 + (r2 * (lens[4] + (r2 * (lens[5] + (r2 * lens[8])))));
        return (lens[2] + (lens[0] * ((x * radial) + (2 * lens[6] * x * y) + (lens[7] * (r2 + (2 * x * x))))),
                lens[3] + (lens[1] * ((y * radial) + (lens[6] * (r2 + (2 * y * y))) + (2 * lens[7] * x * y))));
    }

    /// <summary>The squared distances, summed over the corners of a view, of a board at a pose in the camera's coordinates; infinite behind it.</summary>
    public static double SquaredSum(BoardObservations observations, BoardView view, ReadOnlySpan<double> lens, RigidMotion boardToCamera)
    {
        var sum = 0.0;
        for (var i = 0; i < view.Count; i++)
        {
            var (x, y) = observations.Board.CornerM(view.Corners[i]);
            var (u, v) = Project(lens, boardToCamera.Apply(x, y, 0));
            sum += double.IsNaN(u) ? double.PositiveInfinity : Square(u - view.Pixels[2 * i]) + Square(v - view.Pixels[(2 * i) + 1]);
        }
        return sum;
    }

    /// <summary>The same of one camera and set of a state.</summary>
    public static double SquaredSum(BoardObservations observations, RigState state, int camera, int set) =>
        SquaredSum(observations, observations.Views[camera][set]!, state.Lens(camera), state.PoseOf(camera) * state.BoardOf(set));

    /// <summary>The distance of each corner of a view, pixels; infinite for one that is not in front.</summary>
    public static double[] Distances(BoardObservations observations, RigState state, int camera, int set)
    {
        var view = observations.Views[camera][set]!;
        var lens = state.Lens(camera);
        var boardToCamera = state.PoseOf(camera) * state.BoardOf(set);
        var distances = new double[view.Count];
        for (var i = 0; i < view.Count; i++)
        {
            var (x, y) = observations.Board.CornerM(view.Corners[i]);
            var (u, v) = Project(lens, boardToCamera.Apply(x, y, 0));
            distances[i] = double.IsNaN(u) ? double.PositiveInfinity : Math.Sqrt(Square(u - view.Pixels[2 * i]) + Square(v - view.Pixels[(2 * i) + 1]));
        }
        return distances;
    }

    /// <summary>Root of the mean squared distance of one view, pixels.</summary>
    public static double ViewRms(BoardObservations observations, RigState state, int camera, int set) =>
        Math.Sqrt(SquaredSum(observations, state, camera, set) / observations.Views[camera][set]!.Count);

    /// <summary>Root of the mean squared distance (not per coordinate: as OpenCV has it) of some views of some cameras, pixels; NaN for none.</summary>
    public static double Rms(BoardObservations observations, RigState state, ViewMask use, params ReadOnlySpan<int> cameras)
    {
        var (sum, count) = (0.0, 0);
        foreach (var c in cameras)
            for (var s = 0; s < observations.SetNames.Count; s++)
                if (use[c, s])
                {
                    sum += SquaredSum(observations, state, c, s);
                    count += observations.Views[c][s]!.Count;
                }
        return count > 0 ? Math.Sqrt(sum / count) : double.NaN;
    }

    private static double Square(double x) => x * x;
}
