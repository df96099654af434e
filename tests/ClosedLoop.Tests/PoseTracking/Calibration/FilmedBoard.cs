using System.Globalization;
using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Recording;
using ClosedLoop.Tests.Recording.Session;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

/// <summary>A board shown to three planted cameras: pictures of it, a recording, and videos in which it is held still now and then.</summary>
public sealed class FilmedBoard : IDisposable
{
    public const string BoardText = "charuco:7x5:45:34:DICT_5X5_100";
    public const int Cameras = 3;
    public const int Sets = 22;

    private readonly TemporaryFolder _folder = new();

    public FilmedBoard()
    {
        Rig = new PlantedRig(Cameras, Sets, BoardDescription.Parse(BoardText), seed: 9);
        RenderedBoards.Write(Rig, _folder["pictures"]);
        new RigCalibrationFile { Rig = new([.. Rig.Cameras]), Board = BoardText }.Save(_folder["true.yaml"]);
    }

    internal PlantedRig Rig { get; }

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();

    /// <summary>A recording of the pictures, a set of each place, and the true calibration.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="calibration">The calibration that it is to hold; null: none.</param>
    /// <param name="cameras">Names of the cameras, where they are not the planted ones'.</param>
    public string Record(string name, string? calibration, params string[] cameras)
    {
        var names = cameras.Length > 0 ? cameras : [.. Rig.Cameras.Select(camera => camera.Name)];
        var layout = new FrameLayout(names, [.. names.Select(_ => (PlantedRig.Width, PlantedRig.Height, 1))], 2);
        using var recorder = SessionRecorder.Start(_folder[name], new()
        {
            Layout = new RandomSession(0, small: true).Layout with { Frames = layout },
            ImageCodec = new JpegImages(),
            Attachments = calibration is null ? [] : [new(RecordingContent.CalibrationName, "application/yaml", File.ReadAllBytes(calibration))],
        });
        var set = layout.NewFrameSet();
        for (var s = 0; s < Sets; s++)
        {
            var stamp = new RecordStamp(s, s, s * 500_000_000L, new(s * 500_000_000L), new(s * 500_000_000L));
            set.Stamp = stamp;
            for (var c = 0; c < names.Length; c++)
            {
                Picture(c, s).Pixels.CopyTo(set.Pixels[c], 0);
                // One image did not come.
                (set.Stamps[c], set.Present[c]) = (stamp, (c, s) != (1, 5));
            }
            recorder.Write(set);
        }
        recorder.Finish();
        return _folder[name];
    }

    /// <summary>Videos, each picture for two frames of <paramref name="rateHz"/>, and a rig file that plays them.</summary>
    public string Film(string name, double rateHz, string more = "")
    {
        Directory.CreateDirectory(_folder[name]);
        for (var c = 0; c < Cameras; c++)
        {
            using var video = new VideoFileWriter(_folder[$"{name}/{Rig.Cameras[c].Name}.avi"], "MJPG", rateHz, PlantedRig.Width, PlantedRig.Height);
            for (var s = 0; s < Sets; s++)
                for (var repeat = 0; repeat < 2; repeat++)
                    video.Write(Picture(c, s).Pixels, 1);
        }
        var rig = _folder[$"{name}.yaml"];
        File.WriteAllText(rig, string.Create(CultureInfo.InvariantCulture, $$"""
            name: {{name}}
            keypoints: {source: cameras}
            cameras:
              videos: {{name}}
              calibration: {{name}}-calibration.yaml
            {{more}}
            recording: {folder: out}
            """));
        return rig;
    }

    private GreyImage Picture(int camera, int set) =>
        new ImageSequence("", [_folder[$"pictures/{Rig.Cameras[camera].Name}/{RenderedSession.Picture(set)}"]], null).ReadPicture(0);
}
