using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>Measures the comparison of activity with features at the size of a large session: online, and offline beside NumPy and scikit-learn.</summary>
internal static class ComparisonBench
{
    // Sizes that occur, from few units of one tetrode drive to all of a dense probe.
    private static readonly (int Behaviours, int Units, int Measurements)[] s_sizes = [(6, 60, 2), (8, 60, 8), (12, 100, 8), (20, 100, 10), (12, 200, 8), (20, 300, 10), (30, 500, 10)];

    /// <summary>Measures. Without Python's packages all but what they are the measure of.</summary>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static ComparisonBenchResult Measure(IProgress<string> progress, CancellationToken cancellation)
    {
        progress.Report("encoding models online");
        var online = OnlineLoad.Measure(units: 200, classes: 10, featuresPerClass: 200, bins: 3000, cancellation);
        string interpreter;
        try
        {
            interpreter = NumpyComparison.FindPython();
        }
        catch (ClosedLoopException missing)
        {
            return new(online, null, missing.Message);
        }
        return new(online, NumpyComparison.Measure(interpreter, (100, 90_000, 100), s_sizes, progress, cancellation), null);
    }
}
