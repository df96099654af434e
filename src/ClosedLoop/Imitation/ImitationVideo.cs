using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Imitation;

/// <summary>
/// A video of a controller along one reference, at real time: on the left the body that it drives with the reference's
/// keypoints as a skeleton, on the right the reference itself. Where the body falls or leaves the reference it is put back
/// onto it, as in a session, and the left picture has a red frame for a moment.
/// </summary>
internal sealed class ImitationVideo
{
    private const int WidthPx = 480, HeightPx = 360, BorderPx = 4;
    private const double MostImagesPerS = 25, BorderS = 0.3;

    // Share of the way that the camera goes after the body with each image: it glides where the body starts and stops.
    private const double Following = 0.1;

    /// <summary>The reference.</summary>
    public required ImitationReference Reference { get; init; }

    /// <summary>What drives the body.</summary>
    public required IRodentController Controller { get; init; }

    /// <summary>Period and limits.</summary>
    public required VirtualRodentOptions Options { get; init; }

    /// <summary>How long at most, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Makes the video.</summary>
    /// <exception cref="ClosedLoopException">This machine cannot render, or the file cannot be written.</exception>
    public void Write(string path, IProgress<string> progress, CancellationToken cancellation)
    {
        var body = Reference.Body;
        using var rodent = new VirtualRodent(body, Controller, Options);
        // A copy: the renderer sets the model's image size and quality.
        using var model = body.Model.Copy();
        using var renderer = new OffscreenRenderer(model, WidthPx, HeightPx);
        using MujocoData drawn = new(model), scratch = new(body.Model);
        var every = Math.Max(1, (int)Math.Round(1 / (Options.ControlPeriodS * MostImagesPerS)));
        using var video = new VideoFileWriter(path, "mp4v", 1 / (Options.ControlPeriodS * every), 2 * WidthPx, HeightPx);
        var (panel, image) = (new byte[renderer.ImageBytes], new byte[2 * renderer.ImageBytes]);
        var pose = new Pose(body.Model.Nq, body.Model.Nv, body.Layout.Count);
        var shown = new Pose(body.Model.Nq, body.Model.Nv, body.Layout.Count);
        var frames = Math.Min(Reference.Poses.Frames, (int)Math.Round(Seconds / Options.ControlPeriodS) + Controller.FutureFrames);
        var (redUntil, camera) = (-1, (X: double.NaN, Y: 0.0));
        for (var frame = 0; frame < frames; frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            Reference.Poses.Write(frame, scratch, pose);
            var step = rodent.Process(pose);
            if ((step.Flags & (ControlFlags.ResetFallen | ControlFlags.ResetLeftReference | ControlFlags.ResetUnstable)) != 0)
                redUntil = frame + (int)(BorderS / Options.ControlPeriodS);
            if ((step.Flags & ControlFlags.WaitingForReference) != 0 || frame % every != 0)
                continue;
            progress.Report($"drawing {frame} of {frames} frames");
            Reference.Poses.Write(frame - Controller.FutureFrames + 1, scratch, shown);
            camera = double.IsNaN(camera.X)
                ? (shown.Qpos[0], shown.Qpos[1])
                : (camera.X + (Following * (shown.Qpos[0] - camera.X)), camera.Y + (Following * (shown.Qpos[1] - camera.Y)));
            renderer.LookAt(camera.X, camera.Y, 0.04 * body.Scale, 0.5 * body.Scale, azimuthDeg: 120, elevationDeg: -20);
            Draw(renderer, drawn, step.Qpos, shown.SitePositions, body.Layout, panel);
            if (frame <= redUntil)
                Frame(panel);
            Place(panel, image, 0);
            Draw(renderer, drawn, shown.Qpos, [], body.Layout, panel);
            Place(panel, image, WidthPx);
            video.Write(image);
        }
    }

    private static void Draw(OffscreenRenderer renderer, MujocoData drawn, double[] qpos, double[] skeleton, KeypointLayout layout, byte[] panel)
    {
        qpos.CopyTo(drawn.Qpos.Span);
        drawn.Forward();
        renderer.Scene(drawn);
        if (skeleton.Length > 0)
            foreach (var (from, to) in layout.Edges)
                renderer.AddLine(skeleton.AsSpan(3 * from, 3), skeleton.AsSpan(3 * to, 3), 0.0012, 1, 0.85f, 0.2f, 0.9f);
        renderer.Draw(panel);
    }

    private static void Frame(byte[] panel)
    {
        for (var y = 0; y < HeightPx; y++)
            for (var x = 0; x < WidthPx; x++)
                if (x < BorderPx || y < BorderPx || x >= WidthPx - BorderPx || y >= HeightPx - BorderPx)
                    (panel[3 * ((y * WidthPx) + x)], panel[(3 * ((y * WidthPx) + x)) + 1], panel[(3 * ((y * WidthPx) + x)) + 2]) = (220, 40, 30);
    }

    private static void Place(byte[] panel, byte[] image, int left)
    {
        for (var y = 0; y < HeightPx; y++)
            panel.AsSpan(3 * y * WidthPx, 3 * WidthPx).CopyTo(image.AsSpan(3 * ((2 * y * WidthPx) + left)));
    }
}
