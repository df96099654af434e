using System.Text;
using ClosedLoop.Acquisition;
using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Diagnostics;
using ClosedLoop.Physics;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Commands;

/// <summary>What <c>demo</c>, <c>replay</c> and <c>live</c> do alike: record, run, show progress, judge, summarise.</summary>
internal static class SessionRun
{
    /// <summary>Runs a session from its first tick to its summary.</summary>
    public static SessionResult Execute(
        SessionSetup setup, SessionInput input, SessionClock clock, SessionOutputs outputs, CancellationToken cancellation)
    {
        using var session = new Session(setup, input, clock, outputs.Tetrodes, outputs.Comparison);
        using var recorder = outputs.RecordingPath is { } path ? SessionRecorder.Start(path, ContentOf(setup, input, clock, outputs), outputs.Recorder) : null;
        var poses = new List<Pose>();
        var reproduction = outputs.Original is { } original ? new Reproduction(original) : null;
        var sorting = outputs.SortedOriginal is { } sorted ? new SortingReproduction(sorted) : null;
        using var spikes = sorting is null ? null : outputs.Tetrodes?.Spikes.Subscribe(sorting.Observe);
        using var counts = sorting is null ? null : outputs.Tetrodes?.Counts.Subscribe(sorting.Observe);
        var comparing = outputs.ComparedOriginal is { } compared ? new ComparisonReproduction(compared) : null;
        using var scores = comparing is null ? null : outputs.Comparison?.Scores.Subscribe(comparing.Observe);
        var onPose = (outputs.Episodes is null ? null : Collector(setup, poses, outputs.Frames)) + (reproduction is null ? null : reproduction.Observe);
        SessionResult result;
        using (var line = new ProgressLine())
            result = session.Run(recorder, onPose, outputs.OnStep + (reproduction is null ? null : reproduction.Observe), progress => Show(progress, line), cancellation);
        result = result with { Notes = [.. outputs.Notes, .. setup.Notes, .. setup.Body.Notes], Reproduction = reproduction?.Result, SortingReproduction = sorting?.Result(), ComparisonReproduction = comparing?.Result() };
        if (outputs.SorterStatePath is { } kept)
            outputs.Tetrodes?.SaveState(kept);
        recorder?.Finish(new Dictionary<string, string> { ["json"] = Encoding.UTF8.GetString(JsonReport.ToUtf8(result)) });
        if (outputs.Episodes is { } plan)
            result = result with { Imitation = Judge(setup, plan, poses, result.Imitation, cancellation) };
        if (outputs.PicturePath is { } picture)
            result = Draw(session, picture, result);
        SessionSummary.Print(session, result);
        JsonReport.Write(outputs.Json, result);
        return result;
    }

    /// <summary>What stands at the beginning of the recording, the cameras included where there are any.</summary>
    private static RecordingContent ContentOf(SessionSetup setup, SessionInput input, SessionClock clock, SessionOutputs outputs)
    {
        var content = SessionArchive.ContentOf(setup, clock, outputs.Tetrodes, outputs.Attachments, outputs.Comparison);
        return input.Vision is { } vision && outputs.RecordsImages
            ? content with { Layout = content.Layout with { Frames = vision.FrameLayout }, ImageCodec = new JpegImages() }
            : content;
    }

    /// <summary>Draws the rodent as it stands. NB: a machine that cannot draw must not cost a session its summary.</summary>
    private static SessionResult Draw(Session session, string path, SessionResult result)
    {
        try
        {
            SessionPicture.Write(session.Setup, session.Rodent, path);
            return result with { Picture = path };
        }
        catch (Exception e) when (Failure.IsOfMachine(e))
        {
            return result with { Notes = [.. result.Notes, $"no picture was drawn: {Failure.Sentence(e)}"] };
        }
    }

    private static void Show(SessionProgress progress, ProgressLine line)
    {
        if (progress.Alarm is { } alarm)
            line.Announce(alarm);
        line.Report(SessionSummary.Line(progress));
    }

    /// <summary>Keeps a copy of every pose, in memory that is taken beforehand: nothing is allocated while the session runs.</summary>
    private static Action<Pose> Collector(SessionSetup setup, List<Pose> poses, long frames)
    {
        Pose Make() => new(setup.Body.Model.Nq, setup.Body.Model.Nv, setup.Layout.Count);
        var free = new Stack<Pose>();
        while (free.Count < frames)
            free.Push(Make());
        poses.EnsureCapacity(free.Count);
        return pose =>
        {
            var kept = free.TryPop(out var made) ? made : Make();
            kept.CopyFrom(pose);
            poses.Add(kept);
        };
    }

    private static ImitationResult Judge(SessionSetup setup, EpisodePlan plan, List<Pose> poses, ImitationResult result, CancellationToken cancellation)
    {
        var length = (int)Math.Round(plan.Seconds * setup.Configuration.RateHz);
        var score = ImitationEpisodes.Run(setup.Body, setup.Controller, setup.Configuration.Rodent, poses, length, plan.EveryFrames, setup.Forecaster, cancellation);
        return result with { Episodes = score.Episodes, Survival = score.Survival, EpisodeScore = score };
    }
}
