using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Tetrodes;
using ClosedLoop.Vision;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop replay</c>: a recording or a keypoint file through the pipeline of a live session.</summary>
public static class ReplayCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var path = new Argument<string>("FILE") { Description = "A recording (.mcap) or a keypoint file (.nwb, .mat, .csv, or a .mcap that holds keypoints alone)." };
        var animal = new Option<string?>("--animal")
        {
            Description = "The animal, as 'register' wrote it; fitted from the file itself where none is given.",
            HelpName = "rat.yaml",
        };
        var rate = PlaybackRate.CreateOption();
        var episodes = new Option<string?>("--episodes")
        {
            Description = "Also judge the controller on episodes of SECONDS, started every EVERY_FRAMES frames.",
            HelpName = "SECONDS:EVERY_FRAMES",
        };
        var policy = new Option<string?>("--policy")
        {
            Description = "What drives the virtual rodent along a keypoint file: a policy (lstm, mlp, a model folder); servo; planner, which looks ahead in the physics and takes longer than real time; zero, which does nothing. The shipped policy where nothing is said.",
            HelpName = ControllerFactory.HelpName,
        };
        var record = new Option<string?>("--record") { Description = "Record the session.", HelpName = "OUT.mcap" };
        var picture = new Option<string?>("--picture") { Description = "Draw the virtual rodent as it stands at the end.", HelpName = "OUT.png" };
        var json = JsonReport.CreateOption();
        var body = new BodyOptions();
        var reading = new KeypointFileArguments();
        var vision = new VisionArguments();
        var reference = new ReferenceModeArguments();
        var command = new Command("replay", "Play a recording or a keypoint file through the pipeline of a live session.") { path, animal };
        body.AddTo(command);
        reading.AddTo(command);
        vision.AddTo(command);
        reference.AddTo(command);
        foreach (var option in new Option[] { rate, policy, episodes, record, picture, json })
            command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            var clock = new SessionClock();
            var source = parsed.GetRequiredValue(path);
            var playbackRate = PlaybackRate.Parse(parsed.GetRequiredValue(rate));
            var plan = parsed.GetValue(episodes) is { } episodesText ? EpisodePlan.Parse(episodesText) : (EpisodePlan?)null;
            OutputPath.RequireNewFile("--record", parsed.GetValue(record));
            OutputPath.RequireFile("--picture", parsed.GetValue(picture));
            var isSession = SessionRecording.HasEnding(source) && !KeypointFile.IsRecordingOfKeypoints(source);
            // NB: for a recording it is what the recording says, changed: see below.
            var rodent = isSession ? new() : reference.Apply(parsed, new());
            var networks = vision.Networks(parsed);
            if (networks is not null && !isSession)
                throw ClosedLoopException.Usage($"'--keypoints vision' looks at the images of a recorded session (.mcap), and '{source}' is a keypoint file; 'closedloop track' makes keypoints of videos");
            var known = parsed.GetValue(animal) is { } animalPath ? AnimalFile.Load(animalPath) : null;
            var description = body.IsGiven(parsed) || !isSession ? body.Resolve(parsed) : null;

            void Play(SessionSetup setup, SessionInput input, IEnumerable<string> notes, long frameCount, SessionRecording? original, TetrodeStage? tetrodes = null, SessionRecording? sorted = null, ComparisonStage? comparison = null, Action<ControlStep>? onStep = null) =>
                SessionRun.Execute(setup, input, clock, new()
                {
                    RecordingPath = parsed.GetValue(record),
                    RecordsImages = false,
                    PicturePath = parsed.GetValue(picture),
                    Json = parsed.GetValue(json),
                    Notes = notes,
                    Original = original,
                    Tetrodes = tetrodes,
                    SortedOriginal = sorted,
                    Comparison = comparison,
                    ComparedOriginal = comparison is null ? null : original,
                    OnStep = onStep,
                    Episodes = plan,
                    Frames = frameCount,
                }, cancellation);

            if (isSession)
            {
                reading.RefuseForRecordings(parsed, source);
                if (parsed.GetValue(policy) is not null)
                    throw ClosedLoopException.Usage($"'--policy' is for keypoint files, and '{source}' is a recording, which is replayed with what drove its body; leave it out");
                var frames = reading.Range(parsed);
                using var recording = SessionRecording.Open(source);
                if (networks is not null)
                {
                    // NB: images first: what was recorded without cameras has no calibration either.
                    var images = RecordedImages.Open(recording, playbackRate, clock, frames);
                    using var found = networks.Open(images, RecordedImages.CalibrationOf(recording, vision.Calibration(parsed)).Rig, clock, isLive: false);
                    using var seen = SessionArchive.SetupOf(recording, description, known, found, options => reference.Apply(parsed, options));
                    using var ticks = new SourceInput(found, clock);
                    string[] notes = [.. recording.Notes, $"the keypoints are of {found.Description}; a tick for each set of images"];
                    Play(seen, ticks, parsed.GetValue(record) is null ? notes : [.. notes, $"the images are not recorded once more: they are in '{source}'"], images.SetCount, original: null);
                    return Task.FromResult(0);
                }
                using var setup = SessionArchive.SetupOf(recording, description, known, keypoints: null, options => reference.Apply(parsed, options));
                using var input = new RecordingInput(recording, clock, playbackRate, frames);
                // NB: what is computed depends on all that came before: a replay that begins in the middle is not to be compared.
                var comparable = known is null && description is null && !reference.IsGiven(parsed) && frames is null or { From: 0 };
                // Some frames of a session have no samples of their own: all are sorted, or none.
                using var samples = frames is null && recording.Count(RecordingTopics.Samples) > 0 ? new RecordingSampleSource(recording, speed: playbackRate, clock: clock) : null;
                using var tetrodes = samples is null ? null : SessionArchive.TetrodesOf(recording, samples, clock);
                // What was compared is compared again, as long as the session is the same and all of it is played.
                using var comparison = comparable && frames is null ? SessionArchive.ComparisonOf(recording, setup, clock) : null;
                var counts = comparison is null || samples is not null ? null : new RecordedCounts(recording, comparison);
                Play(setup, input, recording.Notes, recording.Count(RecordingTopics.Ticks), comparable ? recording : null, tetrodes, samples is null ? null : recording, comparison, counts is null ? null : counts.Observe);
            }
            else
            {
                using var file = reading.Open(parsed, source, playbackRate, clock);
                var notes = new List<string>(file.Notes);
                known ??= FitTo(description!, file, notes, cancellation);
                using var setup = new SessionSetup(description!, known, file.Layout, new()
                {
                    RateHz = file.RateHz,
                    Source = file.Description,
                    Controller = parsed.GetValue(policy),
                    Rodent = rodent,
                });
                using var input = new SourceInput(file, clock);
                Play(setup, input, notes, file.FrameCount, original: null);
            }
            return Task.FromResult(0);
        });
        return command;
    }

    private static AnimalFile FitTo(BodyDescription description, KeypointFile file, List<string> notes, CancellationToken cancellation)
    {
        var fit = AnimalFitting.Fit(description, file, heldOut: 0, new() { Name = Path.GetFileNameWithoutExtension(file.Path), SourceFile = Path.GetFileName(file.Path) }, cancellation);
        notes.Add("no --animal was given: size, offsets and floor were fitted from this very file");
        notes.AddRange(fit.Notes);
        return fit.Animal;
    }
}
