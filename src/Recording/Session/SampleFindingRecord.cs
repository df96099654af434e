using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>A finding about samples, as it is recorded.</summary>
internal sealed class SampleFindingRecord
{
    public long TimeNs { get; set; }

    public int Kind { get; set; }

    public long FirstSample { get; set; }

    public long Samples { get; set; }

    public long FirstBlock { get; set; }

    public long Blocks { get; set; }

    public string Sentence { get; set; } = "";

    public static SampleFindingRecord Of(in SampleFinding finding) => new()
    {
        TimeNs = finding.Time.Nanoseconds,
        Kind = (int)finding.Kind,
        FirstSample = finding.FirstSample,
        Samples = finding.Samples,
        FirstBlock = finding.FirstBlock,
        Blocks = finding.Blocks,
        Sentence = finding.Sentence,
    };

    public SampleFinding ToFinding() => new(new(TimeNs), (SampleFindingKind)Kind, FirstSample, Samples, FirstBlock, Blocks, Sentence);
}
