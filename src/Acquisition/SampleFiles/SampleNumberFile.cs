using System.Buffers.Binary;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The device's number of each sample, in a file beside the samples: int32 or int64, little-endian.</summary>
internal sealed class SampleNumberFile : IDisposable
{
    private readonly FileStream _file;
    private readonly byte[] _bytes;
    private readonly int _width;
    private readonly long _count;
    private long _used;
    private long? _next;

    // Numbers that were read and not used, because a block ended before them.
    private int _at, _held;

    /// <summary>Reads on from where a file stands.</summary>
    /// <param name="file">The file, at the first number; owned from here on.</param>
    /// <param name="width">Bytes of a number: 4 or 8.</param>
    /// <param name="count">Numbers in the file.</param>
    /// <param name="atOnce">Most numbers that are asked for at once.</param>
    public SampleNumberFile(FileStream file, int width, long count, int atOnce) =>
        (_file, _width, _count, _bytes) = (file, width, count, new byte[width * atOnce]);

    /// <summary>The number of the next sample, and how many from it on follow each other without a jump.</summary>
    /// <exception cref="ClosedLoopException">The numbers go back, or the file became shorter.</exception>
    public long Peek(int most, out int count)
    {
        if (_at == _held)
        {
            SampleFileStream.Fill(_file, _bytes.AsSpan(0, _width * most), _used, _count);
            (_at, _held) = (0, most);
        }
        var first = Number(_at);
        if (first < _next)
            throw GoesBack(_file.Name, _used, _next.Value - 1, first);
        for (count = 1; _at + count < _held && count < most && Number(_at + count) == first + count; count++)
        {
        }
        return first;
    }

    /// <summary>Leaves numbers behind that <see cref="Peek"/> told.</summary>
    public void Advance(int count)
    {
        _next = Number(_at + count - 1) + 1;
        _at += count;
        _used += count;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The error for numbers that fall from one sample to the next.</summary>
    public static ClosedLoopException GoesBack(string path, long position, long last, long number) => ClosedLoopException.Failed(
        $"'{path}' goes back at sample {position}, from number {last} to {number}; no recording does, so it was put together from several or damaged: copy it again");

    private long Number(int at) => _width == 8
        ? BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(8 * at))
        : BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(4 * at));
}
