using System.Globalization;
using System.Text;
using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.Recording;
using ClosedLoop.Tests.Recording.KeypointFiles;

namespace ClosedLoop.Tests.CommandLine;

/// <summary>
/// One <c>demo</c> of three seconds and one <c>register</c> of a small table of a simulated animal, run once as a user runs
/// them; the tests look at what they left behind and go on from there.
/// </summary>
public sealed class CommandSessions : IDisposable
{
    /// <summary>Frames of the table, of which the first half are registered.</summary>
    public const int Frames = 200;

    private readonly TemporaryFolder _folder = new();
    private int _files;

    public CommandSessions()
    {
        DemoFolder = _folder["demo"];
        Demo = ProgramRunner.Run("demo", "--keypoints", "simulated", "--seconds", "3", "--out", DemoFolder, "--json", _folder["demo.json"]);

        Table = _folder["rat.csv"];
        Positions = SimulatedPositions();
        File.WriteAllText(Table, SampleFiles.Csv(Positions));
        Animal = _folder["animal.yaml"];
        Register = ProgramRunner.Run("register", Table, "--out", Animal, "--name", "Remy", "--frames", "0:150", "--json", _folder["register.json"]);
    }

    public string DemoFolder { get; }

    public ProgramResult Demo { get; }

    public JsonElement DemoFacts => Facts(_folder["demo.json"]);

    public string DemoRecording => Assert.Single(Directory.GetFiles(DemoFolder, "*.mcap"));

    /// <summary>A table of every keypoint of <see cref="Frames"/> frames.</summary>
    public string Table { get; }

    /// <summary>Its numbers: x, y, z per keypoint per frame, metres.</summary>
    public double[] Positions { get; }

    /// <summary>The animal file of the table's animal.</summary>
    public string Animal { get; }

    public ProgramResult Register { get; }

    public JsonElement RegisterFacts => Facts(_folder["register.json"]);

    public void Dispose() => _folder.Dispose();

    /// <summary>A path for a new file.</summary>
    public string NewFile(string extension) => _folder[$"{Interlocked.Increment(ref _files)}.{extension}"];

    /// <summary>Replays to its end and returns what its report says.</summary>
    public JsonElement Replay(params string[] arguments)
    {
        var report = NewFile("json");
        var result = ProgramRunner.Run(["replay", .. arguments, "--json", report]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return Facts(report);
    }

    /// <summary>Our own rat as another laboratory's body would come: a model file and an attachment file.</summary>
    public (string Body, string Attachment) WriteBody(Func<string, string>? changeBody = null, Func<string, string>? changeAttachment = null)
    {
        var description = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes });
        Assert.Empty(description.Files);
        var text = new StringBuilder("KEYPOINT_MODEL_PAIRS:\n");
        foreach (var attachment in description.Attachments)
            text.Append(CultureInfo.InvariantCulture, $"  {attachment.Keypoint}: {attachment.Body}\n");
        text.Append("KEYPOINT_INITIAL_OFFSETS:\n");
        foreach (var a in description.Attachments)
            text.Append(CultureInfo.InvariantCulture, $"  {a.Keypoint}: {a.X:R} {a.Y:R} {a.Z:R}\n");
        text.Append(CultureInfo.InvariantCulture, $"ROOT_OPTIMIZATION_KEYPOINT: {description.RootKeypoint}\n");
        text.Append(CultureInfo.InvariantCulture, $"TRUNK_OPTIMIZATION_KEYPOINTS: [{string.Join(", ", description.TrunkKeypoints)}]\n");
        text.Append(CultureInfo.InvariantCulture, $"SITES_TO_REGULARIZE: [{string.Join(", ", description.RegularisedKeypoints)}]\n");
        var (body, file) = (NewFile("xml"), NewFile("yaml"));
        File.WriteAllText(body, changeBody?.Invoke(description.Mjcf) ?? description.Mjcf);
        File.WriteAllText(file, changeAttachment?.Invoke(text.ToString()) ?? text.ToString());
        return (body, file);
    }

    private static JsonElement Facts(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }

    /// <summary>A simulated animal that is seen with noise but without gaps.</summary>
    private static double[] SimulatedPositions()
    {
        var vision = new SimulatedVisionOptions { Seed = 3, TrunkMissing = 0, LimbMissing = 0, PawMissing = 0, SwapsPerMinute = 0 };
        using var source = new SimulatedKeypointSource(SimulatedLaboratory.Body, new() { Seed = 3 }, vision, clock: null, Frames / 50.0);
        var positions = new List<double>();
        for (var set = new Keypoints(source.Layout); source.TryRead(set, CancellationToken.None);)
            positions.AddRange(set.Positions);
        Assert.Equal(Frames * 3 * 23, positions.Count);
        Assert.All(positions, number => Assert.True(double.IsFinite(number)));
        return [.. positions];
    }
}

/// <summary>Classes of this collection share one <see cref="CommandSessions"/>.</summary>
[CollectionDefinition(Name)]
public sealed class CommandCollection : ICollectionFixture<CommandSessions>
{
    public const string Name = "sessions by commands";
}
