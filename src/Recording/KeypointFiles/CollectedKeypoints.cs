using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Keypoint sets kept until a file of them can be written whole, as formats need that store a keypoint at a time.</summary>
internal sealed class CollectedKeypoints(KeypointLayout layout)
{
    /// <summary>x, y, z per keypoint per set, metres.</summary>
    public List<double> Positions { get; } = [];

    /// <summary>Per keypoint per set.</summary>
    public List<float> Confidence { get; } = [];

    /// <summary>Per set, seconds.</summary>
    public List<double> TimesS { get; } = [];

    /// <summary>Per set.</summary>
    public List<long> FrameNumbers { get; } = [];

    public int Count => TimesS.Count;

    public void Add(Keypoints keypoints)
    {
        FrameNumbers.Add(KeypointWriter.FrameNumber(keypoints, Count));
        TimesS.Add(KeypointWriter.TimeS(keypoints));
        for (var k = 0; k < layout.Count; k++)
        {
            var present = keypoints.IsPresent(k);
            var p = keypoints.Position(k);
            for (var axis = 0; axis < 3; axis++)
                Positions.Add(present ? p[axis] : double.NaN);
            Confidence.Add(present ? keypoints.Confidence[k] : 0);
        }
    }
}
