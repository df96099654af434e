using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Calibrations of other programs: DANNCE and Label3D (.mat), Anipose (.toml), OpenCV's FileStorage (.yml). All of them
/// keep millimetres; what is written reads back to the same numbers.
/// </summary>
public static class CalibrationFiles
{
    /// <summary>Reads a calibration; the extension and the content tell its kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="imageSize">Width and height of the images, for a file that does not say; refused where it contradicts one that does.</param>
    /// <exception cref="ClosedLoopException">It cannot be read, is of no such kind, or says what the camera model here cannot.</exception>
    public static ImportedCalibration Read(string path, (int Width, int Height)? imageSize = null)
    {
        if (!File.Exists(path))
            throw ClosedLoopException.Usage($"there is no file '{path}'");
        ImportedCalibration imported = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".mat" => DannceCalibration.Read(path, imageSize),
            ".toml" => AniposeCalibration.Read(path),
            ".yml" or ".yaml" => OpenCvCalibration.Read(path, imageSize),
            var other => throw ClosedLoopException.Usage($"'{path}' has the extension '{other}'; calibrations of other programs are .mat (DANNCE, Label3D), .toml (Anipose) or .yml (OpenCV)"),
        };
        if (imported.Cameras.Count == 0)
            throw ClosedLoopException.Failed($"'{path}' holds no cameras");
        foreach (var group in imported.Cameras.GroupBy(camera => camera.Name).Where(group => group.Count() > 1))
            throw ClosedLoopException.Failed($"'{path}' holds {group.Count()} cameras of the name '{group.Key}'; rename all but one");
        if (imageSize is { } size)
            foreach (var camera in imported.Cameras)
                if ((camera.WidthPx, camera.HeightPx) != size)
                    throw ClosedLoopException.Usage($"'--image-size {size.Width}x{size.Height}' contradicts '{path}', in which the images of '{camera.Name}' are {camera.WidthPx}x{camera.HeightPx}; leave it away");
        var notes = imported.Notes.ToList();
        var cameras = imported.Cameras.Select(camera => NearestRotation.Straighten(camera, path, notes)).ToArray();
        return imported with { Cameras = cameras, Notes = notes };
    }

    /// <summary>Writes a calibration.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cameras">The cameras.</param>
    /// <param name="format"><c>dannce</c>, <c>anipose</c> or <c>opencv</c>.</param>
    /// <exception cref="ClosedLoopException">The file cannot be written, or would not be read back for its extension.</exception>
    public static void Write(string path, IReadOnlyList<CameraCalibration> cameras, string format)
    {
        if (format != "dannce" && cameras.FirstOrDefault(camera => camera.SkewPx != 0) is { } skewed)
            throw ClosedLoopException.Usage(FormattableString.Invariant($"the camera '{skewed.Name}' has a skew of {skewed.SkewPx:G4} px, which '{format}' cannot say; export it as dannce, or calibrate the rig again"));
        var (extensions, bytes) = format switch
        {
            "dannce" => (new[] { ".mat" }, DannceCalibration.ToBytes(cameras)),
            "anipose" => ([".toml"], AniposeCalibration.ToBytes(cameras)),
            "opencv" => ([".yml", ".yaml"], OpenCvCalibration.ToBytes(cameras)),
            _ => throw ClosedLoopException.Usage($"there is no calibration format '{format}'; there are dannce, anipose and opencv"),
        };
        if (!extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
            throw ClosedLoopException.Usage($"'{path}' should end in {extensions[0]}: that is what tells the format '{format}' when it is read");
        WholeFile.Write(path, bytes, "calibration");
    }
}
