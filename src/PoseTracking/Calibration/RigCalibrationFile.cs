using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// A rig calibration file (YAML): every camera's lens and place, and what is known of their quality. Lengths are
/// millimetres in the file and metres here; rotations lead from the arena to the camera.
/// </summary>
public sealed record RigCalibrationFile
{
    /// <summary>The version of the format that is written and read.</summary>
    public const int Version = 1;

    /// <summary>The cameras, in the order of their views.</summary>
    public required RigCalibration Rig { get; init; }

    /// <summary>The quality of each camera, in the same order; null where the file does not say, as after an import.</summary>
    public IReadOnlyList<CameraQuality?>? Qualities { get; init; }

    /// <summary>Root of the mean squared reprojection distance over all cameras, pixels; null where unknown.</summary>
    public double? RmsPx { get; init; }

    /// <summary>The board that was filmed, as the command line writes it; null where unknown.</summary>
    public string? Board { get; init; }

    /// <summary>What the arena's frame is, for a reader: "a board on the floor" or "the camera 'left'"; null where unknown.</summary>
    public string? WorldFrame { get; init; }

    /// <summary>When the calibration was made, ISO 8601; null where unknown.</summary>
    public string? Date { get; init; }

    /// <summary>The quality of one camera; null where unknown.</summary>
    public CameraQuality? QualityOf(int camera) => Qualities is { } qualities && camera < qualities.Count ? qualities[camera] : null;

    /// <summary>Reads a file strictly.</summary>
    /// <exception cref="ClosedLoopException">It is missing, no rig calibration, or holds what cannot be; exit code 2.</exception>
    public static RigCalibrationFile Load(string path) => RigCalibrationReader.Read(path);

    /// <summary>Reads the text of such a file strictly, as it stands in a recording.</summary>
    /// <param name="text">The text.</param>
    /// <param name="origin">Where it is from, for messages.</param>
    /// <exception cref="ClosedLoopException">It is no rig calibration, or holds what cannot be; exit code 2.</exception>
    public static RigCalibrationFile Parse(string text, string origin) => RigCalibrationReader.Parse(text, origin);

    /// <summary>Writes the file; a reader never sees half of it.</summary>
    /// <exception cref="ClosedLoopException">It cannot be written.</exception>
    public void Save(string path) => RigCalibrationWriter.Write(this, path);
}
