using ClosedLoop.Core;

namespace ClosedLoop.Inference;

/// <summary>What stands in a model folder's <c>manifest.yaml</c>; docs/models.md describes the file.</summary>
public sealed class ModelManifest
{
    /// <summary>The manifest's name in its folder.</summary>
    public const string FileName = "manifest.yaml";

    /// <summary>What the model does: <c>keypoints-per-view</c>, <c>keypoints-volumetric</c>, <c>policy</c>, ...</summary>
    public required string Kind { get; init; }

    /// <summary>The model's own version.</summary>
    public required string Version { get; init; }

    /// <summary>What it is, for people.</summary>
    public required string Description { get; init; }

    /// <summary>Its licence, as an SPDX identifier where there is one.</summary>
    public required string Licence { get; init; }

    /// <summary>The command it was trained with.</summary>
    public required string TrainedWith { get; init; }

    /// <summary>Results on data it was not trained on; the unit is in the name.</summary>
    public required IReadOnlyDictionary<string, double> HeldOut { get; init; }

    /// <summary>The names of its keypoints in the order of its outputs; empty for a model without keypoints.</summary>
    public required IReadOnlyList<string> Keypoints { get; init; }

    /// <summary>The SHA-256 of the body (MJCF) it drives; null for a model that drives none.</summary>
    public string? BodySha256 { get; init; }

    /// <summary>
    /// How its inputs are made: keys that belong to the kind, so whoever runs a kind reads them here, strictly. Null where
    /// the manifest has none.
    /// </summary>
    public YamlSection? Preprocessing { get; init; }

    /// <summary>Its networks.</summary>
    public required IReadOnlyList<NetworkManifest> Networks { get; init; }
}
