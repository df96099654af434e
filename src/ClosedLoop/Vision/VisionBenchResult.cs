using ClosedLoop.Sessions;

namespace ClosedLoop.Vision;

/// <summary>What a keypoint model takes.</summary>
/// <param name="Model">The model.</param>
/// <param name="Device">What it really ran on.</param>
/// <param name="Threads">Threads that the views were divided over.</param>
/// <param name="Views">Views per set.</param>
/// <param name="Sets">Sets measured.</param>
/// <param name="SetsPerS">Sets per second, one after the other.</param>
/// <param name="LatencyMs">A whole set, and the parts of it.</param>
/// <param name="AllocatedBytesPerSet">Bytes that the estimating thread allocated per set.</param>
public sealed record VisionBenchResult(
    string Model, string Device, int Threads, int Views, long Sets, double SetsPerS, IReadOnlyDictionary<string, LatencyResult> LatencyMs,
    double AllocatedBytesPerSet);
