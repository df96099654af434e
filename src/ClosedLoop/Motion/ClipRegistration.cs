using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Motion;

/// <summary>Registers a keypoint file frame after frame, as a live session does, and cuts what comes out into clips.</summary>
internal static class ClipRegistration
{
    /// <summary>The shortest clip that may be asked for, seconds.</summary>
    public const double ShortestS = 1;

    private const int FramesBetweenReports = 200;

    /// <summary>Registers all frames of <paramref name="file"/> and makes clips of <paramref name="clipSeconds"/> each.</summary>
    /// <param name="description">The body.</param>
    /// <param name="animal">The animal.</param>
    /// <param name="file">The keypoints.</param>
    /// <param name="clipSeconds">Length of the clips, <see cref="ShortestS"/> or more.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ClosedLoopException">No stretch of motion is as long as a clip.</exception>
    public static RegisteredClips Make(
        BodyDescription description, AnimalFile animal, KeypointFile file, double clipSeconds, IProgress<string> progress, CancellationToken cancellation)
    {
        using var body = animal.Apply(description, file.Layout);
        var (nq, coordinates) = (body.Model.Nq, 3 * file.Layout.Count);
        var (poses, keypoints, errors) = (new double[file.FrameCount * nq], new double[file.FrameCount * coordinates], new double[file.FrameCount]);
        var numbers = new long[file.FrameCount];
        var stretches = Register(body, animal, file, poses, keypoints, errors, numbers, progress, cancellation);
        var length = (int)Math.Min(Math.Round(clipSeconds * file.RateHz), int.MaxValue);
        var starts = stretches.Stretches.SelectMany(s => Enumerable.Range(0, s.Count / length).Select(piece => s.First + (piece * length))).ToArray();
        if (starts.Length == 0)
        {
            var longest = stretches.Stretches.Select(s => s.Count).DefaultIfEmpty().Max() / file.RateHz;
            throw ClosedLoopException.Failed(
                $"no clip of {clipSeconds:G4} s can be made of '{file.Path}': its longest stretch without a gap has {longest:F2} s; "
                + (longest >= ShortestS ? $"give --clip-seconds {Math.Floor(10 * longest) / 10:G4} or less" : $"a clip needs {ShortestS} s at least"));
        }
        var library = new MotionLibrary
        {
            QposNames = body.QposNames,
            Scale = animal.Scale,
            FloorHeightM = animal.HasFloor ? 0 : null,
            Clips = [.. starts.Select(start => new MotionClip
            {
                Name = $"{animal.Name}_{numbers[start]}",
                Behaviour = "",
                RateHz = file.RateHz,
                Frames = length,
                Nq = nq,
                Qpos = poses.AsSpan(start * nq, length * nq).ToArray(),
            })],
            Source = Path.GetFileName(file.Path),
        };
        var kinematics = BodyKinematics.Of(body, library, [.. starts.SelectMany(start => keypoints.Skip(start * coordinates).Take(length * coordinates))]);
        var shorter = stretches.Stretches.Where(s => s.Count < length).ToArray();
        return new(library, kinematics, new(
            starts.Length, length, length / file.RateHz, file.RateHz, file.FrameCount, stretches.FramesWithoutPose,
            stretches.Stretches.Count, shorter.Length, shorter.Sum(s => s.Count), stretches.Stretches.Where(s => s.Count >= length).Sum(s => s.Count % length),
            1000 * starts.SelectMany(start => errors.Skip(start).Take(length)).Average()));
    }

    private static MotionStretches Register(
        BodyModel body, AnimalFile animal, KeypointFile file, double[] poses, double[] keypoints, double[] errors, long[] numbers,
        IProgress<string> progress, CancellationToken cancellation)
    {
        var stretches = new MotionStretches(1 / file.RateHz);
        using var registrar = new Registrar(body, animal, new(), 1 / file.RateHz);
        var set = new Keypoints(file.Layout);
        for (var frame = 0; frame < file.FrameCount; frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            file.Frame(frame, set);
            var pose = registrar.Process(new(frame, set.Stamp.Captured, set));
            stretches.Add(pose);
            pose.Qpos.CopyTo(poses, frame * body.Model.Nq);
            errors[frame] = pose.MeanMarkerErrorM;
            numbers[frame] = set.Stamp.DeviceCounter;
            // Poses are relative to the floor, and the keypoints written with them must be too.
            for (var k = 0; k < file.Layout.Count; k++)
            {
                var to = keypoints.AsSpan(((frame * file.Layout.Count) + k) * 3, 3);
                set.Position(k).CopyTo(to);
                to[2] -= animal.FloorHeightM;
            }
            if (frame % FramesBetweenReports == 0)
                progress.Report($"registering: frame {frame} of {file.FrameCount}");
        }
        return stretches;
    }
}
