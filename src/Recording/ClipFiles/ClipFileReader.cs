using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads motion clips (.h5) in any of three layouts: stac-mjx's output (as <see cref="ClipFileWriter"/> writes it),
/// track-mjx's group <c>all_clips</c>, and the groups <c>clip_0</c>, <c>clip_1</c>, ... of dm_control's trajectories.
/// </summary>
/// <remarks>Velocities in the file are not read: stac-mjx computes its own over the physics' time step, ten times too fast.</remarks>
public static class ClipFileReader
{
    /// <summary>The rate of clips in a file that states none: that of the published rat recordings.</summary>
    public const double UnstatedRateHz = 50;

    /// <summary>Reads a file whole and checks every pose; quaternions come out with length 1.</summary>
    /// <exception cref="ClosedLoopException">
    /// Exit code 2: there is no such file, or it does not name the joints and <paramref name="options"/> does not either.
    /// Exit code 1: it is truncated, of no known layout, lacks a data set, or holds numbers that are no poses.
    /// </exception>
    public static MotionLibrary Read(string path, ClipFileOptions? options = null)
    {
        options ??= new();
        options.Check();
        if (Directory.Exists(path))
            throw ClosedLoopException.Usage($"'{path}' is a directory; a file of motion clips (.h5) was expected");
        if (!File.Exists(path))
            throw ClosedLoopException.Usage($"there is no file '{path}'");
        try
        {
            using var file = Hdf5File.Open(path);
            var library = ReadAny(file, path, options);
            library.Validate();
            foreach (var clip in library.Clips)
                clip.NormaliseQuaternions();
            return library;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The names of qpos that the caller gave for a layout that has none.</summary>
    internal static IReadOnlyList<string> NamesFor(ClipFileOptions options, string path, int nq)
    {
        var names = options.QposNames
            ?? throw ClosedLoopException.Usage($"'{path}' does not name the joints of its clips; say which body they are of");
        return names.Count == nq
            ? names
            : throw ClosedLoopException.Usage($"'{path}' does not fit the body: its clips have {nq} positions a frame, the body has {names.Count}");
    }

    private static MotionLibrary ReadAny(Hdf5File file, string path, ClipFileOptions options)
    {
        if (file.Exists(StacClipLayout.Qpos) || file.Exists(StacClipLayout.QposNames))
            return StacClipReader.Read(file, path, options);
        if (file.Exists(ReferenceClipReader.Group))
            return ReferenceClipReader.Read(file, path, options);
        return TrajectoryClipReader.ClipsIn(file) is { Count: > 0 } clips
            ? TrajectoryClipReader.Read(file, path, clips, options)
            : throw ClosedLoopException.Failed(
                $"'{path}' holds no motion clips of a known layout: neither '{StacClipLayout.Qpos}' (stac-mjx), nor '{ReferenceClipReader.Group}' (track-mjx), nor groups 'clip_0', 'clip_1', ... (dm_control)");
    }
}
