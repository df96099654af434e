using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// A body before it is compiled: its MJCF, the files that it names, and where the keypoints are attached. Our own rat
/// and any other model take the same way from here.
/// </summary>
/// <param name="Name">What to call it in summaries and recordings.</param>
/// <param name="Mjcf">The model as XML, at scale 1.</param>
/// <param name="Files">Contents of the files that the XML names.</param>
/// <param name="Attachments">One attachment per keypoint.</param>
/// <param name="RootKeypoint">The keypoint that seeds the root's position.</param>
/// <param name="TrunkKeypoints">Keypoints of the trunk, from which a solve without a previous pose begins.</param>
/// <param name="RegularisedKeypoints">Keypoints whose fitted offsets are held near the initial ones.</param>
public sealed record BodyDescription(
    string Name,
    string Mjcf,
    IReadOnlyDictionary<string, byte[]> Files,
    IReadOnlyList<KeypointAttachment> Attachments,
    string RootKeypoint,
    IReadOnlyList<string> TrunkKeypoints,
    IReadOnlyList<string> RegularisedKeypoints)
{
    /// <summary>Reads any MJCF file and the attachment file that belongs to it (the format of stac-mjx's model files).</summary>
    /// <exception cref="ClosedLoopException">A file is missing or cannot be read; the message says which and where.</exception>
    public static BodyDescription Load(string mjcfPath, string attachmentPath)
    {
        var mjcf = ReadText(mjcfPath, "body");
        var attachments = AttachmentFile.Read(attachmentPath);
        return new(
            Path.GetFileNameWithoutExtension(mjcfPath),
            mjcf,
            MjcfDocument.ReadReferencedFiles(mjcf, mjcfPath),
            attachments.Attachments,
            attachments.RootKeypoint,
            attachments.TrunkKeypoints,
            attachments.RegularisedKeypoints);
    }

    /// <summary>Compiles the body at a size, with a site for each keypoint of <paramref name="layout"/>, in that order.</summary>
    /// <param name="layout">The keypoints to attach; every one needs an attachment.</param>
    /// <param name="scale">Size of the animal relative to the model; lengths scale by it, masses by its cube.</param>
    /// <param name="massKg">Total mass where it is known, kilograms; null keeps what the scale gives.</param>
    public BodyModel Compile(KeypointLayout layout, double scale = 1, double? massKg = null) =>
        BodyModel.Compile(this, layout, scale, massKg);

    /// <summary>
    /// SHA-256, in hexadecimal, of what the physics sees of the model: its MJCF at scale 1 without looks (skins, colours,
    /// materials, lights, cameras). What a policy was trained on.
    /// </summary>
    public string PhysicsSha256() => MjcfDocument.PhysicsSha256(Mjcf);

    internal static string ReadText(string path, string what)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Usage($"the {what} file {path} cannot be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message)}", e);
        }
    }
}
