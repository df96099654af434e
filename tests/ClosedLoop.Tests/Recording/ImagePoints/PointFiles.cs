using System.Globalization;
using System.Text;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.Recording.ImagePoints;

/// <summary>Writes point files as SLEAP and DeepLabCut do.</summary>
internal static class PointFiles
{
    /// <summary>A SLEAP analysis file of one or more tracks; points are (frame, node) to u and v.</summary>
    public static void WriteSleap(string path, string[] names, int frames, Func<int, int, (double U, double V, double Score)> point, int tracks = 1, int animalTrack = 0, bool reversed = false)
    {
        var nodes = names.Length;
        var values = new double[tracks * 2 * nodes * frames];
        var scores = new double[tracks * nodes * frames];
        Array.Fill(values, double.NaN);
        for (var f = 0; f < frames; f++)
            for (var n = 0; n < nodes; n++)
            {
                var (u, v, score) = point(f, n);
                int At(int axis) => reversed
                    ? (((((f * nodes) + n) * 2) + axis) * tracks) + animalTrack
                    : (((((animalTrack * 2) + axis) * nodes) + n) * frames) + f;
                (values[At(0)], values[At(1)]) = (u, v);
                scores[reversed ? (((f * nodes) + n) * tracks) + animalTrack : (((animalTrack * nodes) + n) * frames) + f] = score;
            }
        using var file = Hdf5Writer.Create(path);
        file.WriteStrings("node_names", names);
        if (reversed)
        {
            file.WriteDoubles("tracks", values, frames, nodes, 2, tracks);
            file.WriteDoubles("point_scores", scores, frames, nodes, tracks);
        }
        else
        {
            file.WriteDoubles("tracks", values, tracks, 2, nodes, frames);
            file.WriteDoubles("point_scores", scores, tracks, nodes, frames);
        }
    }

    /// <summary>DeepLabCut's table.</summary>
    public static string DeepLabCut(string[] names, int frames, Func<int, int, (double U, double V, double Score)> point)
    {
        var text = new StringBuilder("scorer");
        text.Insert(text.Length, ",DLC_test", 3 * names.Length).Append("\nbodyparts");
        foreach (var name in names)
            text.Append(CultureInfo.InvariantCulture, $",{name},{name},{name}");
        text.Append("\ncoords").Insert(text.Length, ",x,y,likelihood", names.Length);
        for (var f = 0; f < frames; f++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{f}");
            for (var n = 0; n < names.Length; n++)
            {
                var (u, v, score) = point(f, n);
                text.Append(double.IsNaN(u) ? ",,,0" : string.Create(CultureInfo.InvariantCulture, $",{u:R},{v:R},{score:R}"));
            }
        }
        return text.Append('\n').ToString();
    }
}
