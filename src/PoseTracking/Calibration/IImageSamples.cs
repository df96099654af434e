namespace ClosedLoop.PoseTracking;

/// <summary>Some of a camera's images, for a closer look where something is wrong.</summary>
internal interface IImageSamples
{
    /// <summary>How many cameras there are.</summary>
    int CameraCount { get; }

    /// <summary>Up to <paramref name="count"/> images of a camera, spread over the sets for which <paramref name="wanted"/> holds (all, where it holds for none).</summary>
    List<GreyImage> Read(int camera, int count, Func<int, bool>? wanted = null);
}
