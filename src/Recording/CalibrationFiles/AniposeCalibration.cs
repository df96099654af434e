using System.Globalization;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Calibrations as Anipose keeps them: a TOML table a camera with name, size, matrix, distortions, a rotation vector and
/// a translation in the unit of its board, by custom mm.
/// </summary>
internal static class AniposeCalibration
{
    public static ImportedCalibration Read(string path)
    {
        var cameras = new List<CameraCalibration>();
        foreach (var table in TomlTables.Read(path))
        {
            if (table.Name is "metadata" or "")
                continue;
            if (table.Values.GetValueOrDefault("fisheye") is true)
                throw ClosedLoopException.Failed($"the camera [{table.Name}] in '{path}' has a fisheye lens, which the camera model here does not have; calibrate it again with 'fisheye = false'");
            var size = table.Numbers("size", 2);
            var matrix = table.Numbers("matrix", 9);
            var distortions = table.Numbers("distortions", 4, 5);
            var rotation = table.Numbers("rotation", 3);
            var translation = table.Numbers("translation", 3);
            if (Math.Abs(matrix[1]) > 1e-3)
                throw ClosedLoopException.Failed(FormattableString.Invariant($"the camera [{table.Name}] in '{path}' has a skew of {matrix[1]:G4} px, which the camera model here does not have"));
            cameras.Add(new()
            {
                Name = table.Text("name") ?? table.Name, WidthPx = (int)size[0], HeightPx = (int)size[1],
                FocalXPx = matrix[0], FocalYPx = matrix[4], CentreXPx = matrix[2], CentreYPx = matrix[5],
                Distortion = [.. distortions, .. new double[5 - distortions.Length]],
                Rotation = RotationVector.ToMatrix(rotation), TranslationM = [.. translation.Select(mm => mm / 1000)],
            });
        }
        return new("Anipose calibration", cameras, ["lengths are taken as mm, as Anipose's are where its board's were"]);
    }

    public static byte[] ToBytes(IReadOnlyList<CameraCalibration> cameras)
    {
        var text = new StringBuilder();
        for (var c = 0; c < cameras.Count; c++)
        {
            var camera = cameras[c];
            text.Append(CultureInfo.InvariantCulture, $"[cam_{c}]\n");
            text.Append("name = ").Append(TomlTables.Quote(camera.Name)).Append('\n');
            text.Append(CultureInfo.InvariantCulture, $"size = [ {camera.WidthPx}, {camera.HeightPx},]\n");
            text.Append(CultureInfo.InvariantCulture, $"matrix = [ [ {Exact(camera.FocalXPx)}, 0.0, {Exact(camera.CentreXPx)},], [ 0.0, {Exact(camera.FocalYPx)}, {Exact(camera.CentreYPx)},], [ 0.0, 0.0, 1.0,],]\n");
            Row(text, "distortions", camera.Distortion);
            Row(text, "rotation", RotationVector.FromMatrix(camera.Rotation));
            Row(text, "translation", camera.TranslationM.Select(m => m * 1000));
            text.Append('\n');
        }
        text.Append("[metadata]\nadjusted = true\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Row(StringBuilder text, string key, IEnumerable<double> numbers) =>
        text.Append(key).Append(" = [ ").AppendJoin(", ", numbers.Select(Exact)).Append(",]\n");

    /// <summary>NB: TOML tells whole numbers from others by the point, and readers in Python keep the difference.</summary>
    private static string Exact(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E', 'N') >= 0 ? text : text + ".0";
    }
}
