using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Commands;

/// <summary>What is to come out of a session.</summary>
internal sealed record SessionOutputs
{
    /// <summary>Where to record to; null: nowhere.</summary>
    public string? RecordingPath { get; init; }

    /// <summary>Whether images are recorded where there are any; false: they are in a recording already, and encoding them once more would only spoil them.</summary>
    public bool RecordsImages { get; init; } = true;

    /// <summary>How to record.</summary>
    public SessionRecorderOptions Recorder { get; init; } = new();

    /// <summary>The tetrodes beside the body; null where there are none. Stay the caller's.</summary>
    public TetrodeStage? Tetrodes { get; init; }

    /// <summary>What compares network and neurons; null where nothing does. Stays the caller's.</summary>
    public ComparisonStage? Comparison { get; init; }

    /// <summary>The recording whose comparison is made again, to be compared with; null: there is none.</summary>
    public SessionRecording? ComparedOriginal { get; init; }

    /// <summary>Sees every control step, lent, on the control thread.</summary>
    public Action<ControlStep>? OnStep { get; init; }

    /// <summary>Where what is known of the units at the end is kept for another session; null: nowhere.</summary>
    public string? SorterStatePath { get; init; }

    /// <summary>Files to be kept in the recording besides what a replay needs.</summary>
    public IReadOnlyList<RecordingAttachment> Attachments { get; init; } = [];

    /// <summary>Where to draw the rodent at the end; null: nowhere.</summary>
    public string? PicturePath { get; init; }

    /// <summary>Where the facts go; null: nowhere.</summary>
    public FileInfo? Json { get; init; }

    /// <summary>What a person should know of the input.</summary>
    public IEnumerable<string> Notes { get; init; } = [];

    /// <summary>The recording that is replayed, to be compared with; null: there is none, or it was made with other settings.</summary>
    public SessionRecording? Original { get; init; }

    /// <summary>The recording whose tetrodes are sorted again, to be compared with; null: there is none.</summary>
    public SessionRecording? SortedOriginal { get; init; }

    /// <summary>Episodes to judge the controller on after the session; null: none.</summary>
    public EpisodePlan? Episodes { get; init; }

    /// <summary>How many frames the input has at most; the memory that episodes need is taken for so many before the first.</summary>
    public long Frames { get; init; }
}
