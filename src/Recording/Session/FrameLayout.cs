using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Names and sizes of the cameras whose images a recording holds.</summary>
/// <param name="CameraNames">The cameras, in the order of a set's images.</param>
/// <param name="Cameras">Width and height in pixels and channels, per camera.</param>
/// <param name="RateHz">Sets per second of the animal's time.</param>
public sealed record FrameLayout(
    IReadOnlyList<string> CameraNames, IReadOnlyList<(int Width, int Height, int Channels)> Cameras, double RateHz)
{
    /// <summary>About how much an image of a rat in an arena takes as JPEG of quality 90, bytes a pixel.</summary>
    private const double BytesPerPixel = 0.3;

    /// <summary>What a source delivers.</summary>
    /// <exception cref="ClosedLoopException">A camera's name cannot be that of a stream.</exception>
    public static FrameLayout Of(IFrameSource source)
    {
        foreach (var name in source.CameraNames)
            if (name.Length == 0 || name.AsSpan().ContainsAny(",/ "))
                throw ClosedLoopException.Usage($"the camera '{name}' cannot be recorded under this name; give it one without commas, slashes and blanks");
        return source.CameraNames.Count <= 63
            ? new(source.CameraNames, source.Cameras, source.RateHz)
            : throw ClosedLoopException.Usage($"{source.CameraNames.Count} cameras cannot be recorded together; 63 can");
    }

    /// <summary>An empty set of this layout.</summary>
    public FrameSet NewFrameSet() => new(Cameras);

    internal double EstimateBytesPerSecond() => RateHz * Cameras.Sum(camera => (BytesPerPixel * camera.Width * camera.Height) + 200);

    internal Dictionary<string, string> Describe() => new()
    {
        ["cameras"] = string.Join(',', CameraNames),
        ["sizes"] = string.Join(',', Cameras.Select(camera => string.Create(CultureInfo.InvariantCulture, $"{camera.Width}x{camera.Height}x{camera.Channels}"))),
        ["rate_hz"] = RateHz.ToString("R", CultureInfo.InvariantCulture),
        ["present"] = "bit i: whether the image of camera i came",
    };

    /// <summary>The layout back from what the channel says.</summary>
    /// <exception cref="FormatException">It does not say it.</exception>
    internal static FrameLayout Parse(IReadOnlyDictionary<string, string> channel)
    {
        var names = RecordingLayout.Of(channel, "cameras").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var sizes = RecordingLayout.Of(channel, "sizes").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(size =>
            size.Split('x') is [var width, var height, var channels]
                ? (Side(width), Side(height), RecordingLayout.Number(channels) is var count and (1 or 3) ? count : throw new FormatException($"'{size}' is no image size"))
                : throw new FormatException($"'{size}' is no image size")).ToArray();
        if (names.Length == 0 || names.Length != sizes.Length)
            throw new FormatException($"{names.Length} cameras have {sizes.Length} sizes");
        return new(names, sizes, double.Parse(RecordingLayout.Of(channel, "rate_hz"), CultureInfo.InvariantCulture));
    }

    // Sizes come from a file: a damaged one must not exhaust the memory.
    private static int Side(string text) =>
        RecordingLayout.Number(text) is var side and > 0 and <= 20_000 ? side : throw new FormatException($"'{text}' is no width or height");
}
