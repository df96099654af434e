using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.Recording.KeypointFiles;

/// <summary>Writes small keypoint files of every kind, with one rat-sized animal that walks along x.</summary>
internal static class SampleFiles
{
    public static readonly KeypointLayout Layout = KeypointLayout.Rat23;

    /// <summary>Coordinates in metres: x, y, z per keypoint per frame.</summary>
    public static double[] Walk(int frames, int keypoints = 23)
    {
        var random = new Random(7);
        var shape = Enumerable.Range(0, 3 * keypoints).Select(_ => 0.05 * random.NextDouble()).ToArray();
        if (keypoints == Layout.Count)
        {
            shape[3 * Layout.IndexOf("SpineF")] = 0.12;
            shape[3 * Layout.IndexOf("TailBase")] = 0;
        }
        return [.. Enumerable.Range(0, frames).SelectMany(f => shape.Select((v, i) => v + (i % 3 == 0 ? 0.001 * f : 0)))];
    }

    /// <summary>An NWB file with an ndx-pose estimation. Confidences are one number a keypoint and frame, or absent.</summary>
    public static void WriteNwb(
        string path, double[] positions, int keypoints = 23, string unit = "meters", double? stampedHz = 50,
        IReadOnlyList<string>? names = null, double[]? confidence = null, string container = "PoseEstimation", bool withNodes = true)
    {
        names ??= [.. Layout.Names.Take(keypoints)];
        var frames = positions.Length / (3 * keypoints);
        using var file = Hdf5Writer.Create(path);
        var pose = $"processing/behavior/{container}";
        file.CreateGroup(pose);
        file.WriteAttribute(pose, "neurodata_type", container == "Other" ? "Position" : "PoseEstimation");
        if (withNodes)
            file.WriteStrings($"{pose}/nodes", names);
        for (var k = 0; k < keypoints; k++)
        {
            var series = $"{pose}/{names[k]}";
            file.CreateGroup(series);
            var data = new double[3 * frames];
            for (var f = 0; f < frames; f++)
                positions.AsSpan(3 * ((f * keypoints) + k), 3).CopyTo(data.AsSpan(3 * f));
            file.WriteDoubles($"{series}/data", data, frames, 3);
            file.WriteAttribute($"{series}/data", "unit", unit);
            if (stampedHz is { } hz)
                file.WriteDoubles($"{series}/timestamps", [.. Enumerable.Range(0, frames).Select(f => f / hz)], frames);
            if (confidence is not null)
                file.WriteDoubles($"{series}/confidence", [.. Enumerable.Range(0, frames).Select(f => confidence[(f * keypoints) + k])], frames);
        }
    }

    /// <summary>The header and rows of a table with the columns frame, time_s, and x, y, z of every keypoint.</summary>
    public static string Csv(double[] positions, IReadOnlyList<string>? names = null, string suffix = "", double hz = 50)
    {
        names ??= Layout.Names;
        var width = 3 * names.Count;
        var text = new StringBuilder("frame,time_s," + string.Join(',', names.SelectMany(n => new[] { $"{n}_x{suffix}", $"{n}_y{suffix}", $"{n}_z{suffix}" })));
        for (var f = 0; f < positions.Length / width; f++)
            text.Append(CultureInfo.InvariantCulture, $"\n{100 + f},{f / hz:R},")
                .AppendJoin(',', positions.Skip(f * width).Take(width).Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
        return text.Append('\n').ToString();
    }

    /// <summary>A MAT v5 file with the given double arrays, values in MATLAB's order.</summary>
    public static byte[] Mat(bool compressed, params (string Name, int[] Dims, double[] Values)[] arrays)
    {
        using var file = new MemoryStream();
        var header = new byte[128];
        Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file, written by a test".PadRight(116)).CopyTo(header, 0);
        header[124] = 0;
        header[125] = 1;
        header[126] = (byte)'I';
        header[127] = (byte)'M';
        file.Write(header);
        foreach (var (name, dims, values) in arrays)
        {
            var flags = new byte[8];
            flags[0] = 6;
            var body = (byte[])[
                .. Element(6, flags),
                .. Element(5, [.. dims.SelectMany(BitConverter.GetBytes)]),
                .. Element(1, Encoding.ASCII.GetBytes(name)),
                .. Element(9, [.. values.SelectMany(BitConverter.GetBytes)])];
            var matrix = Element(14, body);
            if (!compressed)
            {
                file.Write(matrix);
                continue;
            }
            using var packed = new MemoryStream();
            using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                zlib.Write(matrix);
            var tag = new byte[8];
            BinaryPrimitives.WriteInt32LittleEndian(tag, 15);
            BinaryPrimitives.WriteInt32LittleEndian(tag.AsSpan(4), (int)packed.Length);
            file.Write(tag);
            file.Write(packed.ToArray());
        }
        return file.ToArray();
    }

    /// <summary>Frame-major x, y, z per keypoint to MATLAB's (frames, 3, keypoints).</summary>
    public static double[] ToMatlabOrder(double[] positions, int keypoints)
    {
        var frames = positions.Length / (3 * keypoints);
        var result = new double[positions.Length];
        for (var f = 0; f < frames; f++)
            for (var k = 0; k < keypoints; k++)
                for (var axis = 0; axis < 3; axis++)
                    result[f + (frames * (axis + (3 * k)))] = positions[(3 * ((f * keypoints) + k)) + axis];
        return result;
    }

    // Names of at most four bytes share their tag's eight bytes, as MATLAB writes them.
    private static byte[] Element(int type, byte[] data)
    {
        if (type == 1 && data.Length <= 4)
            return [(byte)type, 0, (byte)data.Length, 0, .. data, .. new byte[4 - data.Length]];
        var element = new byte[8 + ((data.Length + 7) & ~7)];
        BinaryPrimitives.WriteInt32LittleEndian(element, type);
        BinaryPrimitives.WriteInt32LittleEndian(element.AsSpan(4), data.Length);
        data.CopyTo(element, 8);
        return element;
    }
}
