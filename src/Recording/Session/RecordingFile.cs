using System.Diagnostics;
using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// The file of a recording and the one thread that writes it: takes encoded records from the queue, closes chunks by
/// time and size, makes the disk keep them, watches free space, and keeps the error that ended it.
/// </summary>
internal sealed class RecordingFile : IDisposable
{
    private readonly Stream _stream;
    private readonly Func<long> _freeBytes;
    private BoundedQueue<RecordBlock>? _queue;
    private SessionRecorderOptions _options = new();
    private Thread? _thread;
    private Timer? _watchdog;
    private volatile string? _error;
    private long _busySince;
    private long _longestWriteTicks;
    private long _longestSyncTicks;
    private long _safeBytes;
    private long _messagesInFile;
    private long _lastFreeBytes = -1;
    private long _allocatedAtStart;
    private long _allocatedBytes;
    private long _chunkDueMs;
    private long _syncDueMs;

    /// <summary>A recording on any stream, which this then owns.</summary>
    /// <param name="path">What errors call it.</param>
    /// <param name="stream">Empty.</param>
    /// <param name="freeBytes">Free space where it is.</param>
    /// <param name="chunkBytes">The size of a chunk.</param>
    public RecordingFile(string path, Stream stream, Func<long> freeBytes, int chunkBytes)
    {
        (Path, _stream, _freeBytes) = (path, stream, freeBytes);
        // Room beyond the size at which a chunk is closed, for the record that crosses it.
        Writer = new(stream, $"closedloop {typeof(RecordingFile).Assembly.GetName().Version?.ToString(3)}", chunkBytes + (1 << 18));
    }

    public string Path { get; }

    public McapWriter Writer { get; }

    /// <summary>Written as the metadata record "summary" at the end.</summary>
    public IReadOnlyDictionary<string, string>? FinalMetadata { get; set; }

    /// <summary>What ended the recording before its time, as a sentence; null while all is well.</summary>
    public string? Error => _error;

    /// <summary>Bytes of whole records in the file.</summary>
    public long SafeBytes => Interlocked.Read(ref _safeBytes);

    public long MessagesInFile => Interlocked.Read(ref _messagesInFile);

    public long LastFreeBytes => Interlocked.Read(ref _lastFreeBytes);

    public long LongestWriteTicks => Interlocked.Read(ref _longestWriteTicks);

    public long LongestSyncTicks => Interlocked.Read(ref _longestSyncTicks);

    public long WriterAllocatedBytes => Interlocked.Read(ref _allocatedBytes);

    /// <summary>Makes the folder and the file, which must be new unless it may be overwritten.</summary>
    public static RecordingFile Create(string path, SessionRecorderOptions options)
    {
        if (Directory.Exists(path))
            throw ClosedLoopException.Usage($"'{path}' is a directory; name a file to record to");
        if (File.Exists(path) && !options.Overwrite)
            throw ClosedLoopException.Usage($"'{path}' is there already and is not overwritten; name another file, or ask for overwriting");
        try
        {
            var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
            Directory.CreateDirectory(folder);
            var disk = new DriveInfo(folder);
            if (disk.AvailableFreeSpace < options.StartFreeBytes)
                throw ClosedLoopException.Failed(
                    $"the recording '{path}' cannot be begun: its disk has {Megabytes(disk.AvailableFreeSpace)} free and {Megabytes(options.StartFreeBytes)} are required; make room or record elsewhere");
            // No buffer: everything goes to the operating system in whole chunks, and nothing is left behind at a crash.
            var stream = new FileStream(path, options.Overwrite ? FileMode.Create : FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            return new(path, stream, () => disk.AvailableFreeSpace, options.ChunkBytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the recording '{path}' cannot be begun: {error.Message}", error);
        }
    }

    /// <summary>Begins to write what comes through <paramref name="queue"/>; its blocks go back to their owners.</summary>
    public void Begin(BoundedQueue<RecordBlock> queue, SessionRecorderOptions options)
    {
        (_queue, _options) = (queue, options);
        KeepPosition();
        _thread = new(Run) { Name = "recorder", IsBackground = true };
        _thread.Start();
        var period = Math.Max(10, options.StallLimitMs / 4);
        _watchdog = new(_ => CheckStall(), null, period, period);
    }

    /// <summary>Waits until the writer has ended. Gives up on a writer that hangs in the disk.</summary>
    public void WaitForEnd()
    {
        while (!_thread!.Join(50))
            if (_error is not null && IsStalled())
                return;
        _watchdog?.Dispose();
    }

    /// <summary>Lets go of the file, unless a thread hangs in it.</summary>
    public void Dispose()
    {
        _watchdog?.Dispose();
        if (_thread is not { IsAlive: true })
            CloseQuietly();
    }

    /// <summary>Raises <paramref name="longest"/> to the time since <paramref name="start"/>, where that is longer.</summary>
    public static void KeepLongest(ref long longest, long start)
    {
        var elapsed = Stopwatch.GetTimestamp() - start;
        for (var seen = Interlocked.Read(ref longest); elapsed > seen;)
        {
            var was = Interlocked.CompareExchange(ref longest, elapsed, seen);
            if (was == seen)
                return;
            seen = was;
        }
    }

    private void Run()
    {
        _allocatedAtStart = GC.GetAllocatedBytesForCurrentThread();
        _syncDueMs = Environment.TickCount64 + _options.SyncPeriodMs;
        try
        {
            while (!_queue!.IsDrained)
            {
                if (_queue.TryDequeue(out var block, MillisecondsToNextDuty()))
                    Take(block);
                var now = Environment.TickCount64;
                if (Writer.OpenChunkBytes >= _options.ChunkBytes || (Writer.OpenChunkBytes > 0 && now >= _chunkDueMs))
                    CloseChunk();
                if (now >= _syncDueMs)
                    Sync();
            }
            CloseChunk();
            if (FinalMetadata is not null)
                Writer.WriteMetadata("summary", FinalMetadata);
            Writer.Finish();
            KeepPosition();
            Sync();
            CloseQuietly();
        }
        catch (Exception error)
        {
            // Whatever it is: a thread that died silently would be a recorder that records nothing.
            Fail(error.Message);
            CutToWholeRecords();
            CloseQuietly();
            while (_queue!.TryDequeue(out var block))
                block.Owner!.Return(block);
        }
    }

    private void Take(RecordBlock block)
    {
        if (Writer.OpenChunkBytes == 0)
            _chunkDueMs = Environment.TickCount64 + _options.ChunkPeriodMs;
        Writer.WriteMessage(block.Channel, block.LogTime, block.PublishTime, block.Message);
        block.Owner!.Return(block);
    }

    private int MillisecondsToNextDuty()
    {
        var due = Writer.OpenChunkBytes > 0 ? Math.Min(_chunkDueMs, _syncDueMs) : _syncDueMs;
        return (int)Math.Clamp(due - Environment.TickCount64, 0, 1000);
    }

    private void CloseChunk()
    {
        var start = BeginDisk();
        Writer.CloseChunk();
        KeepPosition();
        EndDisk(ref _longestWriteTicks, start);
    }

    private void Sync()
    {
        var start = BeginDisk();
        if (_stream is FileStream file)
            file.Flush(flushToDisk: true);
        else
            _stream.Flush();
        var free = _freeBytes();
        EndDisk(ref _longestSyncTicks, start);
        Interlocked.Exchange(ref _lastFreeBytes, free);
        Interlocked.Exchange(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread() - _allocatedAtStart);
        _syncDueMs = Environment.TickCount64 + _options.SyncPeriodMs;
        if (free < _options.StopFreeBytes && !_queue!.IsDrained)
            Fail($"its disk has only {Megabytes(free)} left; make room or record elsewhere");
    }

    private long BeginDisk()
    {
        var start = Stopwatch.GetTimestamp();
        Interlocked.Exchange(ref _busySince, start);
        return start;
    }

    private void EndDisk(ref long longest, long start)
    {
        Interlocked.Exchange(ref _busySince, 0);
        KeepLongest(ref longest, start);
    }

    private bool IsStalled()
    {
        var since = Interlocked.Read(ref _busySince);
        return since != 0 && Stopwatch.GetElapsedTime(since).TotalMilliseconds > _options.StallLimitMs;
    }

    private void CheckStall()
    {
        if (IsStalled())
            Fail($"its disk has not taken any data for {_options.StallLimitMs / 1e3:G3} s");
    }

    /// <summary>Keeps the first error, and lets go all who wait.</summary>
    private void Fail(string reason)
    {
        // NB: what was safe is said as of the failure; it does not grow afterwards except by what was waiting already.
        Interlocked.CompareExchange(
            ref _error,
            $"the recording '{Path}' ended early: {reason} ({FreeText()}); its first {MessagesInFile} records ({Megabytes(SafeBytes)}) are safe and readable",
            null);
        _queue!.Complete();
    }

    private string FreeText()
    {
        // NB: on a disk that hangs, asking for its free space would hang too: say the last known.
        var free = LastFreeBytes;
        try
        {
            if (!IsStalled())
                free = _freeBytes();
        }
        catch (IOException)
        {
            // The last known will do.
        }
        return free < 0 ? "free space unknown" : $"{free} bytes free";
    }

    private void KeepPosition()
    {
        Interlocked.Exchange(ref _safeBytes, Writer.Position);
        Interlocked.Exchange(ref _messagesInFile, (long)Writer.MessagesInFile);
    }

    private void CutToWholeRecords()
    {
        try
        {
            if (_stream.CanSeek)
                _stream.SetLength(SafeBytes);
        }
        catch (Exception error) when (error is IOException or NotSupportedException)
        {
            // A reader stops at the broken record by itself; cutting it off is a courtesy.
        }
    }

    private void CloseQuietly()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // Nothing is buffered here: nothing is lost by it.
        }
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F1} MB");
}
