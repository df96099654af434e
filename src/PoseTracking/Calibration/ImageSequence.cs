using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>One camera's images in their order, as calibration reads them: a folder of pictures, or a video.</summary>
/// <param name="Name">The camera's name: the folder's, or the video's without its extension.</param>
/// <param name="Pictures">The picture files in natural order; null for a video.</param>
/// <param name="Video">The video file; null for pictures.</param>
public sealed record ImageSequence(string Name, IReadOnlyList<string>? Pictures, string? Video)
{
    private static readonly string[] PictureExtensions = [".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".pgm", ".ppm", ".webp"];
    private static readonly string[] VideoExtensions = [".mp4", ".avi", ".mkv", ".mov", ".m4v", ".mpg", ".mpeg", ".wmv", ".webm"];

    /// <summary>
    /// The cameras of a folder: one folder of pictures, or one video, each. Equal order means simultaneous.
    /// </summary>
    /// <exception cref="ClosedLoopException">There is no such folder, or it holds neither.</exception>
    public static IReadOnlyList<ImageSequence> OpenAll(string folder)
    {
        if (!Directory.Exists(folder))
            throw ClosedLoopException.Usage($"there is no folder '{folder}'; it should hold one folder of pictures, or one video, for each camera");
        var cameras = Directory.GetDirectories(folder)
            .Select(path => new ImageSequence(Path.GetFileName(path), PicturesOf(path), null))
            .Where(camera => camera.Pictures!.Count > 0)
            .Concat(Directory.GetFiles(folder).Where(path => Is(path, VideoExtensions))
                .Select(path => new ImageSequence(Path.GetFileNameWithoutExtension(path), null, path)))
            .OrderBy(camera => camera.Name, NaturalOrder.Instance).ToArray();
        foreach (var pair in cameras.Zip(cameras.Skip(1)))
            if (pair.First.Name == pair.Second.Name)
                throw ClosedLoopException.Usage($"the folder '{folder}' holds two cameras of the name '{pair.First.Name}' (a folder and a video, or two videos); rename one");
        if (cameras.Length > 0)
            return cameras;
        throw ClosedLoopException.Usage(PicturesOf(folder).Count > 0
            ? $"the folder '{folder}' holds pictures, and one folder of pictures for each camera is needed in it; move each camera's pictures into a folder with the camera's name"
            : $"the folder '{folder}' holds no cameras: neither folders of pictures ({string.Join(" ", PictureExtensions)}) nor videos ({string.Join(" ", VideoExtensions)})");
    }

    private static List<string> PicturesOf(string folder) =>
        [.. Directory.GetFiles(folder).Where(path => Is(path, PictureExtensions)).OrderBy(path => Path.GetFileName(path), NaturalOrder.Instance)];

    private static bool Is(string path, string[] extensions) =>
        !Path.GetFileName(path).StartsWith('.') && extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>What messages call an image: its file, or the frame of the video.</summary>
    public string NameOf(int index) => Pictures is { } pictures ? Path.GetFileName(pictures[index]) : $"frame {index}";

    /// <summary>Reads one picture.</summary>
    /// <exception cref="ClosedLoopException">It cannot be read.</exception>
    internal GreyImage ReadPicture(int index)
    {
        var path = Pictures![index];
        var status = CalibrationNative.cl_picture_read(path, out var width, out var height, [], 0);
        var image = new GreyImage(status == 0 ? new byte[width * height] : [], width, height);
        if (status == 0)
            status = CalibrationNative.cl_picture_read(path, out _, out _, image.Pixels, image.Pixels.Length);
        return status == 0
            ? image
            : throw ClosedLoopException.Failed($"the picture {path} of the camera '{Name}' cannot be read: {CalibrationNative.LastError()}; take it away in every camera, or put a sound one in its place");
    }

    /// <summary>How many images there are. NB: the frames of a video are counted, for what its header says is often a guess.</summary>
    internal int Count(CancellationToken cancellation)
    {
        if (Pictures is { } pictures)
            return pictures.Count;
        using var video = new VideoFrames(this);
        var count = 0;
        while (video.Skip())
        {
            cancellation.ThrowIfCancellationRequested();
            count++;
        }
        return count;
    }
}
