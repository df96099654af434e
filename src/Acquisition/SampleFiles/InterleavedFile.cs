using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>A bare file of int16 samples, little-endian: all channels of the first sample, then of the second.</summary>
internal sealed class InterleavedFile : ISampleData
{
    private readonly FileStream _file;

    /// <summary>Opens a file and checks that it holds whole samples.</summary>
    /// <param name="path">The file.</param>
    /// <param name="channels">Numbers in a sample.</param>
    /// <param name="described">The file that says how many channels there are.</param>
    /// <exception cref="ClosedLoopException">It ends within a sample.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public InterleavedFile(string path, int channels, string described)
    {
        _file = SampleFileStream.Open(path);
        var sampleBytes = 2L * channels;
        if (_file.Length % sampleBytes != 0)
        {
            var length = _file.Length;
            _file.Dispose();
            throw ClosedLoopException.Failed($"'{path}' has {length} bytes, which is no whole number of samples of {channels} channels ({sampleBytes} bytes): it was cut off, or {Path.GetFileName(path)} and {described} are not of one recording");
        }
        SampleCount = _file.Length / sampleBytes;
    }

    /// <inheritdoc/>
    public long SampleCount { get; }

    /// <inheritdoc/>
    public void Read(Span<short> samples, long position) => SampleFileStream.Fill(_file, MemoryMarshal.AsBytes(samples), position, SampleCount);

    public void Dispose() => _file.Dispose();
}
