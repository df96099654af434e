namespace ClosedLoop.Comparing;

/// <summary>What comparing activity with features takes.</summary>
/// <param name="Online">Encoding models that are learned while a session runs.</param>
/// <param name="Numpy">The offline analyses beside NumPy and scikit-learn; null where Python has them not.</param>
/// <param name="NumpyMissing">Why they were not compared; null where they were.</param>
internal sealed record ComparisonBenchResult(OnlineLoadResult Online, NumpyComparisonResult? Numpy, string? NumpyMissing)
{
    /// <summary>Whether all that was measured is as it is asked.</summary>
    public bool IsWithin => Online.IsWithin && Numpy is not { IsWithin: false };

    /// <summary>The result for a person, line by line.</summary>
    public IEnumerable<string> Lines() => Online.Lines().Concat(Numpy?.Lines() ?? [$"not compared with NumPy and scikit-learn: {NumpyMissing}"]);
}
