using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Rigs;
using ClosedLoop.Vision;

namespace ClosedLoop.Commands;

/// <summary>Where <c>calibrate</c> finds images of a board: in a folder of pictures or videos, in a recording, or in the cameras of a rig.</summary>
internal static class BoardImages
{
    /// <summary>The board in a folder's or a recording's images.</summary>
    /// <exception cref="ClosedLoopException">They cannot be read, or do not show the board as they should.</exception>
    public static BoardObservations Read(string path, BoardDescription board, int every, IProgress<string> progress, CancellationToken cancellation)
    {
        if (!SessionRecording.HasEnding(path))
            return ObservationReader.Read(ImageSequence.OpenAll(path), board, every, progress, cancellation);
        using var recording = SessionRecording.Open(path);
        return Read(recording, board, every, cameras: null, progress, cancellation);
    }

    /// <summary>The board in a recording's images.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="board">The board.</param>
    /// <param name="every">Looks at every so many-th set; 0: at all of up to 250, at as many of a longer recording.</param>
    /// <param name="cameras">The cameras that are wanted, in the order that is wanted; null: all.</param>
    /// <param name="progress">Told how far the search is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ClosedLoopException">They cannot be read, or do not show the board as they should.</exception>
    public static BoardObservations Read(
        SessionRecording recording, BoardDescription board, int every, IReadOnlyList<string>? cameras, IProgress<string> progress, CancellationToken cancellation)
    {
        using var images = RecordedImages.Open(recording);
        return FrameSetObservations.Read(images, images.SetCount, board, every, cameras, progress, cancellation);
    }

    /// <summary>The board as it is shown to the cameras of a rig now, until they have seen enough of it.</summary>
    /// <param name="rigPath">The rig file.</param>
    /// <param name="board">The board.</param>
    /// <param name="seconds">How long to film at most; null: until there are enough views.</param>
    /// <param name="line">Shows what each camera has seen, and what is noticed of the cameras.</param>
    /// <param name="cancellation">Ends the filming; what was seen until then counts.</param>
    /// <exception cref="ClosedLoopException">The rig has no cameras, they fail, or they did not see the board as they should.</exception>
    public static BoardObservations Film(string rigPath, BoardDescription board, double? seconds, ProgressLine line, CancellationToken cancellation)
    {
        var problems = new List<string>();
        var rig = RigFileReader.Read(rigPath, problems);
        if (problems.Count > 0)
            throw ClosedLoopException.Usage(problems is [var only] ? only : $"the rig {rigPath} has {problems.Count} problems:\n{string.Join('\n', problems.Select(problem => $"  {problem}"))}");
        var cameras = rig?.Cameras ?? throw ClosedLoopException.Usage($"the rig {rigPath} has no section 'cameras', and only cameras can be shown a board; docs/rigs.md has the keys");
        // NB: in the order of their names or of the list: there is no calibration yet that could order them.
        using var source = cameras.OpenCameras(new SessionClock(), names: null);
        var told = new HashSet<(string, CameraFindingKind)>();
        source.Found += finding =>
        {
            // NB: on a busy computer frames are late by the hundred: of what concerns single frames the first is told.
            if (finding.Kind is CameraFindingKind.Stopped or CameraFindingKind.Resumed or CameraFindingKind.Failed)
                line.Announce(finding.Sentence);
            else if (told.Add((finding.Camera, finding.Kind)))
                line.Announce($"{finding.Sentence}; further ones are not told");
        };
        return new LiveBoardSession(source, board, new() { Seconds = seconds }).Run(line, cancellation);
    }
}
