using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The samples of a stream of an Open Ephys recording.</summary>
public sealed class OpenEphysSampleSource : NumberedSampleSource
{
    private readonly string _name;

    /// <summary>Opens a stream and checks that its files agree.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="speed">1 plays at real time; null: as fast as blocks are asked for.</param>
    /// <param name="clock">The session's clock; needed with a speed.</param>
    /// <exception cref="ClosedLoopException">A file is missing, truncated, or does not fit the others.</exception>
    public OpenEphysSampleSource(OpenEphysStream stream, int blockCapacity = 128, double? speed = null, SessionClock? clock = null)
        : base(OpenFiles(stream, blockCapacity), stream.Channels, stream.RateHz, blockCapacity, speed, clock) => _name = stream.Name;

    /// <inheritdoc/>
    public override string Description => $"stream '{_name}' of an Open Ephys recording";

    private static (ISampleData, SampleNumberFile) OpenFiles(OpenEphysStream stream, int blockCapacity)
    {
        InterleavedFile? data = null;
        FileStream? numbers = null;
        try
        {
            data = new(stream.DataPath, stream.Channels.Count, "structure.oebin");
            numbers = SampleFileStream.Open(stream.NumbersPath);
            var header = NpyHeader.Read(numbers);
            if (header.Type != "i8")
                throw ClosedLoopException.Failed($"'{stream.NumbersPath}' holds '{header.Type}', and the numbers of samples are i8");
            if (header.Count != data.SampleCount)
                throw ClosedLoopException.Failed($"'{stream.DataPath}' has {data.SampleCount} samples, and '{Path.GetFileName(stream.NumbersPath)}' beside it numbers {header.Count}: one of them was cut off; copy the recording again");
            return (data, new(numbers, 8, header.Count, blockCapacity));
        }
        catch (Exception error)
        {
            data?.Dispose();
            numbers?.Dispose();
            if (error is IOException or UnauthorizedAccessException)
                throw ClosedLoopException.Failed($"the stream '{stream.Name}' of the recording cannot be read: {error.Message}", error);
            throw;
        }
    }
}
