using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Sessions;

namespace ClosedLoop.Imitation;

/// <summary>Runs a controller, the servo and a body that nobody drives over the same episodes of the same references.</summary>
internal sealed class ImitationRun
{
    /// <summary>The controller asked for.</summary>
    public required string Policy { get; init; }

    /// <summary>What is to be imitated.</summary>
    public required IReadOnlyList<ImitationReference> References { get; init; }

    /// <summary>Control steps of an episode.</summary>
    public required int LengthFrames { get; init; }

    /// <summary>Frames from one start to the next.</summary>
    public required int EveryFrames { get; init; }

    /// <summary>Period and limits.</summary>
    public required VirtualRodentOptions Options { get; init; }

    /// <summary>How the controller is run where it is a network.</summary>
    public PolicyOptions Network { get; init; } = new();

    /// <summary>How many episodes run at a time.</summary>
    public required int Threads { get; init; }

    /// <summary>Runs and judges.</summary>
    /// <exception cref="ClosedLoopException">No reference is long enough for an episode, or a controller cannot drive the body.</exception>
    public ImitateResult Run(IProgress<string> progress, CancellationToken cancellation)
    {
        string[] names = [.. new[] { Policy, "servo", "zero" }.Distinct()];
        var ahead = names.Max(Ahead);
        var plan = EpisodeTeam.Plan(References, LengthFrames, EveryFrames, ahead);
        var needed = LengthFrames + ahead + 1;
        if (plan.Count == 0)
        {
            var longest = References.MaxBy(reference => reference.Poses.Frames)!;
            throw ClosedLoopException.Usage(
                $"no reference is long enough for an episode of {LengthFrames * Options.ControlPeriodS:G4} s, which needs {needed} frames: the longest, '{longest.Name}', has {longest.Poses.Frames}; ask for shorter episodes with --episodes SECONDS:EVERY_FRAMES, or give longer references");
        }
        var judged = names.ToDictionary(name => name, name =>
        {
            var team = new EpisodeTeam { MakeController = body => Make(name, body), Options = Options, Threads = Threads };
            var traces = team.Run(plan, LengthFrames, done => progress.Report($"{name}: {done} of {plan.Count} episodes"), cancellation);
            EpisodeOutcome[] outcomes = [.. traces.Select((trace, i) => EpisodeOutcome.Of(plan[i].Reference.Name, trace, Options.ControlPeriodS))];
            return (Measures: ImitationJudge.Judge(traces, Options.ControlPeriodS), Outcomes: outcomes);
        });
        return new(Policy, judged[Policy].Measures, judged["servo"].Measures, judged["zero"].Measures)
        {
            EpisodeList = judged[Policy].Outcomes,
            Clips = References.Count,
            ClipsTooShort = References.Count(reference => reference.Poses.Frames < needed),
            EveryFrames = EveryFrames,
            ControlHz = 1 / Options.ControlPeriodS,
            Body = References[0].Body.Description.Name,
            SmallestScale = References.Min(reference => reference.Body.Scale),
            LargestScale = References.Max(reference => reference.Body.Scale),
        };
    }

    /// <summary>Makes a video of the controller asked for along the first reference that an episode fits into.</summary>
    /// <exception cref="ClosedLoopException">This machine cannot render, or the file cannot be written.</exception>
    public void Film(string path, double seconds, IProgress<string> progress, CancellationToken cancellation)
    {
        var reference = References.First(reference => reference.Poses.Frames > LengthFrames);
        using var controller = ControllerFactory.Create(Policy, reference.Body, Options.ControlPeriodS, Threads, Network);
        new ImitationVideo { Reference = reference, Controller = controller, Options = Options, Seconds = seconds }.Write(path, progress, cancellation);
    }

    // NB: episodes run at the same time, so that each controller gets one thread: more would only wait for each other.
    private IRodentController Make(string name, BodyModel body) => ControllerFactory.Create(name, body, Options.ControlPeriodS, threads: 1, Network);

    private int Ahead(string name)
    {
        using var controller = Make(name, References[0].Body);
        return controller.FutureFrames - 1;
    }
}
