using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.Recording;

/// <summary>Other programs' calibrations: what is written reads back to the same numbers, and DANNCE's own reprojects its labels.</summary>
public sealed class CalibrationFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Cameras that look in all directions, half turns among them.</summary>
    private static CameraCalibration[] Cameras() =>
    [
        Camera("cam1", [0.3, -1.2, 2.4], 0), Camera("side \"B\"", [Math.PI, 0, 0], 1), Camera("cam3", [0, 0, 0], 2), Camera("cam 4 # top", [1e-9, 2e-9, -1e-9], 3), Camera("cam5", [-1.9, 2.2, 0.4], 4),
    ];

    private static CameraCalibration Camera(string name, double[] rotation, int i) => new()
    {
        Name = name, WidthPx = 1152 + i, HeightPx = 1024 - i, FocalXPx = 1543.123456789012 + i, FocalYPx = 1541 + (1.0 / 3), CentreXPx = 603.9 - (i / 7.0), CentreYPx = 493.01,
        Distortion = [-0.21 + (i * 1e-3), 0.0712345678901234, 1.23e-5, -3.3e-4, 0.011],
        Rotation = RotationVector.ToMatrix(rotation), TranslationM = [0.1234567890123, -0.2, 1.0 / (3 + i)],
    };

    [Theory]
    [InlineData("dannce", ".mat")]
    [InlineData("anipose", ".toml")]
    [InlineData("opencv", ".yml")]
    public void An_export_reads_back_to_the_same_numbers(string format, string extension)
    {
        var (rig, exported, imported) = (_folder["rig.yaml"], _folder["exported" + extension], _folder["imported.yaml"]);
        new RigCalibrationFile { Rig = new(Cameras()) }.Save(rig);
        var result = ProgramRunner.Run("calibrate", "export", rig, "--format", format, "--out", exported);
        Assert.True(result.ExitCode == 0, result.ToString());
        result = ProgramRunner.Run("calibrate", "import", exported, "--out", imported);
        Assert.True(result.ExitCode == 0, result.ToString());

        var cameras = RigCalibrationFile.Load(imported).Rig.Cameras;
        Assert.Equal(5, cameras.Count);
        foreach (var (a, b) in Cameras().Zip(cameras))
        {
            Assert.Equal((a.Name, a.WidthPx, a.HeightPx), (b.Name, b.WidthPx, b.HeightPx));
            AssertClose([a.FocalXPx, a.FocalYPx, a.CentreXPx, a.CentreYPx], [b.FocalXPx, b.FocalYPx, b.CentreXPx, b.CentreYPx]);
            AssertClose(a.Distortion, b.Distortion);
            AssertClose(a.Rotation, b.Rotation);
            AssertClose([.. a.TranslationM.Select(m => m * 1000)], [.. b.TranslationM.Select(m => m * 1000)]);
        }
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-9);
    }

    [SkippableFact]
    public void DANNCEs_mouse_rig_reprojects_its_own_labels()
    {
        var path = TestData.Require("calibration/label3d_dannce_mouse1.mat");
        var rig = _folder["mouse.yaml"];
        var result = ProgramRunner.Run("calibrate", "import", path, "--image-size", "1152x1024", "--out", rig);
        Assert.True(result.ExitCode == 0, result.ToString());
        var cameras = RigCalibrationFile.Load(rig).Rig.Cameras;
        Assert.Equal(6, cameras.Count);

        var labels = Assert.IsType<MatCell>(MatTree.Read(path)["labelData"]).Values;
        var (largest, count) = (0.0, 0);
        for (var c = 0; c < cameras.Count; c++)
        {
            var label = Assert.IsType<MatStruct>(labels[c]);
            var points = Assert.IsType<MatNumbers>(label.Fields["data_3d"][0]);
            var pixels = Assert.IsType<MatNumbers>(label.Fields["data_2d"][0]);
            var (frames, keypoints) = (points.Dimensions[0], points.Dimensions[1] / 3);
            for (var f = 0; f < frames; f++)
                for (var k = 0; k < keypoints; k++)
                {
                    double Point(int axis) => points.Values[f + (frames * ((3 * k) + axis))] / 1000;
                    // MATLAB's first pixel has the number 1.
                    double Pixel(int axis) => pixels.Values[f + (frames * ((2 * k) + axis))] - 1;
                    if (double.IsNaN(Point(0) + Pixel(0)))
                        continue;
                    var (u, v) = cameras[c].Project(Point(0), Point(1), Point(2));
                    largest = Math.Max(largest, Math.Sqrt(((u - Pixel(0)) * (u - Pixel(0))) + ((v - Pixel(1)) * (v - Pixel(1)))));
                    count++;
                }
        }
        Assert.True(count > 1000, $"{count} labels");
        Assert.True(largest < 0.01, $"the largest of {count} distances is {largest:G3} px");
    }

    [SkippableFact]
    public void A_DANNCE_file_without_image_sizes_asks_for_them()
    {
        var path = TestData.Require("calibration/label3d_dannce_mouse1.mat");
        var error = Assert.Throws<ClosedLoopException>(() => CalibrationFiles.Read(path));
        Assert.Contains("add --image-size WIDTHxHEIGHT", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Anipose_writes_its_tables_as_we_read_them()
    {
        var path = _folder["calibration.toml"];
        File.WriteAllText(path, """
            # made by hand after aniposelib's layout
            [cam_0]
            name = "A"
            size = [ 600, 400,]
            matrix = [ [ 500.0, 0.0, 299.5,], [ 0.0, 501.0, 199.5,], [ 0.0, 0.0, 1.0,],]
            distortions = [ -0.1, 0.0, 0.0, 0.0, 0.0,]
            rotation = [ 0.0, 0.0, 0.0,]
            translation = [ 0.0, 0.0, 0.0,]

            [cam_1]
            name = "B"
            size = [ 600,
              400 ]
            matrix = [ [ 500.0, 0.0, 299.5,], [ 0.0, 501.0, 199.5,],
              [ 0.0, 0.0, 1.0,],]
            distortions = [ -0.1, 0.0, 0.0, 0.0, 0.0,]
            rotation = [ 0.0, 1.5707963267948966, 0.0,]
            translation = [ 10.0, -20.0, 300.5,]
            fisheye = false

            [metadata]
            adjusted = false
            error = 0.3
            """);
        var cameras = CalibrationFiles.Read(path).Cameras;
        Assert.Equal(["A", "B"], cameras.Select(camera => camera.Name));
        Assert.Equal((600, 400), (cameras[1].WidthPx, cameras[1].HeightPx));
        AssertClose([0.01, -0.02, 0.3005], cameras[1].TranslationM);
        AssertClose([0, 0, 1, 0, 1, 0, -1, 0, 0], cameras[1].Rotation);

        File.WriteAllText(path, File.ReadAllText(path).Replace("fisheye = false", "fisheye = true", StringComparison.Ordinal));
        Assert.Contains("has a fisheye lens", Assert.Throws<ClosedLoopException>(() => CalibrationFiles.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenCVs_own_file_of_one_camera_is_read()
    {
        var path = _folder["calibration.yml"];
        File.WriteAllText(path, """
            %YAML:1.0
            ---
            calibration_time: "Fri 01 Jan 2021"
            image_width: 640
            image_height: 480
            camera_matrix: !!opencv-matrix
               rows: 3
               cols: 3
               dt: d
               data: [ 6.6e+02, 0., 320., 0., 661., 240., 0., 0., 1. ]
            distortion_coefficients: !!opencv-matrix
               rows: 5
               cols: 1
               dt: d
               data: [ -2.0e-01, 1.0e-01, 0., 0., 1.0e-02 ]
            """);
        var camera = Assert.Single(CalibrationFiles.Read(path).Cameras);
        Assert.Equal(("calibration", 640, 480), (camera.Name, camera.WidthPx, camera.HeightPx));
        AssertClose([660, 661, 320, 240], [camera.FocalXPx, camera.FocalYPx, camera.CentreXPx, camera.CentreYPx]);
        AssertClose([-0.2, 0.1, 0, 0, 0.01], camera.Distortion);
    }

    [Theory]
    [InlineData("rig.csv", "text", "has the extension '.csv'")]
    [InlineData("rig.toml", "name = ", "holds no cameras")]
    [InlineData("rig.toml", "[cam_0]\nsize = [ 1, two ]", "line 2: 'two' is not a number")]
    [InlineData("rig.toml", "[cam_0]\nsize = [ 1 ]", "[cam_0] in")]
    [InlineData("rig.yml", "%YAML:1.0\n---\na: 1\n", "there is no 'camera_matrix'")]
    [InlineData("rig.yml", "kind: rig-calibration\n", "is a rig calibration already")]
    [InlineData("rig.mat", "MATLAB", "is truncated")]
    public void What_is_no_calibration_is_refused(string name, string content, string expected)
    {
        File.WriteAllText(_folder[name], content);
        var error = Assert.Throws<ClosedLoopException>(() => CalibrationFiles.Read(_folder[name]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rotation_that_was_rounded_is_made_one_and_told()
    {
        var path = _folder["rounded.yml"];
        var rounded = Camera("cam", [0.3, -1.2, 2.4], 0);
        CalibrationFiles.Write(path, [rounded with { Rotation = [.. rounded.Rotation.Select(value => Math.Round(value, 4))] }], "opencv");
        var imported = CalibrationFiles.Read(path);
        Assert.Contains("the rotation was rounded", Assert.Single(imported.Notes), StringComparison.Ordinal);
        for (var k = 0; k < 9; k++)
            Assert.Equal(rounded.Rotation[k], imported.Cameras[0].Rotation[k], 1e-4);
        // It must pass for a rotation where it is read.
        new RigCalibrationFile { Rig = new(imported.Cameras) }.Save(_folder["rig.yaml"]);
        RigCalibrationFile.Load(_folder["rig.yaml"]);
    }

    [Fact]
    public void MAT_values_of_every_kind_read_back()
    {
        var path = _folder["values.mat"];
        var structure = new MatStruct([1, 2], new Dictionary<string, MatValue[]> { ["name"] = [new MatText("a"), new MatText("zweiundzwanzig")], ["x"] = [new MatNumbers([2, 2], [1, 2, 3, 4.5]), new MatNumbers([0, 0], [])] });
        File.WriteAllBytes(path, MatWriter.ToBytes([("s", structure), ("cell", new MatCell([1, 2], [new MatNumbers([1, 1], [7]), structure]))]));
        var read = MatTree.Read(path);
        var s = Assert.IsType<MatStruct>(read["s"]);
        Assert.Equal("zweiundzwanzig", Assert.IsType<MatText>(s.Fields["name"][1]).Text);
        Assert.Equal([1, 2, 3, 4.5], Assert.IsType<MatNumbers>(s.Fields["x"][0]).Values);
        Assert.Empty(Assert.IsType<MatNumbers>(s.Fields["x"][1]).Values);
        var cell = Assert.IsType<MatCell>(read["cell"]);
        Assert.Equal(7, Assert.Single(Assert.IsType<MatNumbers>(cell.Values[0]).Values));
        Assert.Equal([1, 2], Assert.IsType<MatStruct>(cell.Values[1]).Dimensions);
    }
}
