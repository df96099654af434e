using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using ClosedLoop.CommandLine;
using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>
/// Compares the offline analyses with what a user of NumPy and scikit-learn writes for them (<c>bench/numpy_comparison.py</c>):
/// the same numbers, one core each, one after the other in one run, by the processor time of each; and that both say the same.
/// </summary>
internal sealed class NumpyComparison : IDisposable
{
    private const int Seed = 4;
    private const double Alpha = 1e-3;

    private readonly DirectoryInfo _folder;
    private readonly Process _python;
    private readonly string _numpy, _sklearn;
    private readonly RandomStream _random = new(Seed, "comparison bench");

    private NumpyComparison(string interpreter)
    {
        var root = Installation.Root ?? throw ClosedLoopException.Usage("the comparison with NumPy runs a script of an installation, and this program lies outside of one");
        _folder = Directory.CreateTempSubdirectory("closedloop-numpy-");
        var start = new ProcessStartInfo(interpreter, [Path.Combine(root, "bench", "numpy_comparison.py"), _folder.FullName]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // NB: whichever library of linear algebra is there takes no more threads than we do.
        foreach (var threads in new[] { "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS" })
            start.Environment[threads] = "1";
        _python = Process.Start(start)!;
        var versions = Hear();
        (_numpy, _sklearn) = (versions.GetProperty("numpy").GetString()!, versions.GetProperty("sklearn").GetString()!);
    }

    /// <summary>The interpreter that has NumPy and scikit-learn.</summary>
    /// <exception cref="ClosedLoopException">There is none.</exception>
    public static string FindPython() => PythonInterpreter.Find("the comparison with NumPy and scikit-learn", "numpy, sklearn", "python3-sklearn");

    /// <summary>Measures.</summary>
    /// <param name="interpreter">What <see cref="FindPython"/> found.</param>
    /// <param name="size">Of the regressions.</param>
    /// <param name="sizes">Of the crossnobis distances.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ClosedLoopException">The script failed.</exception>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static NumpyComparisonResult Measure(
        string interpreter, (int Units, int Bins, int Features) size, IReadOnlyList<(int Behaviours, int Units, int Measurements)> sizes, IProgress<string> progress, CancellationToken cancellation)
    {
        using var comparison = new NumpyComparison(interpreter);
        progress.Report("whitened unbiased cosines, beside NumPy");
        var wuc = comparison.Wuc(12);
        var crossnobis = new List<CrossnobisComparison>();
        foreach (var (behaviours, units, measurements) in sizes)
        {
            cancellation.ThrowIfCancellationRequested();
            progress.Report($"crossnobis of {behaviours} behaviours x {units} units x {measurements} measurements, beside NumPy");
            crossnobis.Add(comparison.Crossnobis(behaviours, units, measurements));
        }
        return new(comparison._numpy, comparison._sklearn, comparison.Glm(size.Units, size.Bins, size.Features, progress, cancellation), wuc, crossnobis);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _python.StandardInput.Close();
        // A regression that was begun is not waited for.
        if (!_python.WaitForExit(TimeSpan.FromSeconds(5)))
            _python.Kill();
        _python.Dispose();
        _folder.Delete(recursive: true);
    }

    private WucComparison Wuc(int conditions)
    {
        var (one, other) = (Pairs(), Pairs());
        Save("one.f64", one.Values);
        Save("other.f64", other.Values);
        var whitened = WhitenedSimilarity.Of(conditions);
        var value = 0.0;
        var ours = Time(() => value = whitened.Cosine(one, other));
        var theirs = Ask(new { task = "wuc", conditions, repeats = 500 });
        return new(conditions, ours, 1e6 * theirs.GetProperty("seconds").GetDouble(), Math.Abs(theirs.GetProperty("values")[0].GetDouble() - value));

        Rdm Pairs() => new([.. Enumerable.Range(0, conditions * (conditions - 1) / 2).Select(_ => 1 + _random.Normal())]);
    }

    private CrossnobisComparison Crossnobis(int behaviours, int units, int measurements)
    {
        var folds = Enumerable.Range(0, measurements).Select(_ => Random(behaviours, units)).ToArray();
        // What differs between behaviours, beside the noise of each measurement.
        var truth = Random(behaviours, units);
        foreach (var fold in folds)
            for (var k = 0; k < fold.Values.Length; k++)
                fold.Values[k] += truth.Values[k];
        var noise = Random(3 * units, units).Covariance();
        var precision = NoisePrecision.Invert(noise);
        Save("folds.f64", [.. folds.SelectMany(fold => fold.Values)]);
        Save("noise.f64", noise.Values);
        double[] found = [], known = [];
        var (ours, ofKnown) = (Time(() => found = Rdm.CrossnobisOfNoise(folds, noise).Values), Time(() => known = Rdm.Crossnobis(folds, precision).Values));
        var theirs = Ask(new { task = "crossnobis", conditions = behaviours, channels = units, folds = measurements, repeats = units < 250 ? 200 : 30 });
        double[] expected = [.. theirs.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())];
        var largest = expected.Max(Math.Abs);
        return new(
            behaviours, units, measurements, ours, Microseconds("seconds"), Microseconds("solved_seconds"), ofKnown, Microseconds("known_seconds"),
            expected.Select((value, k) => Math.Max(Math.Abs(value - found[k]), Math.Abs(value - known[k])) / largest).Max());

        double Microseconds(string name) => 1e6 * theirs.GetProperty(name).GetDouble();
    }

    private GlmComparison Glm(int units, int bins, int features, IProgress<string> progress, CancellationToken cancellation)
    {
        progress.Report($"regressions of {units} units x {bins} bins x {features} features");
        var (x, y) = (Random(bins, features), new Matrix(bins, units));
        Standardise(x);
        var weights = Random(units, features);
        for (var unit = 0; unit < units; unit++)
        {
            // Rates from 1 to 30 Hz in bins of 20 ms, moved by a third up and down.
            var (mean, row, depth) = (0.02 * Math.Pow(30, (unit + 0.5) / units), weights.Row(unit).ToArray(), 0.3 / Math.Sqrt(features));
            for (var t = 0; t < bins; t++)
            {
                var drive = 0.0;
                var own = x.Row(t);
                for (var j = 0; j < features; j++)
                    drive += own[j] * row[j];
                y[t, unit] = Poisson(mean * Math.Exp(depth * drive));
            }
        }
        cancellation.ThrowIfCancellationRequested();
        Save("x.f64", x.Values);
        Save("y.f64", y.Values);
        // NB: a first fit of few bins compiles what is measured; the script does the same, for what Python loads late.
        int[] few = [.. Enumerable.Range(0, Math.Min(bins, 500))];
        PopulationFit.Ridge(x.Take(few), y.Take(few), Alpha, threads: 1, cancellation);
        var began = ProcessorTime.OfProcessNs;
        var ours = PopulationFit.Ridge(x, y, Alpha, threads: 1, cancellation);
        var tookS = (ProcessorTime.OfProcessNs - began) / 1e9;
        progress.Report($"regressions of {units} units by scikit-learn");
        var theirs = Ask(new { task = "glm", bins, features, units, alpha = Alpha });
        var written = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(_folder.FullName, "weights.f64"))).ToArray();
        var excess = Enumerable.Range(0, units).Max(unit =>
        {
            var own = written.AsSpan(unit * (features + 1), features + 1);
            var best = Objective(x, y, unit, own[..^1], own[^1]);
            return (Objective(x, y, unit, ours[unit].Weights, ours[unit].Intercept) - best) / Math.Abs(best);
        });
        return new(units, bins, features, tookS, theirs.GetProperty("seconds").GetDouble(), excess);
    }

    /// <summary>What both minimise: mean_t(mu - y ln mu) + alpha / 2 |w|^2.</summary>
    private static double Objective(Matrix x, Matrix y, int unit, ReadOnlySpan<double> weights, double intercept)
    {
        var sum = 0.0;
        for (var t = 0; t < x.Rows; t++)
        {
            var log = intercept;
            var row = x.Row(t);
            for (var j = 0; j < row.Length; j++)
                log += row[j] * weights[j];
            sum += Math.Exp(log) - (y[t, unit] * log);
        }
        var penalty = 0.0;
        foreach (var weight in weights)
            penalty += weight * weight;
        return (sum / x.Rows) + (Alpha / 2 * penalty);
    }

    /// <summary>The median processor time of a piece of work of this thread, microseconds.</summary>
    private static double Time(Action work)
    {
        const long LeastNs = 200_000_000;
        work();
        var times = new List<double>();
        for (var began = ProcessorTime.OfThreadNs; times.Count < 20 || (ProcessorTime.OfThreadNs - began < LeastNs && times.Count < 5000);)
        {
            // NB: reading the clock takes a part of a microsecond: what is as short is done many times between two readings.
            var (repeats, start) = (times.Count == 0 || times[^1] > 20 ? 1 : 50, ProcessorTime.OfThreadNs);
            for (var k = 0; k < repeats; k++)
                work();
            times.Add((ProcessorTime.OfThreadNs - start) / 1e3 / repeats);
        }
        return times.Order().ElementAt(times.Count / 2);
    }

    private static void Standardise(Matrix x)
    {
        var (means, covariance) = (x.Means(), x.Covariance(0));
        for (var t = 0; t < x.Rows; t++)
            for (var j = 0; j < x.Columns; j++)
                x[t, j] = (x[t, j] - means[j]) / Math.Sqrt(covariance[j, j]);
    }

    private Matrix Random(int rows, int columns) => new(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(_ => _random.Normal())]);

    private int Poisson(double mean)
    {
        var (count, product, limit) = (0, _random.Uniform(), Math.Exp(-mean));
        for (; product > limit; count++)
            product *= _random.Uniform();
        return count;
    }

    private void Save(string name, double[] values)
    {
        using var stream = File.Create(Path.Combine(_folder.FullName, name));
        stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    private JsonElement Ask(object task)
    {
        _python.StandardInput.WriteLine(JsonSerializer.Serialize(task));
        _python.StandardInput.Flush();
        return Hear();
    }

    private JsonElement Hear() =>
        JsonSerializer.Deserialize<JsonElement>(_python.StandardOutput.ReadLine() ?? throw ClosedLoopException.Failed("bench/numpy_comparison.py ended before its work was done; what it said stands above"));
}
