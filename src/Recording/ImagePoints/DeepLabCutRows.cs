using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Makes a point file of the rows of a DeepLabCut table.</summary>
internal static class DeepLabCutRows
{
    public static ImagePointFile ToFile(
        string path, string kind, IReadOnlyList<string> names, List<long> frames, List<double> points, List<double> confidence)
    {
        if (frames.Count == 0)
            throw ClosedLoopException.Failed($"'{path}' has titles but not a single frame");
        for (var i = 1; i < frames.Count; i++)
            if (frames[i] <= frames[i - 1])
                throw ClosedLoopException.Failed($"the frames of '{path}' do not rise: frame {frames[i]} follows frame {frames[i - 1]}");
        return new() { Path = path, Kind = kind, Names = names, FrameNumbers = frames, Points = [.. points], Confidence = [.. confidence] };
    }
}
