using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Writes keypoints as the table that <see cref="CsvKeypointReader"/> reads: frame, time_s, and NAME_x_m, NAME_y_m,
/// NAME_z_m (metres) and NAME_confidence of every keypoint; empty cells for a missing one. Numbers are written so that
/// they read back bit for bit.
/// </summary>
internal sealed class CsvKeypointWriter : IKeypointWriter
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly KeypointLayout _layout;
    private StreamWriter? _file;

    public CsvKeypointWriter(string path, KeypointFileHeader header)
    {
        (_path, _temporary, _layout) = (path, $"{path}.{Environment.ProcessId}.tmp", header.Layout);
        KeypointWriter.OnDisk(path, () =>
        {
            _file = new(_temporary) { NewLine = "\n" };
            _file.Write("frame,time_s");
            foreach (var name in _layout.Names)
                _file.Write($",{name}_x_m,{name}_y_m,{name}_z_m,{name}_confidence");
            _file.WriteLine();
        });
    }

    public int Count { get; private set; }

    public void Write(Keypoints keypoints) => KeypointWriter.OnDisk(_path, () =>
    {
        var file = _file!;
        file.Write(KeypointWriter.FrameNumber(keypoints, Count++).ToString(CultureInfo.InvariantCulture));
        file.Write(string.Create(CultureInfo.InvariantCulture, $",{KeypointWriter.TimeS(keypoints):R}"));
        for (var k = 0; k < _layout.Count; k++)
        {
            var p = keypoints.Position(k);
            file.Write(keypoints.IsPresent(k)
                ? string.Create(CultureInfo.InvariantCulture, $",{p[0]:R},{p[1]:R},{p[2]:R},{keypoints.Confidence[k]:R}")
                : ",,,,0");
        }
        file.WriteLine();
    });

    public void Complete() => KeypointWriter.OnDisk(_path, () =>
    {
        _file!.Dispose();
        File.Move(_temporary, _path, overwrite: true);
    });

    public void Dispose()
    {
        _file?.Dispose();
        if (File.Exists(_temporary))
            File.Delete(_temporary);
    }
}
