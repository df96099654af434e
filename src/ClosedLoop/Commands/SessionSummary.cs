using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Sessions;
using ClosedLoop.Tetrodes;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary>What <c>demo</c>, <c>replay</c> and <c>live</c> tell a person at their end.</summary>
internal static class SessionSummary
{
    /// <summary>Prints the summary.</summary>
    public static void Print(Session session, SessionResult result)
    {
        var output = Terminal.Output;
        var (registration, imitation) = (result.Registration, result.Imitation);
        output.WriteLine($"{result.Frames} frames, {result.DurationS:F2} s of the animal's time in {result.WallS:F2} s{(result.Stopped ? ", stopped on request" : "")}");
        output.WriteLine($"  animal         {session.Setup.Animal.Name} on the body {session.Setup.Description.Name} at {session.Setup.Body.Scale:F3} of its size");
        output.WriteLine($"  registration   {registration.MeanMarkerErrorMm:F2} mm mean marker error (95 %: {registration.P95MarkerErrorMm:F2} mm), {registration.MedianMs:F3} ms a frame (99 %: {registration.P99Ms:F3} ms)");
        output.WriteLine($"  imitation      {imitation.Controller}{(imitation.Forecaster is { } forecaster ? $", at once after the forecast '{forecaster}'" : "")}: {imitation.MedianTotalErrorMm:F1} mm median error of the keypoints, {imitation.MedianRootErrorMm:F1} mm of the root, {imitation.Resets} resets");
        if (imitation.EpisodeScore is { } score)
            output.WriteLine($"  episodes       {score.Episodes} of {score.EpisodeFrames} frames: {score.Survival:P1} survived, median error {score.MedianTotalErrorMm:F1} mm of the keypoints, {score.MedianRootErrorMm:F1} mm of the root");
        if (result.Vision is { } vision)
            output.WriteLine($"  vision         {vision.Sets} sets on {vision.Device}: {vision.DroppedSets} dropped, {vision.IncompleteSets} incomplete, {vision.SetsWithoutAnimal} without an animal");
        if (result.Tetrodes is { } tetrodes)
            Print(output, tetrodes);
        if (result.Comparison is { } comparison)
            ComparisonSummary.Print(output, comparison);
        foreach (var (what, count) in result.CameraFindings)
            output.WriteLine($"  camera         {what}: {count}");
        foreach (var (stage, latency) in result.LatencyMs)
            output.WriteLine($"  {stage,-20} p50 {latency.P50,7:F3}   p99 {latency.P99,7:F3}   p99.9 {latency.P999,7:F3}   max {latency.Max,7:F3} ms");
        foreach (var (flag, count) in registration.Flags)
            output.WriteLine($"  poses flagged  {flag}: {count}");
        if (result.MissedTicks + result.LateTicks > 0)
            output.WriteLine($"  control clock  {result.MissedTicks} ticks without new keypoints, {result.LateTicks} with keypoints of the tick before");
        if (result.Stalls > 0)
            output.WriteLine($"  source         silent for more than a second {result.Stalls} time(s), {result.LongestSilenceS:F1} s at most");
        foreach (var (queue, dropped) in result.Dropped)
            output.WriteLine($"  queue          {queue}: {dropped} dropped");
        if (result.Reproduction is { } reproduction)
            output.WriteLine(reproduction.BitForBit
                ? $"  reproduction   all {reproduction.Poses} poses and {reproduction.ControlSteps} control steps are those of the recording, bit for bit"
                : $"  reproduction   differs from the recording: by at most {reproduction.LargestDeviation:G3} over {reproduction.Poses} poses and {reproduction.ControlSteps} control steps (another machine, build or version?)");
        if (result.SortingReproduction is { } sorting)
            output.WriteLine(sorting.BitForBit
                ? $"  reproduction   all {sorting.Spikes} spikes and {sorting.Bins} bins are those of the recording, bit for bit"
                : $"  reproduction   spikes or counts differ from the recording, of {sorting.Spikes} spikes and {sorting.Bins} bins (another machine, build or version?)");
        if (result.ComparisonReproduction is { } compared)
            output.WriteLine(compared.BitForBit
                ? $"  reproduction   all {compared.Scores} scores of the comparison are those of the recording, bit for bit"
                : $"  reproduction   scores of the comparison differ from the recording's, of {compared.Scores} (another machine, build or version, or the session's comparison had left something out?)");
        foreach (var note in result.Notes)
            output.WriteLine($"  note: {note}");
        output.WriteLine($"  digest         {result.Digest}");
        if (result.Recording is not null)
            output.WriteLine($"recording  {result.Recording}");
        if (result.Picture is not null)
            output.WriteLine($"picture    {result.Picture}");
    }

    /// <summary>One line for a session that runs.</summary>
    public static string Line(SessionProgress progress) =>
        $"{progress.Time.Seconds,6:F1} s  {progress.Frames} frames  marker error {progress.MedianMarkerErrorMm:F2} mm  imitation {progress.MedianTotalErrorMm:F1} mm  resets {progress.Resets}  missed {progress.MissedTicks}  late {progress.LateTicks}  dropped {progress.Queues.Sum(q => q.Dropped)}{(progress.Stream is { IsStalled: true } stream ? $"  NO KEYPOINTS for {stream.SilenceS:F0} s" : "")}{Sorted(progress.Tetrodes)}{Compared(progress.Comparison)}{Recorded(progress.Recording)}";

    private static void Print(IAnsiConsole output, TetrodeResult tetrodes)
    {
        var noise = tetrodes.NoiseMicrovolts.Where(double.IsFinite).Order().ToArray();
        output.WriteLine($"  tetrodes       {tetrodes.Source}: {tetrodes.Channels} channels, {tetrodes.Samples / tetrodes.RateHz:F1} s, {tetrodes.SamplesLost} samples lost in {tetrodes.Gaps} gaps, {(noise.Length == 0 ? "noise not known yet" : $"noise {noise[noise.Length / 2]:F1} uV ({noise[0]:F1} to {noise[^1]:F1})")}");
        output.WriteLine($"  spikes         {tetrodes.Units.Count} units, {tetrodes.Spikes} spikes of them ({tetrodes.SpikesLate} while they were learnt), {tetrodes.SpikesUnexplained} that none explains, {tetrodes.SpikesVetoed} under artefacts; {tetrodes.Bins} bins of {tetrodes.BinWidthS * 1000:G4} ms, {tetrodes.FlaggedBins} of them flagged; sorting took {tetrodes.Load:P1} of real time");
        output.WriteLine($"  sample clock   by {(tetrodes.Clock.Synchronised ? "sync pulses" : "arrival")}: sample 0 at {tetrodes.Clock.OffsetS:F3} s, drift {tetrodes.Clock.DriftPpm:F1} ppm, residual {tetrodes.Clock.ResidualMs:F2} ms{(tetrodes.Clock.Pulses == 0 ? "" : $"; {tetrodes.Clock.Pulses} pulses, {tetrodes.Clock.PulsesMissed} missed, {tetrodes.Clock.PulsesSurplus} that no trigger fits")}");
        if (tetrodes.BlocksUnsorted > 0)
            output.WriteLine($"  sorting        was behind: {tetrodes.BlocksUnsorted} blocks were not sorted");
        if (tetrodes.Stalls > 0)
            output.WriteLine($"  samples        none for more than a second {tetrodes.Stalls} time(s)");
        if (tetrodes.Ended is { } why)
            output.WriteLine($"  samples        ended before the session: {why}");
    }

    private static string Sorted(TetrodeProgress? tetrodes) => tetrodes switch
    {
        null => "",
        { Ended: not null } => "  SAMPLES HAVE ENDED",
        { Learnt: 0, Units: 0 } => $"  tetrodes learning, lost {tetrodes.SamplesLost}, load {tetrodes.Load:P0}",
        _ => $"  {tetrodes.Units} units {tetrodes.SpikesPerS:F0} spikes/s, lost {tetrodes.SamplesLost}, load {tetrodes.Load:P0}",
    };

    private static string Compared(ComparisonProgress? comparison) =>
        comparison is null || comparison.Judged == 0 ? "" : $"  {comparison.Network} follow the network, {comparison.Movement} movement, {comparison.Either} either";

    private static string Recorded(RecordingProgress? recording) => recording switch
    {
        null => "",
        { MinutesLeft: double.NaN } => $"  recorded {recording.BytesWritten / 1e6:F1} MB",
        _ => $"  recorded {recording.BytesWritten / 1e6:F1} MB, {recording.FreeBytes / 1e9:F1} GB free, room for {recording.MinutesLeft:F0} min",
    };
}
