using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Keypoints that another tool found in one camera's video: SLEAP's analysis files (.h5), DeepLabCut's tables (.csv, .h5).
/// </summary>
public sealed class ImagePointFile
{
    /// <summary>Where the file is.</summary>
    public required string Path { get; init; }

    /// <summary>What kind of file it is, for a person.</summary>
    public required string Kind { get; init; }

    /// <summary>Keypoint names, in the file's order.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The number of each row's frame in the video, from 0, rising.</summary>
    public required IReadOnlyList<long> FrameNumbers { get; init; }

    /// <summary>u, v per keypoint per row, pixels; NaN for a point that was not found.</summary>
    public required double[] Points { get; init; }

    /// <summary>The tool's own confidence per keypoint per row; 1 where it gives none.</summary>
    public required double[] Confidence { get; init; }

    /// <summary>Remarks on the reading, for a person.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Reads a file; its ending and what is in it tell its kind.</summary>
    /// <exception cref="ClosedLoopException">It is none of the kinds, or damaged; the message says what is wrong.</exception>
    public static ImagePointFile Read(string path)
    {
        try
        {
            var extension = System.IO.Path.GetExtension(path).ToLowerInvariant();
            if (extension == ".csv")
                return DeepLabCutTableReader.Read(path);
            if (extension is not (".h5" or ".hdf5"))
                throw ClosedLoopException.Usage($"'{path}' is not a kind of point file that can be read; known are SLEAP's analysis .h5 and DeepLabCut's .csv and .h5");
            using var file = Hdf5File.Open(path);
            if (file.Exists("tracks") && file.Exists("node_names"))
                return SleapPointReader.Read(file, path);
            if (file.Exists("df_with_missing/table"))
                return DeepLabCutHdf5Reader.Read(file, path);
            throw ClosedLoopException.Failed(
                $"'{path}' is neither a SLEAP analysis file (it has no 'tracks' and 'node_names') nor a DeepLabCut table (no 'df_with_missing/table'); it holds {string.Join(", ", file.Children("/"))}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}' cannot be read: {error.Message}", error);
        }
    }
}
