namespace ClosedLoop.PoseTracking;

/// <summary>How good the keypoints of one set are, and what the views saw. Lent, as keypoints are.</summary>
public sealed class KeypointQuality
{
    /// <summary>Makes an empty record.</summary>
    public KeypointQuality(int keypoints, int views)
    {
        ReprojectionPx = new double[keypoints];
        SigmaM = new double[keypoints];
        Covariance = new SpatialCovariance[keypoints];
        ViewsUsed = new int[keypoints];
        Presence = new double[views];
        Clear();
    }

    /// <summary>
    /// Root mean square distance per keypoint, over the views used, between where it was seen and where its position
    /// appears, pixels; NaN for a missing keypoint, and for all where the estimator looks at no single view.
    /// </summary>
    public double[] ReprojectionPx { get; }

    /// <summary>Standard deviation per keypoint, the mean over three axes, metres; NaN where it is not known.</summary>
    public double[] SigmaM { get; }

    /// <summary>How uncertain the views alone leave each keypoint; unknown where it is missing, or the estimator does not say.</summary>
    public SpatialCovariance[] Covariance { get; }

    /// <summary>Views per keypoint that its position rests on.</summary>
    public int[] ViewsUsed { get; }

    /// <summary>Probability per view that the animal is in it; 0 for a view whose image is missing.</summary>
    public double[] Presence { get; }

    /// <summary>Images that were there.</summary>
    public int ViewsPresent { get; set; }

    /// <summary>Whether the animal was seen in enough views.</summary>
    public bool AnimalSeen { get; set; }

    /// <summary>Where the animal's centre (mean of SpineF, SpineM and SpineL) was looked for, metres; NaN where no animal was seen.</summary>
    public SpatialPoint Centre { get; set; }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Fill(ReprojectionPx, double.NaN);
        Array.Fill(SigmaM, double.NaN);
        Array.Fill(Covariance, SpatialCovariance.Unknown);
        Array.Clear(ViewsUsed);
        Array.Clear(Presence);
        ViewsPresent = 0;
        AnimalSeen = false;
        Centre = SpatialPoint.Missing(0);
    }
}
