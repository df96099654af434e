using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads the analysis files that SLEAP exports: <c>tracks</c> (tracks, 2, nodes, frames), <c>node_names</c> and, where it
/// is there, <c>point_scores</c> (tracks, nodes, frames); or the same in the opposite order of axes (frames, nodes, 2,
/// tracks). In a file of several tracks that which has most points in a frame is taken for the animal.
/// </summary>
internal static class SleapPointReader
{
    public static ImagePointFile Read(Hdf5File file, string path)
    {
        var names = file.ReadStrings("node_names");
        var (tracks, dims) = file.ReadDoubles("tracks");
        var nodes = names.Length;
        var isUsual = dims is [_, 2, var a, _] && a == nodes;
        if (!isUsual && !(dims is [_, var b, 2, _] && b == nodes))
            throw ClosedLoopException.Failed($"'tracks' in '{path}' is {string.Join(" x ", dims)}; SLEAP writes tracks x 2 x nodes x frames, with {nodes} nodes");
        var (trackCount, frames) = isUsual ? (dims[0], dims[3]) : (dims[3], dims[0]);
        if (frames == 0 || trackCount == 0)
            throw ClosedLoopException.Failed($"'{path}' holds no frame of any track");
        int At(int track, int axis, int node, int frame) => isUsual
            ? (((((track * 2) + axis) * nodes) + node) * frames) + frame
            : (((((frame * nodes) + node) * 2) + axis) * trackCount) + track;
        var scores = Scores(file, path, trackCount, nodes, frames, isUsual);
        int AtScore(int track, int node, int frame) => isUsual ? (((track * nodes) + node) * frames) + frame : (((frame * nodes) + node) * trackCount) + track;

        var points = new double[2 * nodes * frames];
        var confidence = new double[nodes * frames];
        var several = 0;
        for (var f = 0; f < frames; f++)
        {
            var (best, most, others) = (0, 0, 0);
            for (var t = 0; t < trackCount; t++)
            {
                var found = 0;
                for (var n = 0; n < nodes; n++)
                    found += double.IsFinite(tracks[At(t, 0, n, f)] + tracks[At(t, 1, n, f)]) ? 1 : 0;
                if (found == 0)
                    continue;
                others++;
                if (found > most)
                    (best, most) = (t, found);
            }
            several += others > 1 ? 1 : 0;
            for (var n = 0; n < nodes; n++)
            {
                var to = (f * nodes) + n;
                (points[2 * to], points[(2 * to) + 1]) = (tracks[At(best, 0, n, f)], tracks[At(best, 1, n, f)]);
                confidence[to] = scores is null ? 1 : scores[AtScore(best, n, f)];
            }
        }
        return new()
        {
            Path = path,
            Kind = "SLEAP analysis",
            Names = names,
            FrameNumbers = [.. Enumerable.Range(0, frames).Select(f => (long)f)],
            Points = points,
            Confidence = confidence,
            Notes = several > 0 ? [$"'{path}' has more than one track in {several} of {frames} frames; that with most points was taken"] : [],
        };
    }

    private static double[]? Scores(Hdf5File file, string path, int tracks, int nodes, int frames, bool isUsual)
    {
        if (!file.Exists("point_scores"))
            return null;
        var (scores, dims) = file.ReadDoubles("point_scores");
        int[] expected = isUsual ? [tracks, nodes, frames] : [frames, nodes, tracks];
        return dims.SequenceEqual(expected)
            ? scores
            : throw ClosedLoopException.Failed($"'point_scores' in '{path}' is {string.Join(" x ", dims)} where 'tracks' needs {string.Join(" x ", expected)}");
    }
}
