using System.Globalization;
using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Tests.PoseTracking;
using ClosedLoop.Tests.Recording;
using ClosedLoop.Tests.Recording.KeypointFiles;

namespace ClosedLoop.Tests.EndToEnd;

/// <summary><c>register --clips</c> as a user runs it, on a planted animal and on the real rat.</summary>
public sealed class ClipCommandTests : IDisposable
{
    // Frames of the planted animal's table that lack nearly all keypoints. At the 100th it is lifted off the floor at once.
    private const int FirstLost = 200;
    private const int LastLost = 202;

    // The planted animal has the simpler look; the program's own body moves alike.
    private static readonly BodyDescription Body = RodentBody.Describe();
    private static readonly AnimalFile Animal = PlantedAnimal.Instance.TrueAnimal with { BodySha256 = AnimalFile.HashOf(Body) };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_planted_animal_becomes_clips_that_lie_where_it_was_and_leave_out_what_was_not_seen()
    {
        var planted = PlantedAnimal.Instance;
        var (table, animal, output) = (_folder["rat.csv"], _folder["rat.yaml"], _folder["rat.h5"]);
        File.WriteAllText(table, Table(planted));
        Animal.Save(animal);
        var facts = Run("register", table, "--animal", animal, "--clips", output, "--clip-seconds", "1.5", "--allow-missing");

        var library = ClipFileReader.Read(output);
        using var body = Animal.Apply(Body, KeypointLayout.Rat23);
        Assert.Same(library, library.MapTo(body.QposNames));
        Assert.Equal((PlantedAnimal.Scale, 0.0), (library.Scale, library.FloorHeightM));
        Assert.All(library.Clips, clip => Assert.Equal((75, 50.0), (clip.Frames, clip.RateHz)));
        // Clips are named after the first of their frames, as the file numbers them.
        var starts = library.Clips.Select(clip => int.Parse(clip.Name["truth_".Length..], CultureInfo.InvariantCulture) - 100).ToArray();
        // One before the lift, one before the gap, and two after it.
        Assert.Equal([0, 100, 203, 278], starts);

        var (sum, count) = (0.0, 0);
        using var data = new MujocoData(body.Model);
        foreach (var (start, clip) in starts.Zip(library.Clips))
            for (var frame = 0; frame < clip.Frames; frame++)
            {
                clip.Frame(frame).CopyTo(data.Qpos.Span);
                data.Kinematics();
                for (var k = 0; k < body.KeypointSites.Length; k++)
                {
                    var site = data.SitePositions.Row(body.KeypointSites[k]).ToArray();
                    sum += Math.Sqrt(Enumerable.Range(0, 3).Select(i => site[i] - planted.Sites[start + frame][(3 * k) + i]).Sum(d => d * d));
                    count++;
                }
            }
        Assert.InRange(sum / count, 0, 0.5e-3);

        var clips = facts.GetProperty("clips");
        Assert.Equal(4, clips.GetProperty("clips").GetInt32());
        Assert.Equal(PlantedAnimal.Frames, clips.GetProperty("frames").GetInt32());
        Assert.Equal(1 + LastLost - FirstLost, clips.GetProperty("frames_without_pose").GetInt32());
        Assert.Equal(3, clips.GetProperty("stretches").GetInt32());
        Assert.Equal(25 + 25 + (PlantedAnimal.Frames - 353), clips.GetProperty("frames_left_over").GetInt32());
    }

    [Fact]
    public void What_was_written_beside_the_poses_is_what_the_body_does_in_them()
    {
        var planted = PlantedAnimal.Instance;
        var (table, animal, output) = (_folder["rat.csv"], _folder["rat.yaml"], _folder["rat.h5"]);
        File.WriteAllText(table, Table(planted));
        Animal.Save(animal);
        Run("register", table, "--animal", animal, "--clips", output, "--clip-seconds", "2", "--frames", "0:200");

        using var file = Hdf5File.Open(output);
        using var body = Animal.Apply(Body, KeypointLayout.Rat23);
        var (nq, nv, bodies) = (body.Model.Nq, body.Model.Nv, body.Model.BodyCount);
        var qpos = Values("qpos", 200, nq);
        var qvel = Values("qvel", 200, nv);
        var xpos = Values("xpos", 200, bodies, 3);
        var xquat = Values("xquat", 200, bodies, 4);
        var sites = Values("marker_sites", 200, 23, 3);
        var keypoints = Values("kp_data", 200, 69);
        Assert.Equal(RodentBody.BodyNames.Prepend("world"), file.ReadStrings("names_xpos"));
        Assert.Equal(body.QposNames, file.ReadStrings("names_qpos"));
        Assert.Equal(Animal.Offsets.SelectMany(o => new[] { o.X, o.Y, o.Z }), Values("offsets", 23, 3));
        using var data = new MujocoData(body.Model);
        var velocity = new double[nv];
        foreach (var frame in (int[])[0, 98, 99, 150, 199])
        {
            qpos.AsSpan(frame * nq, nq).CopyTo(data.Qpos.Span);
            data.Kinematics();
            Assert.Equal(data.BodyPositions.Span.ToArray(), xpos[(frame * bodies * 3)..((frame + 1) * bodies * 3)]);
            Assert.Equal(data.BodyQuaternions.Span.ToArray(), xquat[(frame * bodies * 4)..((frame + 1) * bodies * 4)]);
            Assert.Equal(body.KeypointSites.SelectMany(site => data.SitePositions.Row(site).ToArray()), sites[(frame * 69)..((frame + 1) * 69)]);
            // The keypoints are relative to the floor, as the poses are.
            Assert.All(planted.Sites[frame].Zip(keypoints[(frame * 69)..((frame + 1) * 69)]), pair => Assert.Equal(pair.First, pair.Second, 6));
            // Over the frames' own period, and never across the end of a clip: its last frame repeats the one before.
            var from = frame % 100 == 99 ? frame - 1 : frame;
            body.Model.Differentiate(qpos.AsSpan(from * nq, nq), qpos.AsSpan((from + 1) * nq, nq), PlantedAnimal.PeriodS, velocity);
            Assert.Equal(velocity, qvel[(frame * nv)..((frame + 1) * nv)]);
        }

        double[] Values(string dataset, params int[] dimensions)
        {
            var (values, dims) = file.ReadDoubles(dataset);
            Assert.Equal(dimensions, dims);
            return values;
        }
    }

    [SkippableFact]
    public void The_real_rat_is_fitted_and_made_to_clips_in_one_go()
    {
        var source = TestData.Require("rat_keypoints/rat_keypoints_700.nwb");
        var (animal, output) = (_folder["rat.yaml"], _folder["rat.h5"]);
        var facts = Run("register", source, "--out", animal, "--clips", output);
        var clips = facts.GetProperty("clips");
        Assert.Equal(2, clips.GetProperty("clips").GetInt32());
        Assert.InRange(clips.GetProperty("mean_marker_error_mm").GetDouble(), 0.1, 2.5);
        var library = ClipFileReader.Read(output);
        Assert.Equal(["rat_0", "rat_250"], library.Clips.Select(clip => clip.Name));
        Assert.Equal(AnimalFile.Load(animal).Scale, library.Scale);
        // A rat's trunk is some centimetres above the floor that the poses are relative to.
        Assert.All(library.Clips, clip => Assert.InRange(Enumerable.Range(0, clip.Frames).Average(frame => clip.Frame(frame)[2]), 0.01, 0.12));

        // Again with the animal that was fitted: the same poses, without a fit.
        var again = _folder["again.h5"];
        Run("register", source, "--animal", animal, "--clips", again);
        Assert.All(library.Clips.Zip(ClipFileReader.Read(again).Clips), pair => Assert.Equal(pair.First.Qpos, pair.Second.Qpos));
    }

    [Theory]
    [InlineData("register needs --out", "rat.csv")]
    [InlineData("register needs --out", "rat.csv", "--clips", "{0}.h5")]
    [InlineData("add --clips", "rat.csv", "--animal", "rat.yaml")]
    [InlineData("leave one of them out", "rat.csv", "--animal", "rat.yaml", "--clips", "{0}.h5", "--out", "{0}.yaml")]
    [InlineData("--samples says how an animal is fitted", "rat.csv", "--animal", "rat.yaml", "--clips", "{0}.h5", "--samples", "50")]
    [InlineData("--clip-seconds needs --clips", "rat.csv", "--out", "{0}.yaml", "--clip-seconds", "2")]
    [InlineData("give 1 or more", "rat.csv", "--out", "{0}.yaml", "--clips", "{0}.h5", "--clip-seconds", "0.5")]
    [InlineData("ends in .h5", "rat.csv", "--out", "{0}.yaml", "--clips", "{0}.nwb")]
    public void Options_that_do_not_go_together_are_refused(string message, params string[] arguments)
    {
        var place = _folder["out"];
        var result = ProgramRunner.Run(["register", .. arguments.Select(argument => argument.Replace("{0}", place, StringComparison.Ordinal))]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, Assert.Single(result.ErrorLines));
    }

    [Fact]
    public void A_file_without_a_stretch_long_enough_says_how_long_its_longest_is()
    {
        var planted = PlantedAnimal.Instance;
        var (table, animal, output) = (_folder["rat.csv"], _folder["rat.yaml"], _folder["rat.h5"]);
        File.WriteAllText(table, Table(planted));
        Animal.Save(animal);
        var result = ProgramRunner.Run("register", table, "--animal", animal, "--clips", output, "--allow-missing");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("its longest stretch without a gap has 3.94 s; give --clip-seconds 3.9 or less", result.Error);
        Assert.False(File.Exists(output));
    }

    /// <summary>The planted animal as a table, but for most keypoints of the frames that are lost.</summary>
    private static string Table(PlantedAnimal planted)
    {
        double[] positions = [.. Enumerable.Range(0, PlantedAnimal.Frames).SelectMany(frame => planted.Keypoints(frame).Positions)];
        for (var frame = FirstLost; frame <= LastLost; frame++)
            positions.AsSpan((69 * frame) + 9, 60).Fill(double.NaN);
        return SampleFiles.Csv(positions);
    }

    private JsonElement Run(params string[] arguments)
    {
        var report = _folder["facts.json"];
        var result = ProgramRunner.Run([.. arguments, "--json", report]);
        Assert.True(result.ExitCode == 0, result.ToString());
        using var document = JsonDocument.Parse(File.ReadAllText(report));
        return document.RootElement.Clone();
    }
}
