using ClosedLoop.Core;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace ClosedLoop.Physics;

/// <summary>
/// The table models/rodent/anatomy.yaml with its tail unrolled and its right side mirrored from the left. Lengths are in
/// mm, masses in g and angles in degrees, as in the file.
/// </summary>
internal sealed class Anatomy
{
    private static readonly Lazy<Anatomy> RatOnce = new(() => new Anatomy(Read<AnatomyTable>("anatomy.yaml")));

    private Anatomy(AnatomyTable table)
    {
        Kinds = table.JointKinds;
        Bodies = [.. Mirror.Runs([.. table.Bodies, .. TailSeries.Unroll(table.Tail)], body => body.Name, Mirror.Body)];
        Tendons = table.Tendons;
        ActivationFilterS = table.Actuators.ActivationFilterS;
        Actuators = [.. Mirror.Runs(
            [.. table.Actuators.Kp.Select(row => new ServoRow(row[0], TailSeries.Number(row[1])))],
            servo => servo.Name,
            servo => servo with { Name = Mirror.Name(servo.Name) })];
        Shapes = [.. Mirror.Runs(table.Shapes, shape => shape.Name, Mirror.Shape)];
        Sites = [.. Mirror.Runs(table.Sites, site => site.Name, Mirror.Site)];
        Excludes = [.. table.ContactExcludes.SelectMany(Mirror.Pair).Distinct()];
        Standing = table.Standing;

        Keypoints = [];
        foreach (var (name, keypoint) in table.Keypoints)
        {
            Keypoints[name] = keypoint;
            if (name.EndsWith('L') && KeypointLayout.Rat23.Names.Contains(name[..^1] + "R"))
                Keypoints[name[..^1] + "R"] = new() { Body = Mirror.Name(keypoint.Body), OffsetMm = Mirror.Point(keypoint.OffsetMm) };
        }
    }

    /// <summary>The rat of the embedded table.</summary>
    public static Anatomy Rat => RatOnce.Value;

    public IReadOnlyDictionary<string, JointKind> Kinds { get; }

    /// <summary>Parents before children; siblings in the order of the published model.</summary>
    public IReadOnlyList<BodyRow> Bodies { get; }

    public IReadOnlyDictionary<string, Dictionary<string, double>> Tendons { get; }

    public double ActivationFilterS { get; }

    /// <summary>In the order of the control vector.</summary>
    public IReadOnlyList<ServoRow> Actuators { get; }

    public IReadOnlyList<ShapeRow> Shapes { get; }

    public IReadOnlyList<SiteRow> Sites { get; }

    public IReadOnlyList<(string First, string Second)> Excludes { get; }

    public Dictionary<string, KeypointRow> Keypoints { get; }

    public StandingRow Standing { get; }

    /// <summary>Sum of the bodies' masses, g.</summary>
    public double MassG => Bodies.Sum(body => body.MassG);

    /// <summary>Reads a table that travels inside this assembly.</summary>
    internal static T Read<T>(string name)
    {
        using var stream = typeof(Anatomy).Assembly.GetManifestResourceStream($"rodent/{name}")
            ?? throw ClosedLoopException.Failed($"models/rodent/{name} is not in this build of the Physics assembly; build it again");
        using var reader = new StreamReader(stream);
        try
        {
            return new DeserializerBuilder()
                .WithNamingConvention(UnderscoredNamingConvention.Instance)
                .Build()
                .Deserialize<T>(reader);
        }
        catch (YamlException error)
        {
            throw ClosedLoopException.Failed(
                $"models/rodent/{name} cannot be read: line {error.Start.Line}, column {error.Start.Column}: " +
                $"{error.InnerException?.Message ?? error.Message}; correct it and build again",
                error);
        }
    }
}
