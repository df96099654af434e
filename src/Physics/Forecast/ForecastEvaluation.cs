using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>Measures how far forecasts are from what came, over clips of motion.</summary>
public static class ForecastEvaluation
{
    /// <summary>Frames at the beginning of a clip from which nothing is judged: a forecaster has to see motion first.</summary>
    public const int WarmUpFrames = 10;

    /// <summary>Mean distance between forecast and actual keypoint sites in mm, for each number of frames ahead from 1.</summary>
    /// <param name="body">The body, at the size of the library's lengths.</param>
    /// <param name="library">Clips of this body, in its order, each longer than <see cref="WarmUpFrames"/> and <paramref name="ahead"/>.</param>
    /// <param name="forecaster">What forecasts.</param>
    /// <param name="ahead">How many frames ahead are judged.</param>
    /// <param name="cancellation">Asked before each clip.</param>
    public static double[] Run(BodyModel body, MotionLibrary library, IPoseForecaster forecaster, int ahead, CancellationToken cancellation = default)
    {
        using var data = new MujocoData(body.Model);
        var pose = new Pose(body.Model.Nq, body.Model.Nv, body.Layout.Count);
        var sums = new double[ahead];
        var judged = 0L;
        foreach (var clip in library.Clips)
        {
            cancellation.ThrowIfCancellationRequested();
            var actual = Enumerable.Range(0, clip.Frames).Select(frame => Sites(clip.Frame(frame))).ToArray();
            forecaster.Reset();
            for (var frame = 0; frame + ahead < clip.Frames; frame++)
            {
                clip.Frame(frame).CopyTo(pose.Qpos);
                forecaster.Observe(pose);
                if (frame < WarmUpFrames)
                    continue;
                judged++;
                for (var i = 1; i <= ahead; i++)
                {
                    forecaster.Forecast(i, pose);
                    sums[i - 1] += Distance(Sites(pose.Qpos), actual[frame + i]);
                }
            }
        }
        return [.. sums.Select(sum => 1000 * sum / judged)];

        double[] Sites(ReadOnlySpan<double> qpos)
        {
            qpos.CopyTo(data.Qpos.Span);
            data.Kinematics();
            var sites = new double[3 * body.KeypointSites.Length];
            for (var k = 0; k < body.KeypointSites.Length; k++)
                data.SitePositions.Row(body.KeypointSites[k]).CopyTo(sites.AsSpan(3 * k));
            return sites;
        }
    }

    private static double Distance(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k += 3)
        {
            var (x, y, z) = (a[k] - b[k], a[k + 1] - b[k + 1], a[k + 2] - b[k + 2]);
            sum += Math.Sqrt((x * x) + (y * y) + (z * z));
        }
        return 3 * sum / a.Length;
    }
}
