using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>One encoded record on its way to the file.</summary>
internal sealed class RecordBlock(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; set; }

    /// <summary>Where it goes back to.</summary>
    public Pool<RecordBlock>? Owner { get; set; }

    public ushort Channel { get; set; }

    public ulong LogTime { get; set; }

    public ulong PublishTime { get; set; }

    /// <summary>Where a tick is put together before it is encoded.</summary>
    public RecordTables.TickRecord Tick { get; } = new();

    public ReadOnlySpan<byte> Message => _bytes.AsSpan(0, Length);

    /// <summary>Room for at least <paramref name="size"/> bytes.</summary>
    public Span<byte> Room(int size)
    {
        if (size > _bytes.Length)
            _bytes = new byte[Math.Max(size, _bytes.Length + (_bytes.Length / 2))];
        return _bytes;
    }
}
