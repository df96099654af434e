using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation;

/// <summary>A stretch of a simulated animal's life, recorded frame by frame for tests to judge.</summary>
internal sealed class SimulatedLife
{
    public static readonly BodyDescription Rat = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes });

    public List<double[]> Qpos { get; } = [];

    public List<double[]> Keypoints { get; } = [];

    public List<Behaviour> Behaviours { get; } = [];

    public int Falls { get; private set; }

    public static SimulatedLife Of(double seconds, params (Behaviour, double)[] sequence) => Of(seconds, 3, sequence);

    public static SimulatedLife Of(double seconds, int seed, params (Behaviour, double)[] sequence) =>
        Of(seconds, new SimulatedAnimalOptions { Seed = seed, Sequence = sequence.Length > 0 ? sequence : null });

    /// <summary>Far from walls, so that the list is followed as it stands.</summary>
    public static SimulatedLife InTheOpen(double seconds, params (Behaviour, double)[] sequence) =>
        Of(seconds, new SimulatedAnimalOptions { Seed = 3, Sequence = sequence, ArenaRadiusM = 10 });

    private static SimulatedLife Of(double seconds, SimulatedAnimalOptions options)
    {
        using var animal = new SimulatedAnimal(Rat, options);
        var life = new SimulatedLife();
        for (var frame = 0; frame < seconds * 50; frame++)
        {
            animal.Advance();
            life.Qpos.Add(animal.Qpos.ToArray());
            life.Keypoints.Add(animal.KeypointPositions.ToArray());
            life.Behaviours.Add(animal.Behaviour);
        }
        life.Falls = animal.Falls;
        return life;
    }

    /// <summary>Frames of a behaviour, without the first seconds of each bout.</summary>
    public List<int> During(Behaviour behaviour, double after)
    {
        var frames = new List<int>();
        var begun = -1;
        for (var i = 0; i < Behaviours.Count; i++)
        {
            if (Behaviours[i] != behaviour)
                begun = -1;
            else if (begun < 0)
                begun = i;
            if (begun >= 0 && i - begun >= after * 50)
                frames.Add(i);
        }
        return frames;
    }

    public double Yaw(int frame)
    {
        var q = Qpos[frame];
        return Math.Atan2(2 * ((q[3] * q[6]) + (q[4] * q[5])), 1 - (2 * ((q[5] * q[5]) + (q[6] * q[6]))));
    }

    public double[] Point(int frame, string keypoint)
    {
        var start = 3 * KeypointLayout.Rat23.IndexOf(keypoint);
        return Keypoints[frame][start..(start + 3)];
    }

    public double Distance(int frame, string a, string b) => Math.Sqrt(Point(frame, a).Zip(Point(frame, b), (x, y) => (x - y) * (x - y)).Sum());
}
