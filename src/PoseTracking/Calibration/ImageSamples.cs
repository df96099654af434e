namespace ClosedLoop.PoseTracking;

/// <summary>Reads a few images of a camera's file again.</summary>
internal sealed class ImageSamples(IReadOnlyList<ImageSequence> cameras, int[] sets, CancellationToken cancellation) : IImageSamples
{
    public int CameraCount => cameras.Count;

    public List<GreyImage> Read(int camera, int count, Func<int, bool>? wanted = null)
    {
        var from = Enumerable.Range(0, sets.Length).Where(s => wanted?.Invoke(s) ?? true).ToArray();
        if (from.Length == 0)
            from = [.. Enumerable.Range(0, sets.Length)];
        count = Math.Min(count, from.Length);
        var chosen = Enumerable.Range(0, count).Select(i => sets[from[((2 * i) + 1) * from.Length / (2 * count)]]).ToArray();
        if (cameras[camera].Pictures is not null)
            return [.. chosen.Select(cameras[camera].ReadPicture)];
        var images = new List<GreyImage>();
        using var video = new VideoFrames(cameras[camera]);
        for (int i = 0, frame = 0; i < chosen.Length; frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (frame != chosen[i])
            {
                if (!video.Skip())
                    break;
                continue;
            }
            if (!video.Read())
                break;
            images.Add(video.Image with { Pixels = [.. video.Image.Pixels] });
            i++;
        }
        return images;
    }
}
