using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>A file of int16 samples for each channel, little-endian.</summary>
internal sealed class ChannelFiles : ISampleData
{
    // NB: hundreds of files are open together, so each is read in small bites.
    private const int BufferBytes = 1 << 14;

    private readonly List<FileStream> _files = [];
    private readonly short[] _columns;

    /// <summary>Opens the files and checks that they are of one length.</summary>
    /// <param name="paths">The files, in the order of the channels.</param>
    /// <param name="blockCapacity">Most samples that are read at once.</param>
    /// <exception cref="ClosedLoopException">They are of different lengths, or end within a sample.</exception>
    /// <exception cref="IOException">One cannot be opened.</exception>
    public ChannelFiles(IReadOnlyList<string> paths, int blockCapacity)
    {
        _columns = new short[paths.Count * blockCapacity];
        try
        {
            foreach (var path in paths)
            {
                var file = SampleFileStream.Open(path, BufferBytes);
                _files.Add(file);
                if (file.Length % 2 != 0)
                    throw ClosedLoopException.Failed($"'{path}' has {file.Length} bytes, which is no whole number of samples: it was cut off, copy it again");
                if (file.Length != _files[0].Length)
                    throw ClosedLoopException.Failed($"'{path}' has {file.Length / 2} samples, and '{Path.GetFileName(paths[0])}' beside it {_files[0].Length / 2}: one of them was cut off; copy the recording again");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        SampleCount = _files[0].Length / 2;
    }

    /// <inheritdoc/>
    public long SampleCount { get; }

    /// <inheritdoc/>
    public void Read(Span<short> samples, long position)
    {
        var count = samples.Length / _files.Count;
        for (var channel = 0; channel < _files.Count; channel++)
            SampleFileStream.Fill(_files[channel], MemoryMarshal.AsBytes(_columns.AsSpan(channel * count, count)), position, SampleCount);
        ChannelColumns.Interleave(_columns, count, samples, _files.Count);
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());
}
