namespace ClosedLoop.PoseTracking;

/// <summary>The distance between two keypoints that an edge of the skeleton joins, as the animal showed it.</summary>
/// <param name="From">Name of the first keypoint.</param>
/// <param name="To">Name of the second keypoint.</param>
/// <param name="MedianM">Median distance, metres.</param>
/// <param name="SpreadM">Half the distance between its 16th and 84th percentile, metres: small where the segment is rigid.</param>
public sealed record SegmentLength(string From, string To, double MedianM, double SpreadM);
