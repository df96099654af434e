using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Calibrations as DANNCE and Label3D keep them: a cell <c>params</c> (or <c>camParams</c>) of structures {K, RDistort,
/// TDistort, r, t} in MATLAB's row-vector convention, that is all matrices transposed; the principal point counts from
/// 1; t in mm.
/// </summary>
internal static class DannceCalibration
{
    public static ImportedCalibration Read(string path, (int Width, int Height)? imageSize)
    {
        var file = MatTree.Read(path);
        if ((file.GetValueOrDefault("params") ?? file.GetValueOrDefault("camParams")) is not MatCell parameters)
            throw ClosedLoopException.Failed($"'{path}' holds no calibration of DANNCE or Label3D: there is no cell 'params' or 'camParams'; it holds {string.Join(", ", file.Keys)}");
        var names = (file.GetValueOrDefault("camnames") as MatCell)?.Values.OfType<MatText>().Select(text => text.Text).ToArray();
        if (names?.Length != parameters.Values.Length)
            names = [.. Enumerable.Range(1, parameters.Values.Length).Select(i => $"Camera{i}")];
        // Label3D keeps (rows, columns) a camera; DANNCE's own files say nothing of it.
        var sizes = file.GetValueOrDefault("imageSize") is MatNumbers { Dimensions: [var n, 2] } stored && n == names.Length ? stored.Values : null;
        if (sizes is null && imageSize is null)
            throw ClosedLoopException.Usage($"'{path}' does not say how large the cameras' images are; add --image-size WIDTHxHEIGHT");
        var cameras = new List<CameraCalibration>();
        for (var c = 0; c < names.Length; c++)
        {
            var (width, height) = sizes is null ? imageSize!.Value : ((int)sizes[names.Length + c], (int)sizes[c]);
            cameras.Add(ReadCamera(path, names[c], parameters.Values[c], width, height));
        }
        return new("DANNCE/Label3D calibration", cameras, []);
    }

    private static CameraCalibration ReadCamera(string path, string name, MatValue value, int width, int height)
    {
        double[] Field(string what, params int[] counts)
        {
            if (value is MatStruct structure && structure.Fields.GetValueOrDefault(what) is [MatNumbers numbers] && counts.Contains(numbers.Values.Length))
                return numbers.Values;
            throw ClosedLoopException.Failed($"the camera '{name}' in '{path}' has no '{what}' of {string.Join(" or ", counts)} numbers");
        }

        // NB: column-major storage of a transposed matrix is the matrix itself, row by row.
        var k = Field("K", 9);
        var r = value is MatStruct { Fields: var fields } && fields.ContainsKey("R") && !fields.ContainsKey("r") ? Field("R", 9) : Field("r", 9);
        var t = Field("t", 3);
        var radial = Field("RDistort", 2, 3);
        var tangential = Field("TDistort", 2);
        if (Math.Abs(k[1]) > 1e-3)
            throw ClosedLoopException.Failed(FormattableString.Invariant($"the camera '{name}' in '{path}' has a skew of {k[1]:G4} px, which the camera model here does not have; calibrate it again without"));
        return new()
        {
            Name = name, WidthPx = width, HeightPx = height,
            FocalXPx = k[0], FocalYPx = k[4], CentreXPx = k[2] - 1, CentreYPx = k[5] - 1,
            Distortion = [radial[0], radial[1], tangential[0], tangential[1], radial.Length > 2 ? radial[2] : 0],
            Rotation = r, TranslationM = [t[0] / 1000, t[1] / 1000, t[2] / 1000],
        };
    }

    public static byte[] ToBytes(IReadOnlyList<CameraCalibration> cameras)
    {
        static MatNumbers Numbers(int rows, int columns, params double[] values) => new([rows, columns], values);
        var parameters = cameras.Select(camera => (MatValue)new MatStruct([1, 1], new Dictionary<string, MatValue[]>
        {
            ["K"] = [Numbers(3, 3, camera.FocalXPx, 0, camera.CentreXPx + 1, 0, camera.FocalYPx, camera.CentreYPx + 1, 0, 0, 1)],
            ["RDistort"] = [Numbers(1, 3, camera.Distortion[0], camera.Distortion[1], camera.Distortion[4])],
            ["TDistort"] = [Numbers(1, 2, camera.Distortion[2], camera.Distortion[3])],
            ["r"] = [Numbers(3, 3, camera.Rotation)],
            ["t"] = [Numbers(1, 3, [.. camera.TranslationM.Select(m => m * 1000)])],
        })).ToArray();
        return MatWriter.ToBytes(
        [
            ("params", new MatCell([cameras.Count, 1], parameters)),
            ("camnames", new MatCell([1, cameras.Count], [.. cameras.Select(camera => new MatText(camera.Name))])),
            ("imageSize", new MatNumbers([cameras.Count, 2], [.. cameras.Select(camera => (double)camera.HeightPx), .. cameras.Select(camera => (double)camera.WidthPx)])),
        ]);
    }
}
