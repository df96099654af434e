using System.Security.Cryptography;
using System.Text;
using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// What registration knows of one animal: its size, where its keypoints sit on the body, and how high its floor lies.
/// Written once by a fit, read by every session with that animal.
/// </summary>
public sealed record AnimalFile
{
    /// <summary>What the animal is called.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the body that the offsets belong to.</summary>
    public required string BodyName { get; init; }

    /// <summary>SHA-256 of the body's MJCF text (UTF-8), lower-case hexadecimal: offsets fit no other body.</summary>
    public required string BodySha256 { get; init; }

    /// <summary>Size of the animal relative to the body.</summary>
    public required double Scale { get; init; }

    /// <summary>Height of the arena's floor in the keypoints' frame, metres. Poses are relative to it.</summary>
    public required double FloorHeightM { get; init; }

    /// <summary>Whether the floor is known. NB: a height of 0 from no stance at all is no floor to stand on.</summary>
    public bool HasFloor => FloorHeightM != 0 || double.IsFinite(Statistics.FloorSpreadMm);

    /// <summary>Where each keypoint sits on the body.</summary>
    public required IReadOnlyList<KeypointOffset> Offsets { get; init; }

    /// <summary>Distances between keypoints, along the skeleton's edges.</summary>
    public required IReadOnlyList<SegmentLength> Segments { get; init; }

    /// <summary>What the fit was made from and how well it came out.</summary>
    public required FitStatistics Statistics { get; init; }

    /// <summary>The file that the keypoints of the fit came from; null where they came from none.</summary>
    public string? SourceFile { get; init; }

    /// <summary>Which frames of it were given to the fit; null: all.</summary>
    public string? SourceFrames { get; init; }

    /// <summary>How many frames the fit was asked to use.</summary>
    public required int Samples { get; init; }

    /// <summary>Seed of the choice of frames.</summary>
    public required int Seed { get; init; }

    /// <summary>The SHA-256 of a body's MJCF text, lower-case hexadecimal.</summary>
    public static string HashOf(BodyDescription body) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body.Mjcf)));

    /// <summary>Reads an animal file.</summary>
    /// <exception cref="ClosedLoopException">The file is missing, not valid or not complete; the message says where.</exception>
    public static AnimalFile Load(string path) => AnimalFileReader.Read(path);

    /// <summary>Reads an animal from the text of a file; <paramref name="name"/> stands for the file in errors.</summary>
    /// <exception cref="ClosedLoopException">The text is not valid or not complete; the message says where.</exception>
    public static AnimalFile Parse(string text, string name) => AnimalFileReader.Parse(text, name);

    /// <summary>The text of the animal file.</summary>
    public string ToYaml() => AnimalFileWriter.ToYaml(this);

    /// <summary>Writes the animal file; an interrupted write leaves the old file as it was.</summary>
    /// <exception cref="ClosedLoopException">The file cannot be written.</exception>
    public void Save(string path) => AnimalFileWriter.Write(this, path);

    /// <summary>Compiles the body at the animal's size, its keypoint sites where they sit on this animal.</summary>
    /// <exception cref="ClosedLoopException">The animal was fitted with another body, or lacks a keypoint of the layout.</exception>
    public BodyModel Apply(BodyDescription body, KeypointLayout layout)
    {
        var hash = HashOf(body);
        if (hash != BodySha256)
            throw ClosedLoopException.Usage(
                $"the animal '{Name}' was fitted with the body {BodyName} ({BodySha256[..Math.Min(12, BodySha256.Length)]}) and cannot be used with the body {body.Name} ({hash[..12]}): fit it again with register --body");
        var offsets = new KeypointOffset[layout.Count];
        for (var k = 0; k < layout.Count; k++)
            offsets[k] = Offsets.FirstOrDefault(o => o.Keypoint == layout.Names[k])
                ?? throw ClosedLoopException.Usage(
                    $"the animal '{Name}' has no offset for the keypoint '{layout.Names[k]}'{Spelling.Suggest(layout.Names[k], Offsets.Select(o => o.Keypoint))}: fit it again with these keypoints");
        var model = body.Compile(layout, Scale);
        for (var k = 0; k < layout.Count; k++)
        {
            var site = model.Offset(k);
            (site[0], site[1], site[2]) = (offsets[k].X, offsets[k].Y, offsets[k].Z);
        }
        return model;
    }
}
