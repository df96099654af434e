using ClosedLoop.Core;
using Microsoft.Win32.SafeHandles;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads an MCAP file by the index at its end; a file that has none, because its writer was killed or it was cut, from
/// its start up to the last whole record.
/// </summary>
public sealed class McapReader : IDisposable
{
    internal const int HeadBytes = 9;
    private const int FooterBytes = HeadBytes + 8 + 8 + 4;
    private readonly SafeFileHandle _file;
    private readonly List<string> _notes = [];

    private McapReader(string path)
    {
        Path = path;
        try
        {
            _file = File.OpenHandle(path);
            FileBytes = RandomAccess.GetLength(_file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>Its size.</summary>
    public long FileBytes { get; }

    /// <summary>Whether it was finished and has its index.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>What a person should know: what was recovered, what was damaged.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Its streams by number.</summary>
    public IReadOnlyDictionary<ushort, McapChannel> Channels => Contents.Channels;

    /// <summary>Its schemas by number.</summary>
    public IReadOnlyDictionary<ushort, McapSchema> Schemas => Contents.Schemas;

    internal McapContents Contents { get; private set; } = new();

    /// <summary>Opens a file.</summary>
    /// <exception cref="ClosedLoopException">There is none (exit code 2), or it is no MCAP file or holds nothing whole (exit code 1).</exception>
    public static McapReader Open(string path)
    {
        if (Directory.Exists(path))
            throw ClosedLoopException.Usage($"'{path}' is a directory; a recording (.mcap) was expected");
        if (!File.Exists(path))
            throw ClosedLoopException.Usage($"there is no file '{path}'");
        var reader = new McapReader(path);
        try
        {
            reader.ReadContents();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Messages of a stream; in a file without index, those that were recovered.</summary>
    public long MessageCount(ushort channel) => Contents.MessageCounts.GetValueOrDefault(channel);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Reads the messages of a chunk into <paramref name="buffer"/>, which grows where it is too small.</summary>
    /// <exception cref="ClosedLoopException">The chunk is damaged; the message says where it lies.</exception>
    internal int ReadChunk(in McapChunkIndex chunk, ref byte[] buffer)
    {
        try
        {
            Read(chunk.Offset, chunk.Length, ref buffer);
            var messages = McapContents.OpenChunk(buffer.AsSpan(HeadBytes, (int)chunk.Length - HeadBytes));
            // To the front, so that offsets are those within the chunk.
            messages.CopyTo(buffer);
            return messages.Length;
        }
        catch (InvalidDataException error)
        {
            throw ClosedLoopException.Failed($"'{Path}' is damaged: the chunk at byte {chunk.Offset} cannot be read, {error.Message}", error);
        }
    }

    /// <summary>Reads the content of a record.</summary>
    internal byte[] ReadRecord(in McapRecordIndex record, McapOpcode expected)
    {
        var bytes = Array.Empty<byte>();
        try
        {
            Read(record.Offset, record.Length, ref bytes);
            var body = new McapByteReader(bytes.AsSpan(0, (int)record.Length)).Record(out var opcode);
            return opcode == expected ? body.ToArray() : throw new InvalidDataException($"it is no {expected}");
        }
        catch (InvalidDataException error)
        {
            throw ClosedLoopException.Failed($"'{Path}' is damaged: the record at byte {record.Offset} cannot be read, {error.Message}", error);
        }
    }

    private void Read(long offset, long length, ref byte[] buffer)
    {
        if (offset < 0 || length < HeadBytes || length > Array.MaxLength || offset > FileBytes - length)
            throw new InvalidDataException("it lies outside the file");
        if (buffer.Length < length)
            buffer = new byte[Math.Max(length, Math.Min(Array.MaxLength, 2L * buffer.Length))];
        for (var done = 0; done < length;)
        {
            var read = RandomAccess.Read(_file, buffer.AsSpan(done, (int)length - done), offset + done);
            if (read == 0)
                throw new InvalidDataException("it lies outside the file");
            done += read;
        }
    }

    private void ReadContents()
    {
        Span<byte> magic = stackalloc byte[8];
        if (FileBytes == 0)
            throw ClosedLoopException.Failed($"'{Path}' is empty");
        if (RandomAccess.Read(_file, magic, 0) < 8 || !magic.SequenceEqual(McapWriter.Magic))
            throw ClosedLoopException.Failed($"'{Path}' is not an MCAP recording: its first bytes are others");
        try
        {
            IsWhole = TryReadSummary();
        }
        catch (InvalidDataException error)
        {
            _notes.Add($"the index is damaged ({error.Message})");
        }
        if (IsWhole)
            return;
        Contents = new();
        var end = Scan();
        _notes.Add(
            $"the file has no usable index (its writer was killed, or it was cut): it was read from its start, and {Contents.MessageCounts.Values.Sum()} records in {end} of its {FileBytes} bytes were recovered");
    }

    private bool TryReadSummary()
    {
        var tail = Array.Empty<byte>();
        const int TailBytes = FooterBytes + 8;
        if (FileBytes < 8 + TailBytes)
            return false;
        Read(FileBytes - TailBytes, TailBytes, ref tail);
        if (!tail.AsSpan(FooterBytes, 8).SequenceEqual(McapWriter.Magic))
            return false;
        var footer = new McapByteReader(new McapByteReader(tail.AsSpan(0, FooterBytes)).Record(out var opcode));
        var summaryStart = footer.Int64();
        _ = footer.Int64();
        var crc = footer.UInt32();
        if (opcode != McapOpcode.Footer || summaryStart == 0)
            return false;

        var summary = Array.Empty<byte>();
        var length = FileBytes - 8 - summaryStart;
        Read(summaryStart, length, ref summary);
        if (crc != 0 && Crc32.Compute(summary.AsSpan(0, (int)length - 4)) != crc)
            throw new InvalidDataException("its checksum is wrong");
        var records = new McapByteReader(summary.AsSpan(0, (int)length - FooterBytes));
        while (!records.IsAtEnd)
            Contents.AddFromSummary(records.Record(out var kind), kind);
        return true;
    }

    /// <summary>Reads records from the start of the file on; returns where the last whole one ends.</summary>
    private long Scan()
    {
        var buffer = new byte[1 << 20];
        long offset = 8;
        while (offset <= FileBytes - HeadBytes)
        {
            Read(offset, HeadBytes, ref buffer);
            var head = new McapByteReader(buffer);
            var opcode = (McapOpcode)head.Byte();
            var length = head.UInt64();
            // A file system may leave zeros where a power cut kept it from writing.
            if (opcode == 0 || length > (ulong)(FileBytes - offset - HeadBytes))
                break;
            if (opcode == McapOpcode.DataEnd)
                return offset + HeadBytes + (long)length;
            var total = HeadBytes + (long)length;
            try
            {
                // Records of kinds that are not needed are passed over unread.
                if (McapContents.IsNeeded(opcode))
                {
                    Read(offset, total, ref buffer);
                    Contents.AddFromData(buffer.AsSpan(HeadBytes, (int)length), opcode, offset, total);
                }
            }
            catch (InvalidDataException error)
            {
                _notes.Add($"the {opcode} at byte {offset} is damaged and was left out: {error.Message}");
            }
            offset += total;
        }
        return offset;
    }
}
