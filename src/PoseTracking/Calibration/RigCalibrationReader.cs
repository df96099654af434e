using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Reads a <see cref="RigCalibrationFile"/> strictly: a key that is unknown, missing or impossible is refused with its place.</summary>
internal static class RigCalibrationReader
{
    private const int LargestImagePx = 65536;

    public static RigCalibrationFile Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Usage(
                $"the calibration {path} cannot be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file; 'calibrate' makes one" : e.Message)}", e);
        }
        return Parse(text, path);
    }

    public static RigCalibrationFile Parse(string text, string path)
    {
        var root = YamlSection.Parse(text, path, "a rig calibration");
        // NB: before all other keys: somebody else's YAML is to be called that, not to have its keys picked at.
        root.OneOf("kind", "rig-calibration");
        if (root.Integer("version") is var version && version != RigCalibrationFile.Version)
            throw root.Wrong("version", $"must be {RigCalibrationFile.Version}, which is all that this program reads");
        root.Allow("kind", "version", "date", "board", "world_frame", "rms_px", "cameras");

        var cameras = new List<CameraCalibration>();
        var qualities = new List<CameraQuality?>();
        foreach (var section in root.Children("cameras"))
        {
            var camera = ReadCamera(section);
            if (cameras.Any(other => other.Name == camera.Name))
                throw section.Wrong("name", "must be unique among the cameras");
            cameras.Add(camera);
            qualities.Add(section.Has("rms_px") || section.Has("views") || section.Has("coverage")
                ? new(section.Number("rms_px", 0, 1e6), section.Integer("views", 0, int.MaxValue), section.Number("coverage", 0, 1))
                : null);
        }
        if (cameras.Count == 0)
            throw root.Wrong("cameras", "must hold at least one camera");
        return new()
        {
            Rig = new(cameras),
            Qualities = qualities.All(quality => quality is null) ? null : qualities,
            RmsPx = root.Has("rms_px") ? root.Number("rms_px", 0, 1e6) : null,
            Board = root.OptionalText("board"),
            WorldFrame = root.OptionalText("world_frame"),
            Date = root.OptionalText("date"),
        };
    }

    private static CameraCalibration ReadCamera(YamlSection section)
    {
        section.Allow("name", "width_px", "height_px", "focal_px", "centre_px", "skew_px", "distortion", "rotation", "translation_mm", "rms_px", "views", "coverage");
        var focal = section.Numbers("focal_px", 2);
        if (focal[0] <= 0 || focal[1] <= 0)
            throw section.Wrong("focal_px", "must be two numbers above 0");
        var centre = section.Numbers("centre_px", 2);
        var rotation = section.Numbers("rotation", 9);
        if (DepartureFromRotation(rotation) is var departure && !(departure < 1e-6))
            throw section.Wrong("rotation", "must be a rotation (rows of length 1, at right angles, right-handed)");
        var name = section.Text("name");
        return new()
        {
            Name = name.Length > 0 ? name : throw section.Wrong("name", "must not be empty"),
            WidthPx = section.Integer("width_px", 1, LargestImagePx),
            HeightPx = section.Integer("height_px", 1, LargestImagePx),
            FocalXPx = focal[0],
            FocalYPx = focal[1],
            CentreXPx = centre[0],
            CentreYPx = centre[1],
            SkewPx = section.Has("skew_px") ? section.Finite("skew_px") : 0,
            Distortion = section.Numbers("distortion", 5),
            Rotation = rotation,
            TranslationM = [.. section.Numbers("translation_mm", 3).Select(mm => mm / 1000)],
        };
    }

    /// <summary>How far a matrix is from a rotation: the largest entry of R R' - 1, or 2 for a reflection.</summary>
    private static double DepartureFromRotation(double[] r)
    {
        var largest = 0.0;
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 3; j++)
            {
                var dot = (r[3 * i] * r[3 * j]) + (r[(3 * i) + 1] * r[(3 * j) + 1]) + (r[(3 * i) + 2] * r[(3 * j) + 2]);
                largest = Math.Max(largest, Math.Abs(dot - (i == j ? 1 : 0)));
            }
        var determinant = (r[0] * ((r[4] * r[8]) - (r[5] * r[7]))) - (r[1] * ((r[3] * r[8]) - (r[5] * r[6]))) + (r[2] * ((r[3] * r[7]) - (r[4] * r[6])));
        return determinant > 0 ? largest : Math.Max(largest, 2);
    }
}
