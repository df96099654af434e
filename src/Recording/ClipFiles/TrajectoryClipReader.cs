using System.Text.RegularExpressions;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads the layout of dm_control's trajectories, which npmp and julia-virtual-rodent use: a group <c>clip_N</c> a clip, in
/// it <c>walkers/walker_0</c> with position, quaternion and joints, each stored numbers by frames.
/// </summary>
internal static partial class TrajectoryClipReader
{
    private const double UnstatedStepS = 1 / ClipFileReader.UnstatedRateHz;

    /// <summary>The groups that are clips, by number.</summary>
    public static IReadOnlyList<string> ClipsIn(Hdf5File file) =>
        [.. file.Children("/").Where(name => Name().IsMatch(name)).Order(NaturalOrder.Instance)];

    public static MotionLibrary Read(Hdf5File file, string path, IReadOnlyList<string> groups, ClipFileOptions options)
    {
        IReadOnlyList<string>? names = null;
        var clips = new List<MotionClip>(groups.Count);
        foreach (var group in groups)
        {
            var clip = ReadClip(file, path, group, options);
            names ??= ClipFileReader.NamesFor(options, path, clip.Nq);
            clips.Add(clip);
        }
        return new() { QposNames = [.. names!], Scale = 1, FloorHeightM = null, Clips = clips, Source = Path.GetFileName(path) };
    }

    private static MotionClip ReadClip(Hdf5File file, string path, string group, ClipFileOptions options)
    {
        var walker = $"{group}/walkers/walker_0";
        var (position, frames) = ReadRows(file, path, $"{walker}/position", 3, null);
        var (quaternion, _) = ReadRows(file, path, $"{walker}/quaternion", 4, frames);
        var (joints, _) = ReadRows(file, path, $"{walker}/joints", null, frames);
        if (file.ReadDoubleAttribute(group, "num_steps") is { } steps && steps != frames)
            throw ClosedLoopException.Failed($"'{group}' in '{path}' says that it has {steps:0} frames and holds {frames}");
        var hinges = frames == 0 ? 0 : joints.Length / frames;
        var nq = MotionClip.RootLength + hinges;
        var qpos = new double[frames * nq];
        for (var frame = 0; frame < frames; frame++)
        {
            var to = qpos.AsSpan(frame * nq, nq);
            for (var i = 0; i < 3; i++)
                to[i] = position[(i * frames) + frame];
            for (var i = 0; i < 4; i++)
                to[3 + i] = quaternion[(i * frames) + frame];
            for (var i = 0; i < hinges; i++)
                to[MotionClip.RootLength + i] = joints[(i * frames) + frame];
        }
        return new()
        {
            Name = group,
            Behaviour = "",
            RateHz = options.RateHz ?? Math.Round(1 / (file.ReadDoubleAttribute(group, "dt") ?? UnstatedStepS), 6),
            Frames = frames,
            Nq = nq,
            Qpos = qpos,
        };
    }

    private static (double[] Values, int Frames) ReadRows(Hdf5File file, string path, string dataset, int? rows, int? frames)
    {
        var (values, dims) = file.ReadDoubles(dataset);
        return dims.Length == 2 && (rows ?? dims[0]) == dims[0] && (frames ?? dims[1]) == dims[1]
            ? (values, dims[1])
            : throw ClosedLoopException.Failed(
                $"'{dataset}' in '{path}' is {string.Join(" x ", dims)}; {rows?.ToString() ?? "joints"} x {frames?.ToString() ?? "frames"} was expected, as numbers by frames");
    }

    [GeneratedRegex(@"^clip_\d+$")]
    private static partial Regex Name();
}
