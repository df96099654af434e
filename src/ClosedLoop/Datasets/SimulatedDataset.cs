using System.Globalization;
using System.Text;
using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>
/// Writes a simulated session as files: one video per camera (equal places mean the same moment), calibration.yaml with
/// the true cameras, truth.csv with the true keypoints in metres, behaviour.csv, and dataset.yaml, which says how it was made.
/// </summary>
public static class SimulatedDataset
{
    /// <summary>The videos' codec: MPEG-4 part 2, which decodes at more than a thousand 320 x 240 images a second on one core.</summary>
    private const string Codec = "mp4v";

    /// <summary>Writes until all frames are there or it is cancelled; what is there by then is whole. Returns the frames a camera.</summary>
    /// <param name="folder">An existing, empty folder.</param>
    /// <param name="options">What to film.</param>
    /// <param name="progress">Told of the frames that every camera has, from any thread.</param>
    /// <param name="cancellation">Ends the videos where they are.</param>
    /// <exception cref="ClosedLoopException">An option is out of its range, or this machine cannot render or write videos.</exception>
    public static long Write(string folder, SimulatedDatasetOptions options, Action<long>? progress, CancellationToken cancellation)
    {
        if (!(options.Frames is >= 1 and <= 10_000_000))
            throw ClosedLoopException.Usage($"a dataset of {options.Seconds} s was asked for; give 0.02 s or more");
        var rig = SimulatedRig.Create(options.Views.Rig);
        var threads = Math.Clamp(options.Threads, 1, rig.Cameras.Count);
        new RigCalibrationFile { Rig = rig, WorldFrame = "the middle of the simulated arena's floor" }.Save(Path.Combine(folder, "calibration.yaml"));
        FrameLimit? limit = null;
        var done = new long[threads];

        // Every thread lives the same life and films it with its own cameras.
        void Film(int thread, CancellationToken stop)
        {
            var shared = Interlocked.CompareExchange(ref limit, new(options.Frames, stop), null) ?? limit;
            int[] cameras = [.. Enumerable.Range(0, rig.Cameras.Count).Where(camera => camera % threads == thread)];
            using var views = new SimulatedViews(options.Views, cameras);
            var images = cameras.Select(camera => new byte[3 * rig.Cameras[camera].WidthPx * rig.Cameras[camera].HeightPx]).ToArray();
            var videos = new List<VideoFileWriter>();
            using var truth = thread == 0 ? new TruthWriter(folder) : null;
            try
            {
                foreach (var camera in cameras.Select(camera => rig.Cameras[camera]))
                    videos.Add(new(Path.Combine(folder, camera.Name + ".mp4"), Codec, 1 / SimulatedAnimal.FramePeriodS, camera.WidthPx, camera.HeightPx));
                for (var frame = 0L; shared.Begin(frame); frame++)
                {
                    views.Next();
                    views.Photograph(images);
                    for (var i = 0; i < videos.Count; i++)
                        videos[i].Write(images[i]);
                    truth?.Write(frame, views);
                    done[thread] = frame + 1;
                    progress?.Invoke(done.Min());
                }
                truth?.Complete();
            }
            finally
            {
                videos.ForEach(video => video.Dispose());
            }
        }

        DrawingThreads.Run(threads, Film, cancellation);
        File.WriteAllText(Path.Combine(folder, "dataset.yaml"), Describe(options, rig, limit!.Frames));
        return limit.Frames;
    }

    private static string Describe(SimulatedDatasetOptions options, RigCalibration rig, long frames)
    {
        var views = options.Views;
        var text = new StringBuilder("kind: simulated-dataset\nversion: 1\n");
        void Line(string key, IFormattable value) => text.Append(CultureInfo.InvariantCulture, $"{key}: {value.ToString(null, CultureInfo.InvariantCulture)}\n");
        Line("rate_hz", 1 / SimulatedAnimal.FramePeriodS);
        Line("frames", frames);
        Line("seed", views.Seed);
        Line("appearance", views.Appearance);
        Line("scale", views.Scale);
        Line("noise", views.Noise);
        Line("rig_seed", views.Rig.Seed);
        Line("rig_variety", views.Rig.Variety);
        Line("width_px", views.Rig.WidthPx);
        Line("height_px", views.Rig.HeightPx);
        text.Append(CultureInfo.InvariantCulture, $"cameras: [{string.Join(", ", rig.Cameras.Select(camera => camera.Name))}]\n");
        text.Append("calibration: calibration.yaml\ntruth: truth.csv\nbehaviour: behaviour.csv\n");
        return text.ToString();
    }
}
