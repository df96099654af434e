using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>What the end of an MCAP file repeats and indexes, collected while the file is written.</summary>
internal sealed class McapSummary
{
    // Room for a few hours of chunks, so that the list grows rarely and late.
    private readonly List<Chunk> _chunks = new(1 << 14);
    private readonly List<(ushort Channel, long Offset)> _messageIndexes = new(1 << 16);
    private Chunk _open;

    /// <summary>A chunk, and which of <see cref="_messageIndexes"/> are its own.</summary>
    private record struct Chunk(ulong Start, ulong End, long Offset, long Length, long Size, int FirstIndex, int IndexCount, long IndexLength);

    public List<McapSchema> Schemas { get; } = [];

    public List<McapChannel> Channels { get; } = [];

    public List<(RecordingAttachment Attachment, ulong Time, long Offset)> Attachments { get; } = [];

    public List<McapRecordIndex> Metadata { get; } = [];

    public static void Write(McapBuffer buffer, McapSchema schema)
    {
        var start = buffer.BeginRecord(McapOpcode.Schema);
        buffer.UInt16(schema.Id);
        buffer.String(schema.Name);
        buffer.String(schema.Encoding);
        buffer.UInt32((uint)schema.Data.Length);
        buffer.Bytes(schema.Data);
        buffer.EndRecord(start);
    }

    public static void Write(McapBuffer buffer, McapChannel channel)
    {
        var start = buffer.BeginRecord(McapOpcode.Channel);
        buffer.UInt16(channel.Id);
        buffer.UInt16(channel.SchemaId);
        buffer.String(channel.Topic);
        buffer.String(channel.MessageEncoding);
        buffer.Map(channel.Metadata);
        buffer.EndRecord(start);
    }

    public void BeginChunk(ulong start, ulong end, long offset, long length, long size) =>
        _open = new(start, end, offset, length, size, _messageIndexes.Count, 0, 0);

    public void AddMessageIndex(ushort channel, long offset) => _messageIndexes.Add((channel, offset));

    public void EndChunk(long indexLength) =>
        _chunks.Add(_open with { IndexCount = _messageIndexes.Count - _open.FirstIndex, IndexLength = indexLength });

    /// <summary>Writes the summary, its offsets and the footer to <paramref name="buffer"/>, which begins at <paramref name="position"/> of the file.</summary>
    public void WriteAll(McapBuffer buffer, ulong position, IReadOnlyList<ulong> messagesPerChannel)
    {
        var groups = new List<(McapOpcode Opcode, int Start, int Length)>();
        void Group(McapOpcode opcode, Action write)
        {
            var start = buffer.Length;
            write();
            if (buffer.Length > start)
                groups.Add((opcode, start, buffer.Length - start));
        }

        Group(McapOpcode.Schema, () => Schemas.ForEach(schema => Write(buffer, schema)));
        Group(McapOpcode.Channel, () => Channels.ForEach(channel => Write(buffer, channel)));
        Group(McapOpcode.Statistics, () => WriteStatistics(buffer, messagesPerChannel));
        Group(McapOpcode.ChunkIndex, () => _chunks.ForEach(chunk => WriteChunkIndex(buffer, chunk)));
        Group(McapOpcode.AttachmentIndex, () => Attachments.ForEach(entry => WriteAttachmentIndex(buffer, entry)));
        Group(McapOpcode.MetadataIndex, () => Metadata.ForEach(entry => WriteMetadataIndex(buffer, entry)));

        var offsets = buffer.Length;
        foreach (var (opcode, start, length) in groups)
        {
            var record = buffer.BeginRecord(McapOpcode.SummaryOffset);
            buffer.Byte((byte)opcode);
            buffer.UInt64(position + (ulong)start);
            buffer.UInt64((ulong)length);
            buffer.EndRecord(record);
        }
        buffer.Byte((byte)McapOpcode.Footer);
        buffer.UInt64(8 + 8 + 4);
        buffer.UInt64(position);
        buffer.UInt64(position + (ulong)offsets);
        buffer.UInt32(Crc32.Compute(buffer.Written));
    }

    private void WriteStatistics(McapBuffer buffer, IReadOnlyList<ulong> messagesPerChannel)
    {
        var record = buffer.BeginRecord(McapOpcode.Statistics);
        buffer.UInt64(messagesPerChannel.Aggregate(0UL, (sum, count) => sum + count));
        buffer.UInt16((ushort)Schemas.Count);
        buffer.UInt32((uint)Channels.Count);
        buffer.UInt32((uint)Attachments.Count);
        buffer.UInt32((uint)Metadata.Count);
        buffer.UInt32((uint)_chunks.Count);
        buffer.UInt64(_chunks.Count == 0 ? 0 : _chunks.Min(chunk => chunk.Start));
        buffer.UInt64(_chunks.Count == 0 ? 0 : _chunks.Max(chunk => chunk.End));
        var map = buffer.BeginSized32();
        for (var channel = 0; channel < messagesPerChannel.Count; channel++)
        {
            if (messagesPerChannel[channel] == 0)
                continue;
            buffer.UInt16((ushort)channel);
            buffer.UInt64(messagesPerChannel[channel]);
        }
        buffer.EndSized32(map);
        buffer.EndRecord(record);
    }

    private void WriteChunkIndex(McapBuffer buffer, Chunk chunk)
    {
        var record = buffer.BeginRecord(McapOpcode.ChunkIndex);
        buffer.UInt64(chunk.Start);
        buffer.UInt64(chunk.End);
        buffer.UInt64((ulong)chunk.Offset);
        buffer.UInt64((ulong)chunk.Length);
        var map = buffer.BeginSized32();
        for (var i = 0; i < chunk.IndexCount; i++)
        {
            var (channel, offset) = _messageIndexes[chunk.FirstIndex + i];
            buffer.UInt16(channel);
            buffer.UInt64((ulong)offset);
        }
        buffer.EndSized32(map);
        buffer.UInt64((ulong)chunk.IndexLength);
        buffer.String("");
        buffer.UInt64((ulong)chunk.Size);
        buffer.UInt64((ulong)chunk.Size);
        buffer.EndRecord(record);
    }

    private static void WriteAttachmentIndex(McapBuffer buffer, (RecordingAttachment Attachment, ulong Time, long Offset) entry)
    {
        var (attachment, time, offset) = entry;
        var record = buffer.BeginRecord(McapOpcode.AttachmentIndex);
        buffer.UInt64((ulong)offset);
        var lengthAt = buffer.Length;
        buffer.UInt64(0);
        buffer.UInt64(time);
        buffer.UInt64(time);
        buffer.UInt64((ulong)attachment.Data.Length);
        buffer.String(attachment.Name);
        buffer.String(attachment.MediaType);
        // Head, two times, both strings as here, and length, bytes and checksum of the data.
        var strings = buffer.Length - lengthAt - (4 * 8);
        buffer.Patch(lengthAt, (ulong)(9 + 16 + strings + 8 + attachment.Data.Length + 4));
        buffer.EndRecord(record);
    }

    private static void WriteMetadataIndex(McapBuffer buffer, McapRecordIndex entry)
    {
        var record = buffer.BeginRecord(McapOpcode.MetadataIndex);
        buffer.UInt64((ulong)entry.Offset);
        buffer.UInt64((ulong)entry.Length);
        buffer.String(entry.Name);
        buffer.EndRecord(record);
    }
}
