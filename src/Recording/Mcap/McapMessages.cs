using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Walks through the messages of one stream, or of several together, of an MCAP file in the order in which they were written.</summary>
public sealed class McapMessages
{
    private readonly McapReader _reader;
    private readonly ushort[] _channels;
    private byte[] _chunk = [];
    private int _nextChunk;
    private int _offset;
    private int _end;
    private (int Start, int Length) _data;

    internal McapMessages(McapReader reader, params ushort[] channels) => (_reader, _channels) = (reader, channels);

    /// <summary>The stream that the message belongs to.</summary>
    public ushort Channel { get; private set; }

    /// <summary>The message's place in its stream.</summary>
    public uint Sequence { get; private set; }

    /// <summary>The time by which messages are ordered, nanoseconds.</summary>
    public ulong LogTime { get; private set; }

    /// <summary>The time at which the message's content was measured, nanoseconds.</summary>
    public ulong PublishTime { get; private set; }

    /// <summary>The encoded message; valid until the next is read.</summary>
    public ReadOnlySpan<byte> Data => _chunk.AsSpan(_data.Start, _data.Length);

    /// <summary>Goes to the next message. Allocates nothing beyond a buffer of the size of the largest chunk.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="ClosedLoopException">A chunk is damaged; the message says where it lies.</exception>
    public bool TryNext()
    {
        while (true)
        {
            while (_offset < _end)
                if (TakeRecord())
                    return true;
            if (!TryNextChunk())
                return false;
        }
    }

    private bool TryNextChunk()
    {
        var chunks = _reader.Contents.Chunks;
        while (_nextChunk < chunks.Count)
        {
            var chunk = chunks[_nextChunk++];
            if (!chunk.Channels.AsSpan().ContainsAny(_channels))
                continue;
            // The largest chunk's size at once, so that nothing is allocated later; a length beyond the file is a damaged one.
            if (_chunk.Length == 0)
                _chunk = new byte[chunks.Where(c => c.Length <= _reader.FileBytes).Select(c => c.Length).DefaultIfEmpty().Max()];
            _end = _reader.ReadChunk(chunk, ref _chunk);
            _offset = 0;
            return true;
        }
        return false;
    }

    private bool TakeRecord()
    {
        try
        {
            var body = new McapByteReader(_chunk.AsSpan(_offset, _end - _offset)).Record(out var opcode);
            var start = _offset + McapReader.HeadBytes;
            _offset = start + body.Length;
            var message = new McapByteReader(body);
            if (opcode != McapOpcode.Message || !_channels.AsSpan().Contains(Channel = message.UInt16()))
                return false;
            const int Head = 2 + 4 + 8 + 8;
            (Sequence, LogTime, PublishTime) = (message.UInt32(), message.UInt64(), message.UInt64());
            _data = (start + Head, body.Length - Head);
            return true;
        }
        catch (InvalidDataException error)
        {
            throw ClosedLoopException.Failed(
                $"'{_reader.Path}' is damaged: in the chunk at byte {_reader.Contents.Chunks[_nextChunk - 1].Offset} {error.Message}", error);
        }
    }
}
