using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Sessions;

/// <summary>A picture of the virtual rodent as it stands, with the keypoints that it is to follow.</summary>
public static class SessionPicture
{
    private const int Width = 960;
    private const int Height = 720;

    /// <summary>Draws the rodent and writes the picture.</summary>
    /// <param name="setup">The session's animal and body.</param>
    /// <param name="rodent">The virtual rodent, at rest: its session has ended.</param>
    /// <param name="path">Where to write the PNG.</param>
    /// <exception cref="ClosedLoopException">This machine cannot render, or the file cannot be written.</exception>
    public static void Write(SessionSetup setup, VirtualRodent rodent, string path)
    {
        // A copy: the renderer sets the model's image size and quality.
        using var model = setup.Body.Model.Copy();
        using var renderer = new OffscreenRenderer(model, Width, Height, samples: 8, shadowSize: 4096);
        using var data = new MujocoData(model);
        rodent.Data.Qpos.Span.CopyTo(data.Qpos.Span);
        data.Forward();
        var root = data.BodyPositions.Row(setup.Body.RootBody);
        var distance = 0.45 * setup.Body.Scale;
        renderer.LookAt(root[0], root[1], Math.Max(0.03, 0.6 * root[2]), distance, Azimuth(data.Qpos.Span) + 125, -18);
        renderer.Scene(data);
        if (rodent.LastReference is { } reference)
            DrawSkeleton(renderer, setup.Layout, reference);
        var image = new byte[renderer.ImageBytes];
        renderer.Draw(image);
        PngFile.Write(path, image, Width, Height);
    }

    private static void DrawSkeleton(OffscreenRenderer renderer, KeypointLayout layout, ReadOnlySpan<double> sites)
    {
        foreach (var (from, to) in layout.Edges)
            renderer.AddLine(sites.Slice(3 * from, 3), sites.Slice(3 * to, 3), 0.0008, 1, 1, 1, 0.6f);
        for (var k = 0; k < layout.Count; k++)
        {
            var (red, green, blue) = layout.Names[k][^1] switch
            {
                'L' => (0.15f, 0.4f, 1f),
                'R' => (1f, 0.3f, 0.15f),
                _ => (1f, 0.9f, 0.2f),
            };
            renderer.AddSphere(sites.Slice(3 * k, 3), 0.0025, red, green, blue, 0.9f);
        }
    }

    /// <summary>Where the body's head points on the floor, degrees.</summary>
    private static double Azimuth(ReadOnlySpan<double> qpos)
    {
        var (w, x, y, z) = (qpos[3], qpos[4], qpos[5], qpos[6]);
        return Math.Atan2(2 * ((w * z) + (x * y)), 1 - (2 * ((y * y) + (z * z)))) * 180 / Math.PI;
    }
}
