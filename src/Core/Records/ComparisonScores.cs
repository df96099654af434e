namespace ClosedLoop.Core;

/// <summary>
/// How well each class of features predicts each unit, as of one moment of a session: every bin was predicted before it was
/// learned from. Lent for the duration of a call, as <see cref="Keypoints"/> are.
/// </summary>
public sealed class ComparisonScores
{
    /// <summary>Makes empty scores for at most so many units.</summary>
    public ComparisonScores(int units, int classes)
    {
        ClassCount = classes;
        (Leading, Planted) = (new int[units], new int[units]);
        (BitsPerSpike, RollingBitsPerSpike, LagMs) = (new double[units], new double[units], new double[units]);
        (IsPredictive, IsFirst, IsOfItsKind) = (new double[units], new double[units], new double[units]);
        (ClassBitsPerSpike, ClassLagMs) = (new float[units * classes], new float[units * classes]);
    }

    /// <summary>Origin and times; <see cref="RecordStamp.Sequence"/> counts the scores, <see cref="RecordStamp.DeviceCounter"/> is the control tick up to which features were known.</summary>
    public RecordStamp Stamp { get; set; }

    /// <summary>Bins that were predicted, judged and learned from.</summary>
    public long Judged { get; set; }

    /// <summary>Bins or features that were missing, so that a bin was not judged.</summary>
    public long Missing { get; set; }

    /// <summary>How many bins counts are taken later than the pose of the same tick, for it was captured so much before its beat.</summary>
    public int DelayBins { get; set; }

    /// <summary>Number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>Number of units; their order is that of <see cref="SpikeCounts.Counts"/>.</summary>
    public int UnitCount { get; set; }

    /// <summary>The class that has predicted each unit best; -1: nothing has been judged.</summary>
    public int[] Leading { get; }

    /// <summary>Of that class, log-likelihood ratio to the running mean rate, over the session.</summary>
    public double[] BitsPerSpike { get; }

    /// <summary>The same, over the last while.</summary>
    public double[] RollingBitsPerSpike { get; }

    /// <summary>The lag of that class that has done best.</summary>
    public double[] LagMs { get; }

    /// <summary>Probability that it predicts better than the mean rate.</summary>
    public double[] IsPredictive { get; }

    /// <summary>Probability that it predicts better than the class that comes second.</summary>
    public double[] IsFirst { get; }

    /// <summary>Probability that it predicts better than the best class of the other kind, movement against network; 1 where there is none.</summary>
    public double[] IsOfItsKind { get; }

    /// <summary>Rolling score of each class at its best lag: all classes of the first unit, then of the second.</summary>
    public float[] ClassBitsPerSpike { get; }

    /// <summary>The best lag of each class, likewise.</summary>
    public float[] ClassLagMs { get; }

    /// <summary>In a simulated laboratory the planted neuron that each unit is; 0: none, or not known.</summary>
    public int[] Planted { get; }

    /// <summary>Copies everything from <paramref name="other"/>, which has the same classes and no more units.</summary>
    public void CopyFrom(ComparisonScores other)
    {
        (Stamp, Judged, Missing, DelayBins, UnitCount) = (other.Stamp, other.Judged, other.Missing, other.DelayBins, other.UnitCount);
        other.Leading.CopyTo(Leading, 0);
        other.BitsPerSpike.CopyTo(BitsPerSpike, 0);
        other.RollingBitsPerSpike.CopyTo(RollingBitsPerSpike, 0);
        other.LagMs.CopyTo(LagMs, 0);
        other.IsPredictive.CopyTo(IsPredictive, 0);
        other.IsFirst.CopyTo(IsFirst, 0);
        other.IsOfItsKind.CopyTo(IsOfItsKind, 0);
        other.ClassBitsPerSpike.CopyTo(ClassBitsPerSpike, 0);
        other.ClassLagMs.CopyTo(ClassLagMs, 0);
        other.Planted.CopyTo(Planted, 0);
    }
}
