using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Writes an MCAP file: messages in uncompressed, checksummed and indexed chunks, attachments and metadata between
/// them, and a summary at the end. Not thread-safe. Appends only: whatever was written before a crash stays readable.
/// </summary>
/// <remarks>
/// Written from the MCAP specification (mcap.dev, MIT). Schemas and channels are written to the data section as they
/// are added, so that a file without its summary can be read from the start. Between chunks, writing allocates nothing
/// once the buffers have grown to the size of a chunk.
/// </remarks>
public sealed class McapWriter
{
    internal static ReadOnlySpan<byte> Magic => [0x89, (byte)'M', (byte)'C', (byte)'A', (byte)'P', 0x30, 0x0d, 0x0a];

    private readonly Stream _stream;
    private readonly McapBuffer _record = new(4096);
    private readonly McapBuffer _chunk;
    private readonly McapSummary _summary = new();
    private readonly List<MessageIndex> _indexes = [];
    private uint _dataCrc;
    private ulong _chunkStart = ulong.MaxValue;
    private ulong _chunkEnd;
    private bool _finished;

    /// <summary>Begins a file on <paramref name="stream"/>, which is empty; it stays the caller's.</summary>
    /// <param name="stream">Where the file goes. Written to in whole records and never read.</param>
    /// <param name="library">What writes it, for the file's header.</param>
    /// <param name="chunkCapacity">Bytes of messages expected in a chunk; more make the buffer grow.</param>
    public McapWriter(Stream stream, string library, int chunkCapacity = 1 << 20)
    {
        _stream = stream;
        _chunk = new(chunkCapacity);
        Put(Magic);
        var start = _record.BeginRecord(McapOpcode.Header);
        _record.String("");
        _record.String(library);
        PutRecord(start);
    }

    /// <summary>Bytes written: the file is readable up to here.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes of messages in the open chunk: not in the file yet.</summary>
    public int OpenChunkBytes => _chunk.Length;

    /// <summary>Messages that are in the file: those of closed chunks.</summary>
    public ulong MessagesInFile { get; private set; }

    /// <summary>Describes a type of message.</summary>
    /// <returns>Its number, for <see cref="AddChannel"/>.</returns>
    public ushort AddSchema(string name, string encoding, byte[] data)
    {
        var schema = new McapSchema((ushort)(_summary.Schemas.Count + 1), name, encoding, data);
        _summary.Schemas.Add(schema);
        McapSummary.Write(_record, schema);
        PutRecord();
        return schema.Id;
    }

    /// <summary>Adds a stream of messages.</summary>
    /// <returns>Its number, for <see cref="WriteMessage"/>.</returns>
    public ushort AddChannel(ushort schema, string topic, string messageEncoding, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var channel = new McapChannel((ushort)_summary.Channels.Count, schema, topic, messageEncoding, metadata ?? new Dictionary<string, string>());
        _summary.Channels.Add(channel);
        _indexes.Add(new());
        McapSummary.Write(_record, channel);
        PutRecord();
        return channel.Id;
    }

    /// <summary>Adds a message to the open chunk. Its sequence number is its place in its channel.</summary>
    /// <param name="channel">The channel's number.</param>
    /// <param name="logTime">The time by which readers order messages, nanoseconds.</param>
    /// <param name="publishTime">The time at which its content was measured, nanoseconds.</param>
    /// <param name="data">The encoded message.</param>
    public void WriteMessage(ushort channel, ulong logTime, ulong publishTime, ReadOnlySpan<byte> data)
    {
        var index = _indexes[channel];
        index.Add(logTime, (ulong)_chunk.Length);
        var start = _chunk.BeginRecord(McapOpcode.Message);
        _chunk.UInt16(channel);
        _chunk.UInt32((uint)index.Total++);
        _chunk.UInt64(logTime);
        _chunk.UInt64(publishTime);
        _chunk.Bytes(data);
        _chunk.EndRecord(start);
        _chunkStart = Math.Min(_chunkStart, logTime);
        _chunkEnd = Math.Max(_chunkEnd, logTime);
    }

    /// <summary>Writes the open chunk and its index, where it holds anything.</summary>
    public void CloseChunk()
    {
        if (_chunk.Length == 0)
            return;
        var offset = Position;
        _record.Byte((byte)McapOpcode.Chunk);
        _record.UInt64((ulong)(8 + 8 + 8 + 4 + 4 + 8 + _chunk.Length));
        _record.UInt64(_chunkStart);
        _record.UInt64(_chunkEnd);
        _record.UInt64((ulong)_chunk.Length);
        _record.UInt32(Crc32.Compute(_chunk.Written));
        _record.String("");
        _record.UInt64((ulong)_chunk.Length);
        Put(_record.Written);
        _record.Clear();
        Put(_chunk.Written);

        _summary.BeginChunk(_chunkStart, _chunkEnd, offset, Position - offset, _chunk.Length);
        var messages = 0UL;
        for (var channel = 0; channel < _indexes.Count; channel++)
        {
            var index = _indexes[channel];
            if (index.Count == 0)
                continue;
            _summary.AddMessageIndex((ushort)channel, Position + _record.Length);
            index.Write(_record, (ushort)channel);
            messages += (ulong)index.Count;
            index.Clear();
        }
        _summary.EndChunk(_record.Length);
        PutRecord();
        MessagesInFile += messages;
        _chunk.Clear();
        _chunkStart = ulong.MaxValue;
        _chunkEnd = 0;
    }

    /// <summary>Writes a file into the file.</summary>
    public void WriteAttachment(RecordingAttachment attachment, ulong time)
    {
        _summary.Attachments.Add((attachment, time, Position));
        var start = _record.BeginRecord(McapOpcode.Attachment);
        _record.UInt64(time);
        _record.UInt64(time);
        _record.String(attachment.Name);
        _record.String(attachment.MediaType);
        _record.UInt64((ulong)attachment.Data.Length);
        _record.Bytes(attachment.Data);
        _record.UInt32(Crc32.Compute(_record.Written[start..]));
        PutRecord(start);
    }

    /// <summary>Writes a named set of keys and values.</summary>
    public void WriteMetadata(string name, IReadOnlyDictionary<string, string> values)
    {
        var offset = Position;
        var start = _record.BeginRecord(McapOpcode.Metadata);
        _record.String(name);
        _record.Map(values);
        PutRecord(start);
        _summary.Metadata.Add(new(name, "", offset, Position - offset));
    }

    /// <summary>Closes the open chunk and writes the summary: the file is whole. Nothing can be written afterwards.</summary>
    public void Finish()
    {
        if (_finished)
            return;
        _finished = true;
        CloseChunk();
        var start = _record.BeginRecord(McapOpcode.DataEnd);
        _record.UInt32(_dataCrc);
        PutRecord(start);
        _summary.WriteAll(_record, (ulong)Position, [.. _indexes.Select(index => index.Total)]);
        _record.Bytes(Magic);
        PutRecord();
    }

    private void PutRecord(int start)
    {
        _record.EndRecord(start);
        PutRecord();
    }

    private void PutRecord()
    {
        Put(_record.Written);
        _record.Clear();
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _dataCrc = Crc32.Compute(bytes, _dataCrc);
        Position += bytes.Length;
    }

    /// <summary>Time and place within the open chunk of the messages of one channel.</summary>
    private sealed class MessageIndex
    {
        private (ulong Time, ulong Offset)[] _entries = new (ulong, ulong)[256];

        public int Count { get; private set; }

        /// <summary>Messages over all chunks.</summary>
        public ulong Total { get; set; }

        public void Add(ulong time, ulong offset)
        {
            if (Count == _entries.Length)
                Array.Resize(ref _entries, 2 * Count);
            _entries[Count++] = (time, offset);
        }

        public void Clear() => Count = 0;

        public void Write(McapBuffer buffer, ushort channel)
        {
            var start = buffer.BeginRecord(McapOpcode.MessageIndex);
            buffer.UInt16(channel);
            var entries = buffer.BeginSized32();
            for (var i = 0; i < Count; i++)
            {
                buffer.UInt64(_entries[i].Time);
                buffer.UInt64(_entries[i].Offset);
            }
            buffer.EndSized32(entries);
            buffer.EndRecord(start);
        }
    }
}
