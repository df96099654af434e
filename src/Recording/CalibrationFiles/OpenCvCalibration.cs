using System.Globalization;
using System.Text;
using ClosedLoop.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ClosedLoop.Recording;

/// <summary>
/// Calibrations in OpenCV's YAML (FileStorage): our list <c>cameras</c>, one camera as OpenCV's calibration program writes
/// it (camera_matrix, distortion_coefficients, image_width, image_height), or two as its stereo program does (M1 D1 M2 D2,
/// with R T in the same file or in extrinsics.yml beside it).
/// </summary>
internal static class OpenCvCalibration
{
    public static ImportedCalibration Read(string path, (int Width, int Height)? imageSize)
    {
        var root = Load(path);
        if (Node(root, "cameras") is YamlSequenceNode list)
            return new("OpenCV calibration", [.. list.Children.OfType<YamlMappingNode>().Select(camera => ReadCamera(path, camera, Text(camera, "name"), imageSize))], []);
        if (Node(root, "M1") is not null)
            return new("OpenCV stereo calibration", ReadStereo(path, root, imageSize), ["the first camera is the arena's frame; translations are taken as mm"]);
        return new("OpenCV calibration of one camera", [ReadCamera(path, root, Path.GetFileNameWithoutExtension(path), imageSize)], ["one camera, which is the arena's frame"]);
    }

    public static byte[] ToBytes(IReadOnlyList<CameraCalibration> cameras)
    {
        var text = new StringBuilder("%YAML:1.0\n---\n# Arena to camera: X_camera = rotation X + translation; mm and pixels.\ncameras:\n");
        foreach (var camera in cameras)
        {
            text.Append("   -\n");
            text.Append(CultureInfo.InvariantCulture, $"      name: {Quote(camera.Name)}\n");
            text.Append(CultureInfo.InvariantCulture, $"      image_width: {camera.WidthPx}\n");
            text.Append(CultureInfo.InvariantCulture, $"      image_height: {camera.HeightPx}\n");
            Matrix(text, "camera_matrix", 3, 3, [camera.FocalXPx, 0, camera.CentreXPx, 0, camera.FocalYPx, camera.CentreYPx, 0, 0, 1]);
            Matrix(text, "distortion_coefficients", 1, 5, camera.Distortion);
            Matrix(text, "rotation", 3, 3, camera.Rotation);
            Matrix(text, "translation", 3, 1, [.. camera.TranslationM.Select(m => m * 1000)]);
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Matrix(StringBuilder text, string key, int rows, int columns, double[] values) => text.Append(
        CultureInfo.InvariantCulture,
        $"      {key}: !!opencv-matrix\n         rows: {rows}\n         cols: {columns}\n         dt: d\n         data: [ {string.Join(", ", values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))} ]\n");

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static YamlMappingNode Load(string path)
    {
        var text = File.ReadAllText(path);
        // NB: '%YAML:1.0' is OpenCV's own spelling of a directive, which no other reader takes.
        if (text.StartsWith("%YAML", StringComparison.Ordinal))
            text = text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count > 0 && stream.Documents[0].RootNode is YamlMappingNode root)
                return Node(root, "kind") is YamlScalarNode { Value: "rig-calibration" }
                    ? throw ClosedLoopException.Usage($"'{path}' is a rig calibration already; it needs no import")
                    : root;
        }
        catch (YamlException e)
        {
            throw ClosedLoopException.Failed($"'{path}', line {e.Start.Line}: not valid YAML: {e.Message}", e);
        }
        throw ClosedLoopException.Failed($"'{path}' holds no calibration of OpenCV");
    }

    private static CameraCalibration ReadCamera(string path, YamlMappingNode node, string? name, (int Width, int Height)? imageSize)
    {
        var matrix = Numbers(path, node, "camera_matrix", 9) ?? throw ClosedLoopException.Failed($"'{path}' holds no calibration of OpenCV: there is no 'camera_matrix'");
        var distortion = Numbers(path, node, "distortion_coefficients", 4, 5, 8, 12, 14) ?? new double[5];
        var size = (Integer(node, "image_width"), Integer(node, "image_height")) is ({ } width, { } height) ? (width, height) : imageSize
            ?? throw ClosedLoopException.Usage($"'{path}' does not say how large the camera's images are; add --image-size WIDTHxHEIGHT");
        return Camera(path, name ?? "camera", size, matrix, distortion, Numbers(path, node, "rotation", 9) ?? [1, 0, 0, 0, 1, 0, 0, 0, 1], Numbers(path, node, "translation", 3) ?? new double[3]);
    }

    private static CameraCalibration[] ReadStereo(string path, YamlMappingNode root, (int Width, int Height)? imageSize)
    {
        var size = imageSize ?? throw ClosedLoopException.Usage($"'{path}' does not say how large the cameras' images are; add --image-size WIDTHxHEIGHT");
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "extrinsics.yml");
        var between = Node(root, "R") is not null ? root : File.Exists(beside) ? Load(beside) : throw ClosedLoopException.Failed($"'{path}' holds two cameras but not how they stand: there is no 'R' and 'T', and no extrinsics.yml beside it");
        double[] Get(YamlMappingNode node, string key, params int[] counts) => Numbers(path, node, key, counts) ?? throw ClosedLoopException.Failed($"'{path}' has no '{key}'");
        return
        [
            Camera(path, "left", size, Get(root, "M1", 9), Get(root, "D1", 4, 5, 8, 12, 14), [1, 0, 0, 0, 1, 0, 0, 0, 1], new double[3]),
            Camera(path, "right", size, Get(root, "M2", 9), Get(root, "D2", 4, 5, 8, 12, 14), Get(between, "R", 9), Get(between, "T", 3)),
        ];
    }

    private static CameraCalibration Camera(string path, string name, (int Width, int Height) size, double[] matrix, double[] distortion, double[] rotation, double[] translationMm)
    {
        if (distortion.Skip(5).Any(value => value != 0))
            throw ClosedLoopException.Failed($"the camera '{name}' in '{path}' has {distortion.Length} distortion coefficients, and the camera model here has the first 5; calibrate it again with those alone");
        return new()
        {
            Name = name, WidthPx = size.Width, HeightPx = size.Height,
            FocalXPx = matrix[0], FocalYPx = matrix[4], CentreXPx = matrix[2], CentreYPx = matrix[5],
            Distortion = [.. distortion.Take(5), .. new double[Math.Max(0, 5 - distortion.Length)]],
            Rotation = rotation, TranslationM = [.. translationMm.Select(mm => mm / 1000)],
        };
    }

    private static YamlNode? Node(YamlMappingNode node, string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private static string? Text(YamlMappingNode node, string key) => (Node(node, key) as YamlScalarNode)?.Value;

    private static int? Integer(YamlMappingNode node, string key) => int.TryParse(Text(node, key), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The numbers of a matrix; null where there is none.</summary>
    private static double[]? Numbers(string path, YamlMappingNode node, string key, params int[] counts)
    {
        if (Node(node, key) is not { } value)
            return null;
        if (value is YamlMappingNode matrix && Node(matrix, "data") is YamlSequenceNode data)
        {
            var numbers = data.Children.Select(item => double.TryParse((item as YamlScalarNode)?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN).ToArray();
            if (counts.Contains(numbers.Length) && numbers.All(double.IsFinite))
                return numbers;
        }
        throw ClosedLoopException.Failed($"'{key}' in '{path}' is no matrix of {string.Join(" or ", counts)} numbers");
    }
}
