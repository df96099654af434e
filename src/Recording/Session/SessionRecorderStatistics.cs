using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>What a recorder has done so far.</summary>
/// <param name="Messages">Records that were handed to it.</param>
/// <param name="MessagesInFile">Records that are in closed chunks of the file.</param>
/// <param name="BytesInFile">Size of the file.</param>
/// <param name="FreeBytes">Free space on its disk at the last look; -1 before the first.</param>
/// <param name="LongestWaitMs">The longest that a caller waited for room in the queue.</param>
/// <param name="LongestWriteMs">The longest that writing a chunk took.</param>
/// <param name="LongestSyncMs">The longest that the disk took to keep what was written.</param>
/// <param name="Queue">The queue between the pipeline and the writer; its drops are always zero.</param>
public sealed record SessionRecorderStatistics(
    long Messages, long MessagesInFile, long BytesInFile, long FreeBytes,
    double LongestWaitMs, double LongestWriteMs, double LongestSyncMs, QueueStatistics Queue)
{
    /// <summary>The queue between the pipeline and the encoder of images; its drops are always zero. Null without cameras.</summary>
    public QueueStatistics? FrameQueue { get; init; }

    /// <summary>Images that were encoded.</summary>
    public long Images { get; init; }

    /// <summary>Encoding one image on average, milliseconds.</summary>
    public double MeanEncodeMs { get; init; }

    /// <summary>The longest that encoding one image took, milliseconds.</summary>
    public double LongestEncodeMs { get; init; }
}
