using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

public sealed class RigCalibrationFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static RigCalibrationFile Example() => new()
    {
        Rig = new([Camera("left", 0.1), Camera("the \"right\" one", -0.2)]),
        Qualities = [new(0.31, 12, 0.75), null],
        RmsPx = 0.33,
        Board = "chessboard:9x6:25",
        WorldFrame = "the camera 'left'",
        Date = "2025-01-02T03:04:05Z",
    };

    private static CameraCalibration Camera(string name, double angle) => new()
    {
        Name = name, WidthPx = 640, HeightPx = 480, FocalXPx = 512.25, FocalYPx = 511 + (1.0 / 3), CentreXPx = 320.1, CentreYPx = 239.7,
        Distortion = [-0.2, 0.07, 1e-4, -3e-5, 0.01],
        Rotation = [Math.Cos(angle), -Math.Sin(angle), 0, Math.Sin(angle), Math.Cos(angle), 0, 0, 0, 1],
        TranslationM = [0.1, -0.2, 1.0 / 3],
    };

    [Fact]
    public void WhatIsSavedLoadsAgain()
    {
        var path = _folder["rig.yaml"];
        var saved = Example();
        saved.Save(path);
        var loaded = RigCalibrationFile.Load(path);

        Assert.Equal(saved.RmsPx, loaded.RmsPx);
        Assert.Equal(saved.Board, loaded.Board);
        Assert.Equal(saved.WorldFrame, loaded.WorldFrame);
        Assert.Equal(saved.Date, loaded.Date);
        Assert.Equal(saved.QualityOf(0), loaded.QualityOf(0));
        Assert.Null(loaded.QualityOf(1));
        for (var i = 0; i < 2; i++)
        {
            var (a, b) = (saved.Rig.Cameras[i], loaded.Rig.Cameras[i]);
            Assert.Equal(a.Name, b.Name);
            Assert.Equal((a.WidthPx, a.HeightPx, a.FocalXPx, a.FocalYPx, a.CentreXPx, a.CentreYPx), (b.WidthPx, b.HeightPx, b.FocalXPx, b.FocalYPx, b.CentreXPx, b.CentreYPx));
            Assert.Equal(a.Distortion, b.Distortion);
            Assert.Equal(a.Rotation, b.Rotation);
            for (var k = 0; k < 3; k++)
                Assert.Equal(a.TranslationM[k], b.TranslationM[k], 1e-15);
        }
    }

    [Theory]
    [InlineData("width_px: 640", "widht_px: 640", "did you mean 'width_px'?")]
    [InlineData("kind: rig-calibration", "kind: rig", "'kind' must be rig-calibration")]
    [InlineData("version: 1", "version: 2", "'version' must be 1")]
    [InlineData("name: \"left\"", "name: \"the \\\"right\\\" one\"", "'name' must be unique")]
    [InlineData("focal_px: [512.25, ", "focal_px: [-512.25, ", "'focal_px' must be two numbers above 0")]
    [InlineData("distortion: [-0.2, ", "distortion: [", "'distortion' must be a list of 5 numbers")]
    [InlineData(", 0, 0, 0, 1]", ", 0, 0, 0, -1]", "'rotation' must be a rotation")]
    public void WhatCannotBeIsRefusedWithItsPlace(string was, string becomes, string expected)
    {
        var path = _folder["rig.yaml"];
        Example().Save(path);
        var text = File.ReadAllText(path);
        var at = text.IndexOf(was, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        File.WriteAllText(path, text[..at] + becomes + text[(at + was.Length)..]);

        var error = Assert.Throws<ClosedLoopException>(() => RigCalibrationFile.Load(path));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("line ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFileIsASentence()
    {
        var error = Assert.Throws<ClosedLoopException>(() => RigCalibrationFile.Load(_folder["none.yaml"]));
        Assert.Contains("there is no such file; 'calibrate' makes one", error.Message, StringComparison.Ordinal);
    }
}
