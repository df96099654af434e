using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Draws keypoints and their skeleton over the views of a set and lays the views side by side, three a row: left limbs
/// blue, right ones orange, the middle green; faint where confidence is low. A view that is missing is a dark field.
/// </summary>
public sealed class SkeletonOverlay
{
    private const int Columns = 3;
    private const int LargestTileWidth = 640;
    private const byte Dark = 24;

    private readonly EstimatorViews _views;
    private readonly KeypointLayout _layout;
    private readonly int[] _shrink;
    private readonly int _tileWidth;
    private readonly int _tileHeight;
    private readonly byte[] _image;
    private readonly (double U, double V)[] _points;

    /// <summary>Makes an overlay of these views and keypoints.</summary>
    public SkeletonOverlay(EstimatorViews views, KeypointLayout layout)
    {
        (_views, _layout) = (views, layout);
        // Large views are shown at a half, a third, ...: every pixel drawn is one that was taken.
        _shrink = [.. views.Images.Select(image => ((image.Width - 1) / LargestTileWidth) + 1)];
        (_tileWidth, _tileHeight) = (views.Images.Zip(_shrink).Max(v => v.First.Width / v.Second), views.Images.Zip(_shrink).Max(v => v.First.Height / v.Second));
        var columns = Math.Min(Columns, views.Count);
        // Video codecs want even sizes.
        Width = ((columns * _tileWidth) + 1) & ~1;
        Height = ((((views.Count + columns - 1) / columns) * _tileHeight) + 1) & ~1;
        _image = new byte[Width * Height * 3];
        _points = new (double, double)[layout.Count];
    }

    /// <summary>Width of the picture, pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the picture, pixels.</summary>
    public int Height { get; }

    /// <summary>The picture of one set: red, green, blue, rows from the top; lent until the next.</summary>
    public ReadOnlySpan<byte> Draw(FrameSet frames, Keypoints keypoints)
    {
        Array.Fill(_image, Dark);
        for (var v = 0; v < _views.Count; v++)
        {
            if (!frames.Present[v])
                continue;
            var (left, top) = (v % Columns * _tileWidth, v / Columns * _tileHeight);
            Copy(frames.Pixels[v], v, left, top);
            Skeleton(keypoints, v, left, top);
        }
        return _image;
    }

    private void Copy(ReadOnlySpan<byte> pixels, int view, int left, int top)
    {
        var (width, height, channels) = _views.Images[view];
        var step = _shrink[view];
        for (var y = 0; y < height / step; y++)
        {
            var row = pixels.Slice(y * step * width * channels, width * channels);
            var target = _image.AsSpan((((top + y) * Width) + left) * 3);
            for (var x = 0; x < width / step; x++)
                for (var c = 0; c < 3; c++)
                    target[(3 * x) + c] = row[(x * step * channels) + Math.Min(c, channels - 1)];
        }
    }

    private void Skeleton(Keypoints keypoints, int view, int left, int top)
    {
        for (var k = 0; k < _layout.Count; k++)
        {
            var p = keypoints.Position(k);
            var (u, v) = keypoints.IsPresent(k) ? _views.Rig.Cameras[view].Project(p[0], p[1], p[2]) : (double.NaN, double.NaN);
            _points[k] = (u / _shrink[view], v / _shrink[view]);
        }
        foreach (var (from, to) in _layout.Edges)
            Line(_points[from], _points[to], Colour(to), Opacity(Math.Min(keypoints.Confidence[from], keypoints.Confidence[to])), left, top);
        for (var k = 0; k < _layout.Count; k++)
            Dot(_points[k], Colour(k), Opacity(keypoints.Confidence[k]), left, top);
    }

    private (int R, int G, int B) Colour(int keypoint) => _layout.Names[keypoint][^1] switch
    {
        'L' when !_layout.Names[keypoint].StartsWith("Spine", StringComparison.Ordinal) => (80, 170, 255),
        'R' => (255, 150, 40),
        _ => (90, 230, 90),
    };

    private static double Opacity(double confidence) => Math.Clamp(0.25 + confidence, 0.25, 1);

    private void Line((double U, double V) a, (double U, double V) b, (int R, int G, int B) colour, double opacity, int left, int top)
    {
        var length = Math.Max(Math.Abs(b.U - a.U), Math.Abs(b.V - a.V));
        // Beyond the tile on all sides there is nothing to draw, and a point far outside makes a long line.
        if (!(length < 4 * (_tileWidth + _tileHeight)))
            return;
        for (var i = 0; i <= length; i++)
        {
            var share = length > 0 ? i / length : 0;
            Blend(a.U + (share * (b.U - a.U)), a.V + (share * (b.V - a.V)), colour, opacity, left, top);
        }
    }

    private void Dot((double U, double V) at, (int R, int G, int B) colour, double opacity, int left, int top)
    {
        for (var dy = -1; dy <= 1; dy++)
            for (var dx = -1; dx <= 1; dx++)
                Blend(at.U + dx, at.V + dy, colour, opacity, left, top);
    }

    private void Blend(double u, double v, (int R, int G, int B) colour, double opacity, int left, int top)
    {
        // NB: NaN fails every comparison.
        if (!(u >= -0.5 && v >= -0.5 && u < _tileWidth - 0.5 && v < _tileHeight - 0.5))
            return;
        var at = (((top + (int)Math.Round(v)) * Width) + left + (int)Math.Round(u)) * 3;
        _image[at] = Mix(_image[at], colour.R, opacity);
        _image[at + 1] = Mix(_image[at + 1], colour.G, opacity);
        _image[at + 2] = Mix(_image[at + 2], colour.B, opacity);
    }

    private static byte Mix(byte under, int over, double opacity) => (byte)(under + (opacity * (over - under)));
}
