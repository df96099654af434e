using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>What lies where in an MCAP file, from its summary or from reading it through.</summary>
internal sealed class McapContents
{
    public Dictionary<ushort, McapSchema> Schemas { get; } = [];

    public Dictionary<ushort, McapChannel> Channels { get; } = [];

    public Dictionary<ushort, long> MessageCounts { get; } = [];

    /// <summary>In the order of the file.</summary>
    public List<McapChunkIndex> Chunks { get; } = [];

    public List<McapRecordIndex> Attachments { get; } = [];

    public List<McapRecordIndex> Metadata { get; } = [];

    /// <summary>Whether <see cref="AddFromData"/> does anything with records of this kind.</summary>
    public static bool IsNeeded(McapOpcode opcode) =>
        opcode is McapOpcode.Schema or McapOpcode.Channel or McapOpcode.Chunk or McapOpcode.Attachment or McapOpcode.Metadata;

    /// <summary>Takes in a record of the summary.</summary>
    public void AddFromSummary(ReadOnlySpan<byte> body, McapOpcode opcode)
    {
        var reader = new McapByteReader(body);
        switch (opcode)
        {
            case McapOpcode.Schema:
            case McapOpcode.Channel:
                AddDefinition(body, opcode);
                break;
            case McapOpcode.ChunkIndex:
                _ = (reader.UInt64(), reader.UInt64());
                var (offset, length) = (reader.Int64(), reader.Int64());
                Chunks.Add(new(offset, length, ChannelsOf(reader.Sized32())));
                break;
            case McapOpcode.AttachmentIndex:
                (offset, length) = (reader.Int64(), reader.Int64());
                _ = (reader.UInt64(), reader.UInt64(), reader.UInt64());
                Attachments.Add(new(reader.String(), reader.String(), offset, length));
                break;
            case McapOpcode.MetadataIndex:
                (offset, length) = (reader.Int64(), reader.Int64());
                Metadata.Add(new(reader.String(), "", offset, length));
                break;
            case McapOpcode.Statistics:
                _ = reader.Bytes(8 + 2 + 4 + 4 + 4 + 4 + 8 + 8);
                var counts = new McapByteReader(reader.Sized32());
                while (!counts.IsAtEnd)
                    MessageCounts[counts.UInt16()] = counts.Int64();
                break;
        }
    }

    /// <summary>Takes in a record of the data section, which lies at <paramref name="offset"/> of the file.</summary>
    public void AddFromData(ReadOnlySpan<byte> body, McapOpcode opcode, long offset, long length)
    {
        var reader = new McapByteReader(body);
        switch (opcode)
        {
            case McapOpcode.Schema:
            case McapOpcode.Channel:
                AddDefinition(body, opcode);
                break;
            case McapOpcode.Chunk:
                AddChunk(OpenChunk(body), offset, length);
                break;
            case McapOpcode.Attachment:
                _ = (reader.UInt64(), reader.UInt64());
                Attachments.Add(new(reader.String(), reader.String(), offset, length));
                break;
            case McapOpcode.Metadata:
                Metadata.Add(new(reader.String(), "", offset, length));
                break;
        }
    }

    /// <summary>The messages of a chunk record, once its checksum was found right.</summary>
    public static ReadOnlySpan<byte> OpenChunk(ReadOnlySpan<byte> body)
    {
        var reader = new McapByteReader(body);
        _ = (reader.UInt64(), reader.UInt64());
        var size = reader.UInt64();
        var crc = reader.UInt32();
        var compression = reader.String();
        var records = reader.Bytes(reader.UInt64());
        if (compression.Length > 0)
            throw new InvalidDataException($"it is compressed with {compression}, which is not read here");
        if (size != (ulong)records.Length)
            throw new InvalidDataException("its two lengths differ");
        return crc == 0 || Crc32.Compute(records) == crc ? records : throw new InvalidDataException("its checksum is wrong");
    }

    private void AddChunk(ReadOnlySpan<byte> messages, long offset, long length)
    {
        var counts = new Dictionary<ushort, long>();
        var reader = new McapByteReader(messages);
        while (!reader.IsAtEnd)
        {
            var body = reader.Record(out var opcode);
            if (opcode == McapOpcode.Message)
            {
                var channel = new McapByteReader(body).UInt16();
                counts[channel] = counts.GetValueOrDefault(channel) + 1;
            }
            else
                AddDefinition(body, opcode);
        }
        foreach (var (channel, count) in counts)
            MessageCounts[channel] = MessageCounts.GetValueOrDefault(channel) + count;
        Chunks.Add(new(offset, length, [.. counts.Keys]));
    }

    private void AddDefinition(ReadOnlySpan<byte> body, McapOpcode opcode)
    {
        var reader = new McapByteReader(body);
        if (opcode == McapOpcode.Schema)
        {
            var schema = reader.Schema();
            Schemas[schema.Id] = schema;
        }
        else if (opcode == McapOpcode.Channel)
        {
            var channel = reader.Channel();
            Channels[channel.Id] = channel;
        }
    }

    private static ushort[] ChannelsOf(ReadOnlySpan<byte> messageIndexOffsets)
    {
        var channels = new List<ushort>();
        var reader = new McapByteReader(messageIndexOffsets);
        while (!reader.IsAtEnd)
        {
            channels.Add(reader.UInt16());
            _ = reader.UInt64();
        }
        return [.. channels];
    }
}
