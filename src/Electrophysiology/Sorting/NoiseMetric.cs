using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Lengths in units of the noise: the inverse of its covariance. In it a spike is its template and a standard normal number in
/// every direction, whatever the wires and the band.
/// </summary>
public sealed class NoiseMetric
{
    private readonly float[] _precision;
    private readonly double[] _lower;

    private NoiseMetric(double[] covariance, int dimensions, double[] lower, double added)
    {
        (Dimensions, Covariance, Added, _lower) = (dimensions, covariance, added, lower);
        _precision = new float[dimensions * dimensions];
        var column = new double[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            Array.Clear(column);
            column[i] = 1;
            Cholesky.Solve(lower, dimensions, column);
            for (var j = 0; j < dimensions; j++)
                _precision[(i * dimensions) + j] = (float)column[j];
        }
        var expected = (double)dimensions;
        for (var i = 0; i < dimensions; i++)
            expected -= added * _precision[(i * dimensions) + i];
        NoiseSquared = (float)expected;
    }

    /// <summary>Numbers of a snippet.</summary>
    public int Dimensions { get; }

    /// <summary>Mean squared length of noise alone: somewhat less than its numbers, for the metric takes it for a little more than it is.</summary>
    public float NoiseSquared { get; }

    /// <summary>The directions in which the tetrode's spikes lie; null until they are learnt.</summary>
    internal SpikeSubspace? Subspace { get; set; }

    /// <summary>The covariance that it is the inverse of, row by row, in squared microvolts.</summary>
    internal double[] Covariance { get; }

    /// <summary>What has been added to each variance.</summary>
    internal double Added { get; }

    /// <summary>Makes a metric again of what it was made of; null where that is no covariance.</summary>
    internal static NoiseMetric? Restore(double[] covariance, int dimensions, double added) =>
        Cholesky.Factor(covariance, dimensions) is { } lower ? new(covariance, dimensions, lower, added) : null;

    /// <summary>Makes the metric of a covariance.</summary>
    /// <param name="covariance">Row by row.</param>
    /// <param name="dimensions">Rows.</param>
    /// <param name="ridge">Share of the mean variance that is added to each, more where that is needed to make it positive.</param>
    internal static NoiseMetric Of(double[] covariance, int dimensions, double ridge)
    {
        var mean = 0.0;
        for (var i = 0; i < dimensions; i++)
            mean += covariance[(i * dimensions) + i] / dimensions;
        for (var share = ridge; ; share = Math.Max(1e-6, 2 * share))
        {
            var raised = (double[])covariance.Clone();
            for (var i = 0; i < dimensions; i++)
                raised[(i * dimensions) + i] += (share * mean) + 1e-9;
            if (Cholesky.Factor(raised, dimensions) is { } lower)
                return new(raised, dimensions, lower, (share * mean) + 1e-9);
        }
    }

    /// <summary>A snippet times the inverse covariance: what other snippets are multiplied with.</summary>
    public void Filter(ReadOnlySpan<float> snippet, Span<float> filtered)
    {
        for (var i = 0; i < Dimensions; i++)
            filtered[i] = Dot(_precision.AsSpan(i * Dimensions, Dimensions), snippet);
    }

    /// <summary>Squared length of a snippet.</summary>
    public float Squared(ReadOnlySpan<float> snippet)
    {
        // Down the columns, some vectors of them at a time: each row adds to sums of their own, and is not summed up by itself.
        const int AtOnce = 8;
        var (step, sum, at) = (Vector<float>.Count, 0f, 0);
        ref var x = ref MemoryMarshal.GetReference(snippet[..Dimensions]);
        ref var rows = ref MemoryMarshal.GetArrayDataReference(_precision);
        for (; at + (AtOnce * step) <= Dimensions; at += AtOnce * step)
        {
            Vector<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
            for (var i = 0; i < Dimensions; i++)
            {
                var times = new Vector<float>(Unsafe.Add(ref x, i));
                ref var row = ref Unsafe.Add(ref rows, (i * Dimensions) + at);
                a = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref row), a);
                b = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref row, (nuint)step), b);
                c = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref row, (nuint)(2 * step)), c);
                d = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref row, (nuint)(3 * step)), d);
                e = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref row, (nuint)(4 * step)), e);
                f = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref row, (nuint)(5 * step)), f);
                g = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref row, (nuint)(6 * step)), g);
                h = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref row, (nuint)(7 * step)), h);
            }
            ref var own = ref Unsafe.Add(ref x, at);
            Vector<float> Own(ref float from, int vector) => Vector.LoadUnsafe(ref from, (nuint)(vector * step));
            sum += Vector.Sum(((a * Own(ref own, 0)) + (b * Own(ref own, 1))) + ((c * Own(ref own, 2)) + (d * Own(ref own, 3)))
                + (((e * Own(ref own, 4)) + (f * Own(ref own, 5))) + ((g * Own(ref own, 6)) + (h * Own(ref own, 7)))));
        }
        for (; at < Dimensions; at++)
            sum += snippet[at] * Dot(_precision.AsSpan(at * Dimensions, Dimensions), snippet);
        return sum;
    }

    /// <summary>Coordinates in which the noise has a spread of 1 in every direction.</summary>
    public void Whiten(ReadOnlySpan<float> snippet, Span<float> white)
    {
        Span<double> work = stackalloc double[Dimensions];
        for (var i = 0; i < Dimensions; i++)
            work[i] = snippet[i];
        Cholesky.Forward(_lower, Dimensions, work);
        for (var i = 0; i < Dimensions; i++)
            white[i] = (float)work[i];
    }

    internal static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var u = MemoryMarshal.Cast<float, Vector<float>>(a);
        var v = MemoryMarshal.Cast<float, Vector<float>>(b);
        var sum = Vector<float>.Zero;
        for (var i = 0; i < u.Length; i++)
            sum = Vector.FusedMultiplyAdd(u[i], v[i], sum);
        var rest = Vector.Sum(sum);
        for (var i = u.Length * Vector<float>.Count; i < a.Length; i++)
            rest += a[i] * b[i];
        return rest;
    }

    /// <summary>Adds so many times one row of numbers to another.</summary>
    internal static void Add(float times, ReadOnlySpan<float> row, Span<float> to)
    {
        var u = MemoryMarshal.Cast<float, Vector<float>>(row);
        var v = MemoryMarshal.Cast<float, Vector<float>>(to);
        for (var i = 0; i < u.Length; i++)
            v[i] += times * u[i];
        for (var i = u.Length * Vector<float>.Count; i < row.Length; i++)
            to[i] += times * row[i];
    }
}
