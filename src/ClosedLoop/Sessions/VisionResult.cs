namespace ClosedLoop.Sessions;

/// <summary>What a session's cameras and networks came to.</summary>
/// <param name="Sets">Frame sets that keypoints were made of.</param>
/// <param name="DroppedSets">Sets that the network had no time for; they are in the recording all the same.</param>
/// <param name="IncompleteSets">Of <paramref name="Sets"/>, those in which a camera's image was missing.</param>
/// <param name="SetsWithoutAnimal">Of <paramref name="Sets"/>, those in which no animal was seen.</param>
/// <param name="Device">What the networks ran on.</param>
public sealed record VisionResult(long Sets, long DroppedSets, long IncompleteSets, long SetsWithoutAnimal, string Device);
