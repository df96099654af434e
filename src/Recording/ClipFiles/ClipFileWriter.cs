using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Writes motion clips as stac-mjx writes its output, so that what reads that (track-mjx, vnl-playground) reads them, with
/// data sets beside it that others pass over: names, behaviours and lengths of the clips, rate, size and floor.
/// </summary>
public static class ClipFileWriter
{
    /// <summary>Writes a file; one that is there is replaced, in one step.</summary>
    /// <param name="path">The file, .h5.</param>
    /// <param name="library">
    /// The clips. NB: the layout knows one length and one rate; clips of several lengths are cut first
    /// (<see cref="MotionLibrary.CutInto"/>).
    /// </param>
    /// <param name="kinematics">What the body does in these very clips.</param>
    /// <exception cref="ClosedLoopException">Clips differ in length or rate, a pose is none, or the file cannot be written.</exception>
    public static void Write(string path, MotionLibrary library, MotionKinematics kinematics)
    {
        library.Validate();
        RequireOneLength(path, library);
        var frames = library.Clips.Sum(clip => clip.Frames);
        Check(frames, kinematics);
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var file = Hdf5Writer.Create(temporary))
            {
                WriteStac(file, library, kinematics, frames);
                WriteOurs(file, library);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}' cannot be written: {error.Message}", error);
        }
        finally
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    private static void WriteStac(Hdf5Writer file, MotionLibrary library, MotionKinematics kinematics, int frames)
    {
        var (bodies, keypoints) = (kinematics.BodyNames.Count, kinematics.KeypointNames.Count);
        file.WriteFixedStrings(StacClipLayout.Config, [StacConfiguration.ToYaml(library, kinematics)], isScalar: true);
        file.WriteFixedStrings(StacClipLayout.KeypointNames, kinematics.KeypointNames);
        file.WriteFixedStrings(StacClipLayout.QposNames, library.QposNames);
        file.WriteFixedStrings(StacClipLayout.BodyNames, kinematics.BodyNames);
        file.WriteCompressedDoubles(StacClipLayout.Keypoints, kinematics.Keypoints, frames, 3 * keypoints);
        file.WriteCompressedDoubles(StacClipLayout.Sites, kinematics.SitePositions, frames, keypoints, 3);
        file.WriteDoubles(StacClipLayout.Offsets, kinematics.Offsets, keypoints, 3);
        var nq = library.QposNames.Count;
        var qpos = new double[frames * nq];
        var at = 0;
        foreach (var clip in library.Clips)
        {
            clip.Qpos.CopyTo(qpos, at);
            at += clip.Qpos.Length;
        }
        file.WriteCompressedDoubles(StacClipLayout.Qpos, qpos, frames, nq);
        file.WriteCompressedDoubles(StacClipLayout.Qvel, kinematics.Qvel, frames, kinematics.Qvel.Length / frames);
        file.WriteCompressedDoubles(StacClipLayout.BodyPositions, kinematics.BodyPositions, frames, bodies, 3);
        file.WriteCompressedDoubles(StacClipLayout.BodyQuaternions, kinematics.BodyQuaternions, frames, bodies, 4);
    }

    private static void WriteOurs(Hdf5Writer file, MotionLibrary library)
    {
        var clips = library.Clips;
        file.WriteIntegers<int>(StacClipLayout.ClipLengths, [.. clips.Select(clip => clip.Frames)], clips.Count);
        file.WriteFixedStrings(StacClipLayout.ClipNames, [.. clips.Select(clip => clip.Name)]);
        file.WriteFixedStrings(StacClipLayout.ClipBehaviours, [.. clips.Select(clip => clip.Behaviour)]);
        if (clips.Any(clip => clip.FrameBehaviours is not null))
            file.WriteFixedStrings(StacClipLayout.Behaviours, [.. clips.SelectMany(clip => clip.FrameBehaviours ?? Enumerable.Repeat(clip.Behaviour, clip.Frames))]);
        file.WriteDoubles(StacClipLayout.Rate, [clips[0].RateHz]);
        file.WriteDoubles(StacClipLayout.Scale, [library.Scale]);
        if (library.FloorHeightM is { } floor)
            file.WriteDoubles(StacClipLayout.Floor, [floor]);
        file.WriteFixedStrings(StacClipLayout.Source, [library.Source], isScalar: true);
    }

    private static void RequireOneLength(string path, MotionLibrary library)
    {
        var first = library.Clips[0];
        foreach (var clip in library.Clips)
        {
            if (clip.Frames != first.Frames)
                throw ClosedLoopException.Usage(
                    $"'{path}' cannot hold clips of several lengths: '{first.Name}' has {first.Frames} frames and '{clip.Name}' {clip.Frames}; cut them into clips of one length");
            if (clip.RateHz != first.RateHz)
                throw ClosedLoopException.Usage(
                    $"'{path}' cannot hold clips of several rates: '{first.Name}' has {first.RateHz:G6} frames a second and '{clip.Name}' {clip.RateHz:G6}; write a file for each");
        }
    }

    private static void Check(int frames, MotionKinematics kinematics)
    {
        var (bodies, keypoints) = (kinematics.BodyNames.Count, kinematics.KeypointNames.Count);
        Require(kinematics.BodyPositions.Length == frames * bodies * 3, nameof(kinematics.BodyPositions));
        Require(kinematics.BodyQuaternions.Length == frames * bodies * 4, nameof(kinematics.BodyQuaternions));
        Require(kinematics.SitePositions.Length == frames * keypoints * 3, nameof(kinematics.SitePositions));
        Require(kinematics.Keypoints.Length == frames * keypoints * 3, nameof(kinematics.Keypoints));
        Require(kinematics.Offsets.Length == keypoints * 3, nameof(kinematics.Offsets));
        Require(kinematics.KeypointBodies.Count == keypoints, nameof(kinematics.KeypointBodies));
        Require(kinematics.Qvel.Length % frames == 0, nameof(kinematics.Qvel));
        void Require(bool holds, string what)
        {
            if (!holds)
                throw new ArgumentException($"{what} do not belong to {frames} frames of {bodies} parts and {keypoints} keypoints.", nameof(kinematics));
        }
    }
}
