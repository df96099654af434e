namespace ClosedLoop.Comparison;

/// <summary>Student's t of one sample.</summary>
internal static class StudentsT
{
    /// <summary>
    /// The probability that numbers with this sum and sum of squares are drawn from a mean above 0: t is brought to a normal deviate
    /// (Wallace 1959), for of few numbers the scatter is hardly known.
    /// </summary>
    /// <param name="sum">Their sum.</param>
    /// <param name="squares">The sum of their squares.</param>
    /// <param name="count">How many; at least 2.</param>
    public static double MeanAbove0(double sum, double squares, int count)
    {
        var variance = (squares - (sum * sum / count)) / (count - 1);
        if (!(variance > 0))
            return 0.5;
        var (t, freedom) = (sum / Math.Sqrt(variance * count), count - 1.0);
        return 1 - Gaussian.UpperTail(Math.Sign(t) * ((8 * freedom) + 1) / ((8 * freedom) + 3) * Math.Sqrt(freedom * Math.Log(1 + (t * t / freedom))));
    }
}
