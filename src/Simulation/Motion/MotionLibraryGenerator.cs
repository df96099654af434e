using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// Makes reference motion: simulated animals of many sizes live through their repertoire and through postures beyond it,
/// and what they do is cut into clips, brought to the size of the body's description. Motion that ends in a fall is left out.
/// </summary>
public static class MotionLibraryGenerator
{
    // A life is short, so that there are many individuals and threads share them well.
    private const double LifeS = 60;

    // An animal that falls was in trouble for a while before.
    private const int FramesBeforeFall = 50;

    private static readonly (Behaviour, double)[] s_seldom =
    [
        (Behaviour.Rear, 3), (Behaviour.Walk, 1.5), (Behaviour.Shake, 1), (Behaviour.Trot, 1.6), (Behaviour.TurnLeft, 1.3), (Behaviour.Groom, 4), (Behaviour.Sniff, 1.5),
        (Behaviour.Rear, 3.5), (Behaviour.TurnRight, 1.3), (Behaviour.Trot, 1.6), (Behaviour.Walk, 2), (Behaviour.Shake, 1), (Behaviour.Rest, 1),
    ];

    /// <summary>Makes a library.</summary>
    /// <param name="options">How much, and of what.</param>
    /// <param name="progress">Told the lives that are done, and how many there will be; from any thread.</param>
    /// <param name="cancellation">Asked before each life.</param>
    public static MotionLibrary Generate(MotionLibraryOptions options, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        if (!(options.Minutes > 0) || options.ClipFrames < 25 || options.PostureShare is not (>= 0 and <= 1) || options.SetPointShare is not (>= 0 and <= 1) || !(options.VariedCopies >= 0) || options.Threads < 1)
            throw ClosedLoopException.Usage("a motion library needs minutes above 0, clips of at least 25 frames, a share of postures from 0 to 1, and at least one thread");
        var body = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes });
        var lives = (int)Math.Ceiling(options.Minutes * 60 / LifeS);
        var clips = new List<MotionClip>[lives];
        var done = 0;
        Parallel.For(0, lives, new() { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation }, life =>
        {
            clips[life] = Live(body, options, life);
            progress?.Invoke(Interlocked.Increment(ref done), lives);
        });
        using var model = body.Compile(KeypointLayout.Rat23);
        var names = model.Model.Names(ObjectType.Joint);
        return new()
        {
            QposNames = [.. Enumerable.Repeat(names[0], MotionClip.RootLength), .. names.Skip(1)],
            Scale = 1,
            Clips = [.. clips.SelectMany(list => list)],
            Source = $"simulated motion, seed {options.Seed}",
        };
    }

    private static List<MotionClip> Live(BodyDescription body, MotionLibraryOptions options, int life)
    {
        var seed = (options.Seed * 10_007) + life;
        var random = new RandomStream(seed, "motion library");
        var scale = random.Uniform(0.8, 1.1);
        var massKg = RodentBody.MassKg * Math.Pow(scale, 3) * random.Uniform(0.85, 1.15);
        // Shares are kept evenly along the lives, not by chance: libraries are small.
        var place = ((life * 0.618034) + 0.5) % 1;
        if (place < options.SetPointShare)
            return Driven(body, options, life, scale, massKg, random);
        var postures = place < options.SetPointShare + options.PostureShare;
        // Of three lives of the repertoire one is planned, so that what is seldom comes often enough.
        var planned = life % 3 == 0;
        using var animal = new SimulatedAnimal(body, new()
        {
            Seed = seed,
            IndividualSeed = seed,
            Scale = scale,
            MassKg = massKg,
            OffsetSdM = 0,
            ArenaRadiusM = postures || planned ? 1 : 0.5,
            Sequence = postures ? [(Behaviour.Postures, 6), (Behaviour.Rest, 0.5)] : planned ? s_seldom : null,
        });
        using var varied = new MotionVariation(animal.Body, random);
        var (clips, qpos, labels) = (new List<MotionClip>(), new List<double>(), new List<string>());
        for (var frame = 0; frame < LifeS / SimulatedAnimal.FramePeriodS; frame++)
        {
            animal.Advance();
            if (animal.WasReset)
            {
                // What led to the fall goes with it.
                var kept = Math.Max(0, labels.Count - FramesBeforeFall);
                qpos.RemoveRange(kept * animal.Qpos.Length, (labels.Count - kept) * animal.Qpos.Length);
                labels.RemoveRange(kept, labels.Count - kept);
                Cut(ends: true);
                continue;
            }
            qpos.AddRange(animal.Qpos);
            labels.Add(animal.Behaviour.ToString());
            Cut(ends: false);
        }
        return clips;

        // NB: clips that are too short are thrown away: files of other tools know one length alone.
        void Cut(bool ends)
        {
            // One clip stays back until a fall could not reach into it any more.
            while (labels.Count >= options.ClipFrames + (ends ? 0 : FramesBeforeFall))
            {
                var count = options.ClipFrames * animal.Qpos.Length;
                var each = labels.GetRange(0, options.ClipFrames);
                var behaviour = each.GroupBy(label => label).MaxBy(group => group.Count())!.Key;
                var clip = new MotionClip
                {
                    Name = $"{behaviour}_{life}{clips.Count:D2}",
                    Behaviour = behaviour,
                    RateHz = 1 / SimulatedAnimal.FramePeriodS,
                    Frames = options.ClipFrames,
                    Nq = animal.Qpos.Length,
                    Qpos = [.. qpos.Take(count)],
                    FrameBehaviours = each,
                };
                clips.Add(AtScaleOne(clip, scale));
                if (random.Uniform() < options.VariedCopies)
                    clips.Add(AtScaleOne(varied.Of(clip, $"{behaviour}_{life}{clips.Count:D2}"), scale));
                qpos.RemoveRange(0, count);
                labels.RemoveRange(0, options.ClipFrames);
            }
            if (ends)
            {
                qpos.Clear();
                labels.Clear();
            }
        }
    }

    /// <summary>A body whose servos wander: as much motion as a life gives, what ends in a fall left out.</summary>
    private static List<MotionClip> Driven(BodyDescription description, MotionLibraryOptions options, int life, double scale, double massKg, RandomStream random)
    {
        using var body = description.Compile(KeypointLayout.Rat23, scale, massKg);
        using var motion = new SetPointMotion(body, random);
        var clips = new List<MotionClip>();
        var wanted = (int)(LifeS / SimulatedAnimal.FramePeriodS / options.ClipFrames);
        // Some fall over; enough attempts for as much motion as a life gives, and no more than that takes.
        for (var attempt = 0; attempt < 6 * wanted && clips.Count < wanted; attempt++)
        {
            if (motion.Of(options.ClipFrames, SimulatedAnimal.FramePeriodS) is not { } qpos)
                continue;
            clips.Add(AtScaleOne(new()
            {
                Name = $"SetPoints_{life}{clips.Count:D2}",
                Behaviour = "SetPoints",
                RateHz = 1 / SimulatedAnimal.FramePeriodS,
                Frames = options.ClipFrames,
                Nq = body.Model.Nq,
                Qpos = qpos,
            }, scale));
        }
        return clips;
    }

    private static MotionClip AtScaleOne(MotionClip clip, double scale)
    {
        var qpos = clip.Qpos.ToArray();
        for (var frame = 0; frame < clip.Frames; frame++)
            for (var axis = 0; axis < 3; axis++)
                qpos[(frame * clip.Nq) + axis] /= scale;
        return new() { Name = clip.Name, Behaviour = clip.Behaviour, RateHz = clip.RateHz, Frames = clip.Frames, Nq = clip.Nq, Qpos = qpos, FrameBehaviours = clip.FrameBehaviours };
    }
}
