using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Comparison;

public class PoseBehavioursTests
{
    private static readonly Dictionary<Behaviour, string> s_names = new()
    {
        [Behaviour.Rest] = "rest", [Behaviour.Sniff] = "sniff", [Behaviour.Walk] = "walk", [Behaviour.Trot] = "trot", [Behaviour.TurnLeft] = "turn_left",
        [Behaviour.TurnRight] = "turn_right", [Behaviour.Rear] = "rear", [Behaviour.Groom] = "groom", [Behaviour.Shake] = "shake",
    };

    [Fact]
    public void What_a_simulated_rat_does_is_told_from_its_registered_poses()
    {
        // Another animal than those the limits were set on, seen with the errors of a camera rig.
        (Behaviour, double)[] life =
        [
            (Behaviour.Walk, 2), (Behaviour.Rest, 2.5), (Behaviour.Sniff, 2.5), (Behaviour.TurnLeft, 2), (Behaviour.Shake, 1.2), (Behaviour.Rear, 4.5), (Behaviour.TurnRight, 2),
            (Behaviour.Trot, 1.8), (Behaviour.Groom, 5),
        ];
        var description = RodentBody.Describe();
        using var source = new SimulatedKeypointSource(
            description, new SimulatedAnimalOptions { Seed = 71, IndividualSeed = 71, Scale = 0.98, MassKg = null, ArenaRadiusM = 2, Sequence = life }, new SimulatedVisionOptions { Seed = 71 }, durationS: 47);
        var animal = new AnimalFile
        {
            Name = "truth", BodyName = description.Name, BodySha256 = AnimalFile.HashOf(description), Scale = 0.98, FloorHeightM = 0,
            Offsets = [.. source.Layout.Names.Select((name, k) => new KeypointOffset(name, source.AnimalBody.Offset(k)[0], source.AnimalBody.Offset(k)[1], source.AnimalBody.Offset(k)[2]))],
            Segments = [new("HipL", "KneeL", 0.03, 0.001)], Statistics = new(500, 100, 0.1, 0.2, double.NaN, 0.4, [new("Snout", 0.1, 0.2)]), SourceFile = "nowhere.nwb", Samples = 100, Seed = 1,
        };
        using var body = animal.Apply(description, source.Layout);
        using var registrar = new Registrar(body, animal, new(), SimulatedAnimal.FramePeriodS);
        var layout = new FeatureLayout(source.Layout, [.. body.QposNames.Skip(7)], 0, ActivationLayout.Empty, 50);
        var (movement, row, classifier) = (new MovementFeatures(layout), new float[layout.Count], new PoseBehaviours(layout));
        var (keypoints, truth) = (new Keypoints(source.Layout), new SimulatedTruth(body.Model.Nq, source.Layout));
        var (told, right) = (new Dictionary<Behaviour, int>(), new Dictionary<Behaviour, int>());
        var (last, since) = (Behaviour.Postures, 0);
        for (var t = 0; source.TryRead(keypoints, default); t++)
        {
            movement.Write(registrar.Process(new(t, SessionTime.FromSeconds(t * 0.02), keypoints)), row);
            var label = classifier.Classify(row);
            Assert.True(source.Truth.TryGet(keypoints.Stamp.DeviceCounter, truth));
            (since, last) = truth.Behaviour == last ? (since + 1, last) : (0, truth.Behaviour);
            // A plan is not a movement yet: stopping takes its time, and rising begins and ends with the hands on the floor.
            var rises = last is Behaviour.Rear or Behaviour.Groom;
            if (label < 0 || since < (last == Behaviour.Shake ? 15 : rises ? 75 : 50) || (rises && !HandsAreUp()))
                continue;
            told[last] = told.GetValueOrDefault(last) + 1;
            right[last] = right.GetValueOrDefault(last) + (classifier.Names[label] == s_names[last] ? 1 : 0);
        }
        Assert.Equal(s_names.Keys.Order(), told.Keys.Order());
        bool HandsAreUp() => Math.Min(truth.KeypointPositions[(3 * source.Layout.IndexOf("HandL")) + 2], truth.KeypointPositions[(3 * source.Layout.IndexOf("HandR")) + 2]) > 0.03;

        foreach (var (behaviour, bins) in told)
            Assert.True(right[behaviour] >= 0.75 * bins, $"{behaviour}: {right[behaviour]} of {bins}");
        Assert.InRange(told.Keys.Average(behaviour => (double)right[behaviour] / told[behaviour]), 0.9, 1);
    }

    [Fact]
    public void A_circle_is_a_turn_a_wide_one_a_walk_and_a_pose_that_nobody_measured_is_nothing()
    {
        var layout = new FeatureLayout(KeypointLayout.Rat23, [], 0, ActivationLayout.Empty, 50);
        Assert.Equal("turn_left", After(0.06, 1));
        Assert.Equal("turn_right", After(0.06, -1));
        Assert.Equal("walk", After(0.1, 0.3));
        Assert.Equal("trot", After(0.2, 0));
        Assert.Equal("rest", After(0, 0));
        var (row, classifier) = (new FeatureRow(layout), new PoseBehaviours(layout));
        Assert.Equal(-1, classifier.Classify(row));
        Assert.Contains("'SpineF'", Assert.Throws<ClosedLoopException>(() => new PoseBehaviours(new(new(["Snout", "HandL", "HandR", "FootL", "FootR"], []), [], 0, ActivationLayout.Empty, 50))).Message, StringComparison.Ordinal);

        string After(double speedMPerS, double turningRadPerS)
        {
            var (given, told) = (new float[layout.Count], new PoseBehaviours(layout));
            (layout["root_kinematics"].Of(given.AsSpan())[0], layout["heading"].Of(given.AsSpan())[2]) = ((float)speedMPerS, (float)turningRadPerS);
            // The chest before the loin, the hands on the floor, far from the snout.
            Set("SpineF", 0.06f, 0, 0.06f);
            Set("SpineL", 0, 0, 0.06f);
            Set("Snout", 0.12f, 0, 0.05f);
            var label = -1;
            for (var t = 0; t < 50; t++)
                label = told.Classify(given);
            return told.Names[label];

            void Set(string keypoint, float x, float y, float z)
            {
                var place = layout["keypoints_allocentric"].Of(given.AsSpan())[(3 * layout.Keypoints.IndexOf(keypoint))..];
                (place[0], place[1], place[2]) = (x, y, z);
            }
        }
    }

    [Fact]
    public void A_file_may_say_it_instead_by_bin_or_by_time()
    {
        using var folder = new TemporaryFolder();
        var path = folder["told.csv"];
        File.WriteAllText(path, "bin,behaviour\n4,walk\n5,walk\n7,rest\n8,\n");
        var bins = BehaviourFile.Read(path);
        Assert.Equal(["walk", "rest"], bins.Names);
        Assert.Equal([-1, 0, -1, 1, -1], new long[] { 3, 5, 6, 7, 8 }.Select(bin => bins.At(bin, default)));
        File.WriteAllText(path, "time_s,behaviour\n1,walk\n2.5,rest\n4,\n");
        var times = BehaviourFile.Read(path);
        Assert.Equal([-1, 0, 0, 1, -1], new[] { 0.5, 1, 2.4, 2.5, 9 }.Select(seconds => times.At(0, SessionTime.FromSeconds(seconds))));
        foreach (var (text, complaint) in new[] { ("bin,label\n1,walk\n", "'behaviour'"), ("bin,behaviour\nx,walk\n", "line 2"), ("time_s,behaviour\n2,walk\n1,rest\n", "line 3"), ("bin,behaviour\n1\n", "line 2"), ("bin,behaviour\n", "no behaviour") })
        {
            File.WriteAllText(path, text);
            Assert.Contains(complaint, Assert.Throws<ClosedLoopException>(() => BehaviourFile.Read(path)).Message, StringComparison.Ordinal);
        }
    }
}
