namespace ClosedLoop.Tests.Recording.Session;

/// <summary>A disk that is full after so many bytes, or that hangs, with what was written kept in memory.</summary>
internal sealed class FailingDisk(long capacity = long.MaxValue) : Stream
{
    private readonly MemoryStream _kept = new();
    private readonly ManualResetEventSlim _runs = new(initialState: true);

    public byte[] Content => _kept.ToArray();

    public long Free => Math.Max(0, capacity - _kept.Length);

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _kept.Length;

    public override long Position { get => _kept.Position; set => _kept.Position = value; }

    public void Hang() => _runs.Reset();

    public void RunAgain() => _runs.Set();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _runs.Wait();
        var room = (int)Math.Min(buffer.Length, capacity - _kept.Length);
        // As a real disk does: what fits is written, then it fails.
        _kept.Write(buffer[..room]);
        if (room < buffer.Length)
            throw new IOException("No space left on device", 28);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => _runs.Wait();

    public override void SetLength(long value) => _kept.SetLength(value);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _runs.Dispose();
        base.Dispose(disposing);
    }
}
