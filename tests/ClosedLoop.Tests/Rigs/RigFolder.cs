using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Rigs;
using ClosedLoop.Tests.PoseTracking;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Rigs;

/// <summary>A folder with all that a rig file may name: an animal of our own rat's body, a clip of its keypoints.</summary>
internal sealed class RigFolder : IDisposable
{
    public const int ClipFrames = 100;
    private readonly TemporaryFolder _folder = new();

    public RigFolder() => Animal().Save(_folder["rat.yaml"]);

    public string this[string name] => _folder[name];

    /// <summary>A rig without hardware that records here.</summary>
    public const string Simulated = """
        name: testing
        keypoints:
          source: simulated
          seed: 3
        animal: rat.yaml
        recording:
          folder: recordings
          minimum_free_gb: 0.1
        """;

    /// <summary>An animal that fits our own rat's body.</summary>
    public static AnimalFile Animal() => PlantedAnimal.Instance.TrueAnimal with { BodySha256 = AnimalFile.HashOf(RodentBody.Describe()) };

    /// <summary>Writes a rig file and gives its path.</summary>
    public string Write(string rig)
    {
        File.WriteAllText(this["rig.yaml"], rig);
        return this["rig.yaml"];
    }

    /// <summary>Writes a rig file and looks at it.</summary>
    public RigInspection Look(string rig, double? seconds = null, bool records = true) => new(Write(rig), new(), seconds, records);

    /// <summary>Writes two seconds of an animal's keypoints, in metres.</summary>
    public void WriteClip(string name, Action<Keypoints, int>? change = null)
    {
        var names = KeypointLayout.Rat23.Names;
        using var file = new StreamWriter(this[name]);
        file.WriteLine(string.Join(',', names.Select(n => $"{n}_x_m,{n}_y_m,{n}_z_m")));
        for (var t = 0; t < ClipFrames; t++)
        {
            var keypoints = PlantedAnimal.Instance.Keypoints(t);
            change?.Invoke(keypoints, t);
            file.WriteLine(string.Join(',', keypoints.Positions.Select(p => FormattableString.Invariant($"{p:R}"))));
        }
    }

    public void Dispose() => _folder.Dispose();
}
