using ClosedLoop.Core;
using ClosedLoop.Inference;

namespace ClosedLoop.PoseTracking;

/// <summary>Makes keypoint estimators of model folders.</summary>
public static class KeypointModel
{
    /// <summary>Keypoints by a network per view.</summary>
    public const string PerView = "keypoints-per-view";

    /// <summary>Keypoints by one network over all views.</summary>
    public const string Volumetric = "keypoints-volumetric";

    private const string Localiser = "localise.onnx";
    private const string Heatmaps = "heatmaps.onnx";
    private const string Volume = "volumetric.onnx";
    private const string Pose = "pose.onnx";

    /// <summary>Opens a model folder of either kind and makes its estimator.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="views">The views that it is to look at.</param>
    /// <param name="inference">Device and threads of the networks.</param>
    /// <param name="options">How keypoints are estimated.</param>
    /// <exception cref="ClosedLoopException">It is no such model, or made for other views; the message says what it is.</exception>
    public static IKeypointEstimator Open(string path, EstimatorViews views, InferenceOptions inference, EstimatorOptions options)
    {
        options.Check();
        var folder = ModelFolder.Open(path, PerView, Volumetric);
        var layout = LayoutOf(folder.Manifest);
        var workers = new WorkerTeam(options.Threads);
        OnnxViewNetwork? localiser = null;
        try
        {
            if (!folder.Has(Localiser))
                throw ClosedLoopException.Usage($"the model {folder.Path} has no {Localiser}, which finds the animal; copy that of keypoints-fast into it and name it in the manifest");
            localiser = OnnxViewNetwork.Load(folder, Localiser, "images", "presence", views.Count, inference, workers);
            return folder.Manifest.Kind == PerView
                ? OpenPerView(folder, layout, views, localiser, inference, options, workers)
                : new VolumetricKeypointEstimator(layout, views, localiser, OnnxVolumetricNetwork.Load(folder, Volume, views, inference), options, workers);
        }
        catch
        {
            localiser?.Dispose();
            workers.Dispose();
            throw;
        }
    }

    private static PerViewKeypointEstimator OpenPerView(
        ModelFolder folder, KeypointLayout layout, EstimatorViews views, OnnxViewNetwork localiser, InferenceOptions inference, EstimatorOptions options, WorkerTeam workers)
    {
        var heatmaps = OnnxViewNetwork.Load(folder, Heatmaps, "crops", "heatmaps", views.Count, inference, workers);
        OnnxPoseNetwork? pose = null;
        try
        {
            // NB: loaded also where it is not to be used: a broken file is told in either case.
            pose = folder.Has(Pose) ? OnnxPoseNetwork.Load(folder, Pose) : null;
            return new(layout, views, localiser, heatmaps, CropSizeM(folder), pose, options, workers);
        }
        catch
        {
            heatmaps.Dispose();
            pose?.Dispose();
            throw;
        }
    }

    /// <summary>The keypoints that a model finds, with the rat's skeleton where they are the rat's.</summary>
    private static KeypointLayout LayoutOf(ModelManifest manifest)
    {
        var rat = KeypointLayout.Rat23;
        return manifest.Keypoints.SequenceEqual(rat.Names) ? rat : new(manifest.Keypoints, [.. rat.Edges
            .Select(edge => (From: IndexOf(manifest.Keypoints, rat.Names[edge.From]), To: IndexOf(manifest.Keypoints, rat.Names[edge.To])))
            .Where(edge => edge is { From: >= 0, To: >= 0 })]);
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
            if (names[i] == name)
                return i;
        return -1;
    }

    private static double CropSizeM(ModelFolder folder)
    {
        var section = folder.Manifest.Preprocessing
            ?? throw ClosedLoopException.Failed($"the manifest of the model {folder.Path} has no 'preprocessing' with crop_size_m");
        section.Allow("crop_size_m");
        return section.Number("crop_size_m", 0.01, 10);
    }
}
