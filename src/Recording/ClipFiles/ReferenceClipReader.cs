using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads track-mjx's "ReferenceClip": the group <c>all_clips</c> with position, quaternion and joints of clips by frames by
/// numbers, or of frames by numbers where there is a single clip.
/// </summary>
internal static class ReferenceClipReader
{
    public const string Group = "all_clips";

    public static MotionLibrary Read(Hdf5File file, string path, ClipFileOptions options)
    {
        var (position, dims) = file.ReadDoubles($"{Group}/position");
        var (quaternion, quaternionDims) = file.ReadDoubles($"{Group}/quaternion");
        var (joints, jointDims) = file.ReadDoubles($"{Group}/joints");
        if (dims is not ([_, 3] or [_, _, 3]) || !AreAlike(dims, quaternionDims) || quaternionDims[^1] != 4 || !AreAlike(dims, jointDims))
            throw ClosedLoopException.Failed(
                $"'{Group}' in '{path}' does not hold clips by frames by numbers: position is {Size(dims)}, quaternion {Size(quaternionDims)}, joints {Size(jointDims)}; C x T x 3, C x T x 4 and C x T x joints were expected");
        var (count, frames, hinges) = (dims.Length == 3 ? dims[0] : 1, dims[^2], jointDims[^1]);
        var names = ClipFileReader.NamesFor(options, path, MotionClip.RootLength + hinges);
        var clips = new MotionClip[count];
        for (var clip = 0; clip < count; clip++)
        {
            var qpos = new double[frames * names.Count];
            for (var frame = 0; frame < frames; frame++)
            {
                var from = (clip * frames) + frame;
                var to = qpos.AsSpan(frame * names.Count, names.Count);
                position.AsSpan(3 * from, 3).CopyTo(to);
                quaternion.AsSpan(4 * from, 4).CopyTo(to[3..]);
                joints.AsSpan(hinges * from, hinges).CopyTo(to[MotionClip.RootLength..]);
            }
            clips[clip] = new()
            {
                Name = $"clip_{clip}",
                Behaviour = "",
                RateHz = options.RateHz ?? ClipFileReader.UnstatedRateHz,
                Frames = frames,
                Nq = names.Count,
                Qpos = qpos,
            };
        }
        return new() { QposNames = [.. names], Scale = 1, FloorHeightM = null, Clips = clips, Source = Path.GetFileName(path) };
    }

    /// <summary>Whether both have as many clips and frames.</summary>
    private static bool AreAlike(int[] dims, int[] others) => others.Length == dims.Length && others.SkipLast(1).SequenceEqual(dims.SkipLast(1));

    private static string Size(int[] dims) => string.Join(" x ", dims);
}
