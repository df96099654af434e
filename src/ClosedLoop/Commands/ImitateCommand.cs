using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Diagnostics;
using ClosedLoop.Imitation;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Sessions;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop imitate</c>: judges a controller on reference motion.</summary>
public static class ImitateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var references = new Option<string[]>("--reference")
        {
            Description = "What is to be imitated: motion clips (.h5 of stac-mjx, track-mjx or dm_control) or keypoint files (.nwb, .mat, .csv); several may follow each other.",
            HelpName = "FILE..",
            Required = true,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var policy = new Option<string>("--policy")
        {
            Description = "What drives the body: a policy (lstm, mlp, a model folder); servo; planner, which looks ahead in the physics; zero, which does nothing.",
            HelpName = ControllerFactory.HelpName,
            Required = true,
        };
        var animal = new Option<string?>("--animal")
        {
            Description = "The animal, as 'register' wrote it. Without one clips are imitated by a body of their own size, and animals fitted from keypoint files.",
            HelpName = "rat.yaml",
        };
        var scale = new Option<double?>("--scale") { Description = "Size of the body where no animal says it; the clips' own where nothing is said.", HelpName = "S" };
        var mass = new Option<double>("--mass-factor") { Description = "Make the body so many times as heavy as its size makes it.", HelpName = "X", DefaultValueFactory = _ => 1 };
        var episodes = new Option<string>("--episodes")
        {
            Description = "Episodes of SECONDS, started every EVERY_FRAMES control steps of each reference.",
            HelpName = "SECONDS:EVERY_FRAMES",
            DefaultValueFactory = _ => "4:20",
        };
        var control = new Option<double>("--control-hz") { Description = "Control steps a second.", HelpName = "HZ", DefaultValueFactory = _ => 50 };
        var threads = new Option<int>("--threads")
        {
            Description = "Episodes that run at a time; what comes out is the same with any number, but for the controllers' times.",
            HelpName = "N",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var figures = new Option<string?>("--figures") { Description = "Draw figures (.png) into this folder.", HelpName = "DIR" };
        var video = new Option<string?>("--video") { Description = "Make a video of the body along the first reference that is long enough, the reference beside it.", HelpName = "V.mp4" };
        var videoSeconds = new Option<double>("--video-seconds") { Description = "Longest video, seconds.", HelpName = "S", DefaultValueFactory = _ => 10 };
        var noise = new Option<LatentNoise>("--noise")
        {
            Description = "How a policy's latent is drawn: standard, its own standard deviations; inverted, their ranks reversed; uniform, one for all dimensions; none.",
            HelpName = "standard|inverted|uniform|none",
            DefaultValueFactory = _ => LatentNoise.Standard,
        };
        var gain = new Option<double>("--noise-gain") { Description = "The latent's noise is so many times as strong.", HelpName = "G", DefaultValueFactory = _ => 1 };
        var seed = new Option<int>("--noise-seed") { Description = "Seed of the latent's noise.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var json = JsonReport.CreateOption();
        var body = new BodyOptions();
        var reading = new KeypointFileArguments();
        var command = new Command("imitate", "Judge what drives the body on reference motion, beside the servo and a body that nobody drives.")
        {
            references, policy, animal, scale, mass, episodes, control, threads,
        };
        body.AddTo(command);
        reading.AddTo(command);
        foreach (var option in new Option[] { noise, gain, seed, figures, video, videoSeconds, json })
            command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            var files = parsed.GetRequiredValue(references);
            var name = parsed.GetRequiredValue(policy);
            ControllerFactory.Require(name);
            var plan = EpisodePlan.Parse(parsed.GetRequiredValue(episodes));
            var rate = parsed.GetRequiredValue(control);
            if (!(rate is > 0 and <= 10000))
                throw ClosedLoopException.Usage($"--control-hz {rate} is no rate of control steps; give a number above 0, 50 is that of the published work");
            var lengthFrames = (int)Math.Round(plan.Seconds * rate);
            if (lengthFrames < 1)
                throw ClosedLoopException.Usage($"episodes of {plan.Seconds:G4} s are shorter than a control step of {1 / rate:G4} s; give longer ones with --episodes SECONDS:EVERY_FRAMES");
            var massFactor = parsed.GetRequiredValue(mass);
            if (!(massFactor is >= 0.1 and <= 10))
                throw ClosedLoopException.Usage($"--mass-factor {massFactor} is not plausible; give a number from 0.1 to 10");
            var workers = parsed.GetRequiredValue(threads);
            if (workers is < 1 or > 256)
                throw ClosedLoopException.Usage($"--threads {workers} is not possible; give a number from 1 to 256");
            var known = parsed.GetValue(animal) is { } animalPath ? AnimalFile.Load(animalPath) : null;
            var size = parsed.GetValue(scale);
            if (size is not null && known is not null)
                throw ClosedLoopException.Usage("--scale is for bodies of no known animal, and --animal says how large this one is; leave one of them out");
            if (size is { } s && !(s is > 0.1 and < 10))
                throw ClosedLoopException.Usage($"--scale {s} is not plausible; give a number from 0.1 to 10");
            if (reading.Frames(parsed) is not null && files.Any(ReferenceLoader.HoldsClips))
                throw ClosedLoopException.Usage($"--frames is for keypoint files, and '{files.First(ReferenceLoader.HoldsClips)}' holds motion clips; leave it out");
            var (figureFolder, videoPath) = (parsed.GetValue(figures), parsed.GetValue(video));
            if (figureFolder is not null)
                OutputPath.RequireFolder("--figures", figureFolder);
            OutputPath.RequireFile("--video", videoPath);
            if (!(parsed.GetRequiredValue(videoSeconds) is > 0 and <= 3600))
                throw ClosedLoopException.Usage($"--video-seconds {parsed.GetRequiredValue(videoSeconds)} is not possible; give a number from above 0 to 3600");

            using var loader = new ReferenceLoader
            {
                Description = body.Resolve(parsed),
                Animal = known,
                Scale = size,
                MassFactor = massFactor,
                ControlPeriodS = 1 / rate,
                ClipRateHz = reading.RateHz(parsed),
                OpenKeypoints = path => reading.Open(parsed, path, playbackRate: null, clock: null),
            };
            using var line = new ProgressLine();
            foreach (var file in files)
            {
                line.Report($"reading {file}");
                loader.Load(file, cancellation);
            }
            var run = new ImitationRun
            {
                Policy = name,
                References = loader.References,
                LengthFrames = lengthFrames,
                EveryFrames = plan.EveryFrames,
                Options = new VirtualRodentOptions { ControlPeriodS = 1 / rate },
                Threads = workers,
                Network = new() { Noise = parsed.GetValue(noise), NoiseGain = parsed.GetValue(gain), Seed = parsed.GetValue(seed) },
            };
            var result = run.Run(line, cancellation);
            result = result with
            {
                References = files,
                MassFactor = massFactor,
                Notes = [.. loader.Notes, .. result.ClipsTooShort > 0 ? [$"{result.ClipsTooShort} of {result.Clips} clips are too short for an episode and were left out"] : Array.Empty<string>()],
            };
            if (figureFolder is not null)
                result = Draw(result, "no figures were drawn", () => result with { Figures = ImitationFigures.Write(result, figureFolder) });
            if (videoPath is not null)
            {
                result = Draw(result, "no video was made", () =>
                {
                    run.Film(videoPath, parsed.GetRequiredValue(videoSeconds), line, cancellation);
                    return result with { Video = videoPath };
                });
            }
            line.Dispose();
            ImitateSummary.Print(result);
            JsonReport.Write(parsed.GetValue(json), result);
            return Task.FromResult(0);
        });
        return command;
    }

    /// <summary>NB: a machine that cannot draw must not cost the numbers, which took far longer.</summary>
    private static ImitateResult Draw(ImitateResult result, string otherwise, Func<ImitateResult> draw)
    {
        try
        {
            return draw();
        }
        catch (Exception e) when (Failure.IsOfMachine(e))
        {
            return result with { Notes = [.. result.Notes, $"{otherwise}: {Failure.Sentence(e)}"] };
        }
    }
}
