using System.Numerics;
using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Makes the networks' inputs of one camera's 8-bit image: crops, and the whole view made small; float planes R, G, B
/// (or the grey thrice), 0 to 1. Where the image has no pixels the value is 0, and near its edge pixels are mixed with
/// that: the training uses the same rule.
/// </summary>
/// <remarks>Rows first, then columns, through tables made anew for each crop. Allocates nothing after construction; one thread.</remarks>
public sealed class ViewResampler
{
    private readonly int _width;
    private readonly int _height;
    private readonly int _channels;
    private readonly int _outWidth;
    private readonly int _outHeight;
    private readonly ResamplingTable _columns;
    private readonly ResamplingTable _rows;
    private readonly float[] _row;

    /// <summary>Makes a resampler for images of one size to outputs of one size.</summary>
    /// <param name="source">Width, height and channels (1 or 3) of the images.</param>
    /// <param name="outWidth">Width of the output, pixels.</param>
    /// <param name="outHeight">Height of the output, pixels.</param>
    public ViewResampler((int Width, int Height, int Channels) source, int outWidth, int outHeight)
    {
        (_width, _height, _channels) = source;
        if (_channels is not (1 or 3))
            throw ClosedLoopException.Usage($"images of {_channels} channels cannot be looked at; 1 (grey) and 3 (red, green, blue) can");
        (_outWidth, _outHeight) = (outWidth, outHeight);
        _columns = new(outWidth, _width);
        _rows = new(outHeight, _height);
        _row = new float[_width * _channels];
    }

    /// <summary>Takes a square crop: output pixel i samples u = centre + ((i + 0.5) / size - 0.5) x side.</summary>
    /// <param name="pixels">The image, rows from the top.</param>
    /// <param name="crop">Where to look.</param>
    /// <param name="planes">Receives 3 planes.</param>
    public void Crop(ReadOnlySpan<byte> pixels, in CropWindow crop, Span<float> planes)
    {
        if (!crop.IsValid)
        {
            planes.Clear();
            return;
        }
        var (stepX, stepY) = (crop.SidePx / _outWidth, crop.SidePx / _outHeight);
        _columns.Interpolate(crop.CentreU + ((0.5 * stepX) - (0.5 * crop.SidePx)), stepX);
        _rows.Interpolate(crop.CentreV + ((0.5 * stepY) - (0.5 * crop.SidePx)), stepY);
        Resample(pixels, planes);
    }

    /// <summary>
    /// Makes the whole view as small as the output by averaging over areas. Where the output has another shape the view
    /// is centred in it, between bars of 0; <see cref="Letterbox"/> says where what came to lie.
    /// </summary>
    public void Shrink(ReadOnlySpan<byte> pixels, Span<float> planes)
    {
        var box = Letterbox.Of(_width, _height, _outWidth, _outHeight);
        _columns.Average(box.FirstU, box.Scale);
        _rows.Average(box.FirstV, box.Scale);
        Resample(pixels, planes);
    }

    private void Resample(ReadOnlySpan<byte> pixels, Span<float> planes)
    {
        var plane = _outWidth * _outHeight;
        planes = planes[..(3 * plane)];
        var (first, end) = (_columns.First, _columns.End);
        if (end <= first || _rows.End <= _rows.First)
        {
            planes.Clear();
            return;
        }
        var row = _row.AsSpan(first * _channels, (end - first) * _channels);
        for (var y = 0; y < _outHeight; y++)
        {
            var weights = _rows.Weights.Slice(y * _rows.Taps, _rows.Taps);
            row.Clear();
            for (var t = 0; t < weights.Length; t++)
                if (weights[t] != 0)
                    AddRow(pixels.Slice((((_rows.Starts[y] + t) * _width) + first) * _channels, row.Length), weights[t] * (1f / 255), row);
            WriteRow(planes, plane, y * _outWidth);
        }
    }

    /// <summary>Adds a row of bytes, times a weight, to floats.</summary>
    private static void AddRow(ReadOnlySpan<byte> source, float weight, Span<float> sum)
    {
        var i = 0;
        var size = Vector<float>.Count;
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(sum);
        for (; i <= source.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref from, (nuint)i), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Add(ref to, i, a, weight);
            Add(ref to, i + size, b, weight);
            Add(ref to, i + (2 * size), c, weight);
            Add(ref to, i + (3 * size), d, weight);
        }
        for (; i < source.Length; i++)
            sum[i] += source[i] * weight;

        static void Add(ref float to, int at, Vector<uint> values, float weight)
        {
            var sum = Vector.LoadUnsafe(ref to, (nuint)at) + (Vector.ConvertToSingle(Vector.AsVectorInt32(values)) * weight);
            sum.StoreUnsafe(ref to, (nuint)at);
        }
    }

    private void WriteRow(Span<float> planes, int plane, int at)
    {
        var starts = _columns.Starts;
        var weights = _columns.Weights;
        var taps = _columns.Taps;
        var red = planes.Slice(at, _outWidth);
        var green = planes.Slice(plane + at, _outWidth);
        var blue = planes.Slice((2 * plane) + at, _outWidth);
        var row = _row;
        if (_channels == 1)
        {
            for (var i = 0; i < red.Length; i++)
            {
                var sum = 0f;
                for (var t = 0; t < taps; t++)
                    sum += weights[(i * taps) + t] * row[starts[i] + t];
                red[i] = sum;
            }
            red.CopyTo(green);
            red.CopyTo(blue);
        }
        else if (taps == 2)
            for (var i = 0; i < red.Length; i++)
            {
                var pair = row.AsSpan(3 * starts[i], 6);
                var (a, b) = (weights[2 * i], weights[(2 * i) + 1]);
                red[i] = (a * pair[0]) + (b * pair[3]);
                green[i] = (a * pair[1]) + (b * pair[4]);
                blue[i] = (a * pair[2]) + (b * pair[5]);
            }
        else
            for (var i = 0; i < red.Length; i++)
            {
                var source = row.AsSpan(3 * starts[i], 3 * taps);
                var own = weights.Slice(i * taps, taps);
                var (r, g, b) = (0f, 0f, 0f);
                for (var t = 0; t < own.Length; t++)
                {
                    r += own[t] * source[3 * t];
                    g += own[t] * source[(3 * t) + 1];
                    b += own[t] * source[(3 * t) + 2];
                }
                (red[i], green[i], blue[i]) = (r, g, b);
            }
    }
}
