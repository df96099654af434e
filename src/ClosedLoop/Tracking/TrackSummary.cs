using ClosedLoop.CommandLine;
using Spectre.Console;

namespace ClosedLoop.Tracking;

/// <summary>Prints what <c>track</c> found.</summary>
internal static class TrackSummary
{
    public static void Print(TrackResult result, bool hasTruth)
    {
        var output = Terminal.Output;
        output.WriteLine($"{result.Sets} sets of {result.Cameras.Count} views{(result.Stopped ? ", stopped on request" : "")}: {result.SetsPerS:F1} a second on {result.Device}");
        output.WriteLine($"  incomplete    {result.IncompleteSets} sets lacked an image; in {result.SetsWithoutAnimal} no animal was seen; {result.Found:P1} of the keypoints found");
        if (double.IsFinite(result.MedianReprojectionPx))
            output.WriteLine($"  reprojection  {result.MedianReprojectionPx:F2} px median");
        if (hasTruth)
            output.WriteLine($"  error         {result.MedianErrorMm:F2} mm median, {result.P95ErrorMm:F2} mm for 95 %, over {result.ComparedSets} sets that the truth has");
        foreach (var latency in result.LatencyMs)
            output.WriteLine($"  {latency.Stage,-13} {latency.P50Ms:F2} ms median, {latency.P99Ms:F2} ms for 99 %");
        if (result.FilterDelayMs is { } delay)
            output.WriteLine($"  filter        {delay:F1} ms late at rest, less in movement");
        ScoreTable.Print(result.PerKeypoint, hasTruth);
        foreach (var note in result.Notes)
            output.WriteLine($"  note: {note}");
        output.WriteLine($"written to {result.Output}{(result.Overlay is { } overlay ? $" and {overlay}" : "")}");
    }
}
