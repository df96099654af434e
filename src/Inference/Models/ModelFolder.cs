using System.Security.Cryptography;
using ClosedLoop.Core;

namespace ClosedLoop.Inference;

/// <summary>
/// A model: a folder with a manifest, its networks and stored samples. What it gives out has been checked: each network
/// is the one the manifest describes, and gives the stored outputs on the device it is to run on.
/// </summary>
public sealed class ModelFolder
{
    private readonly Dictionary<string, byte[]> _networks = [];

    private ModelFolder(string path, ModelManifest manifest) => (Path, Manifest) = (path, manifest);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The folder's name, by which messages and recordings call the model.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(Path));

    /// <summary>What the model says of itself.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Reads the manifest and the networks' files, and checks their checksums.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="kinds">The kinds that are of use here, best first; empty: any.</param>
    /// <exception cref="ClosedLoopException">It is not a model folder, of another kind, or a file is missing or not the one described.</exception>
    public static ModelFolder Open(string path, params string[] kinds)
    {
        var manifest = ReadManifest(path, kinds);
        var folder = new ModelFolder(System.IO.Path.GetFullPath(path), manifest);
        foreach (var network in manifest.Networks)
            folder._networks[network.File] = folder.ReadChecked(network);
        return folder;
    }

    /// <summary>Reads what a model says of itself, without its networks.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="kinds">The kinds that are of use here, best first; empty: any.</param>
    /// <exception cref="ClosedLoopException">It is not a model folder, or of another kind.</exception>
    public static ModelManifest ReadManifest(string path, params string[] kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        path = System.IO.Path.GetFullPath(path);
        var file = System.IO.Path.Combine(path, ModelManifest.FileName);
        if (!Directory.Exists(path))
            throw ClosedLoopException.Usage($"there is no model folder {path}");
        if (!File.Exists(file))
            throw ClosedLoopException.Usage($"{path} is not a model folder: it has no {ModelManifest.FileName}; docs/models.md says what a model folder holds");
        var manifest = ModelManifestReader.Read(File.ReadAllText(file), file);
        if (kinds.Length > 0 && !kinds.Contains(manifest.Kind))
        {
            throw ClosedLoopException.Usage(
                $"the model {path} is of the kind '{manifest.Kind}', and a model of the kind {string.Join(" or ", kinds.Select(kind => $"'{kind}'"))} is needed here; name another folder");
        }
        return manifest;
    }

    /// <summary>Whether the model has a network in this file.</summary>
    public bool Has(string file) => _networks.ContainsKey(file);

    /// <summary>What the manifest says of a network.</summary>
    /// <exception cref="ClosedLoopException">The model has none in this file.</exception>
    public NetworkManifest Network(string file) => Manifest.Networks.FirstOrDefault(network => network.File == file)
        ?? throw ClosedLoopException.Usage($"the model {Path} has no network '{file}'; it has: {string.Join(", ", _networks.Keys)}");

    /// <summary>Refuses a body that the model was not trained for.</summary>
    /// <param name="sha256">The checksum of the body's MJCF.</param>
    /// <exception cref="ClosedLoopException">The manifest names another body, or none.</exception>
    public void RequireBody(string sha256)
    {
        if (Manifest.BodySha256 != sha256)
        {
            throw ClosedLoopException.Usage(
                $"the model {Path} was trained for {(Manifest.BodySha256 is { } other ? $"the body {other[..12]}..." : "no body")}, and the body here is {sha256[..12]}...; name the body it was trained for, or a model of this body");
        }
    }

    /// <summary>Makes a network ready to run, and proves it: names, types and shapes as described, and every sample met.</summary>
    /// <param name="file">The network's file, as in the manifest.</param>
    /// <param name="options">Device, threads, and the sizes of variable axes.</param>
    /// <exception cref="ClosedLoopException">The network is not as described, misses a sample, or the device cannot be had.</exception>
    public OnnxModel Load(string file, InferenceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var network = Network(file);
        var name = System.IO.Path.Combine(Path, file);
        var found = OnnxSession.Describe(name, _networks[file]);
        NetworkCheck.Compare(name, network.Tensors, found);
        OnnxModel Make(InferenceOptions run) => new(name, _networks[file], found, run with { Axes = NetworkCheck.Axes(name, network.Tensors, found, run.Axes) });
        var model = Make(options);
        try
        {
            NetworkCheck.CompareBound(name, network.Tensors, model);
            SampleCheck.Run(Path, network, model, axes => Make(options with { Axes = axes, WarmUpRuns = 0 }));
            foreach (var input in model.Inputs)
                input.Bytes.Clear();
        }
        catch
        {
            model.Dispose();
            throw;
        }
        return model;
    }

    private byte[] ReadChecked(NetworkManifest network)
    {
        var file = System.IO.Path.Combine(Path, network.File);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the model {Path} names the network {network.File}, which cannot be read ({exception.Message}); copy the whole folder again", exception);
        }
        var found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return found == network.Sha256
            ? bytes
            : throw ClosedLoopException.Failed(
                $"{file} is not the network that its manifest describes: its sha256 is {found[..12]}..., expected {network.Sha256[..12]}...; copy the whole folder again, or write a new manifest with the training's export");
    }
}
