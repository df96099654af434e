using System.Diagnostics;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Encodes the images of recorded frame sets on a thread of its own, and hands them and then their set on to the
/// recorder. It never drops: where it is behind, the caller waits. Allocates nothing once warm.
/// </summary>
internal sealed class FrameRecorder : IDisposable
{
    private readonly FrameLayout _layout;
    private readonly IImageCodec _codec;
    private readonly Action<int, FrameSet, ReadOnlyMemory<byte>> _onImage;
    private readonly Action<FrameSet> _onSet;
    private readonly byte[] _encoded;
    private readonly Pool<FrameSet> _pool;
    private readonly BoundedQueue<FrameSet> _queue;
    private readonly Thread _thread;
    private volatile string? _error;
    private long _encodeTicks;
    private long _longestEncodeTicks;
    private long _images;
    private long _allocatedBytes;

    /// <summary>Begins to encode.</summary>
    /// <param name="layout">The sets' layout.</param>
    /// <param name="codec">Encodes an image.</param>
    /// <param name="capacity">Sets that may wait.</param>
    /// <param name="onImage">Takes an encoded image: camera, set, bytes that are lent.</param>
    /// <param name="onSet">Takes a set after its images.</param>
    public FrameRecorder(FrameLayout layout, IImageCodec codec, int capacity, Action<int, FrameSet, ReadOnlyMemory<byte>> onImage, Action<FrameSet> onSet)
    {
        (_layout, _codec, _onImage, _onSet) = (layout, codec, onImage, onSet);
        _encoded = new byte[layout.Cameras.Max(camera => codec.MaxBytes(camera.Width, camera.Height, camera.Channels))];
        // One being encoded and one in the hands of the caller beside those that wait.
        _pool = new(capacity + 2, layout.NewFrameSet);
        _queue = new("frames to recorder", capacity, QueuePolicy.Wait, _pool.Return);
        _thread = new(Run) { Name = "image encoder", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The queue; its drops are always zero.</summary>
    public QueueStatistics Queue => _queue.Statistics;

    /// <summary>Images that were encoded.</summary>
    public long Images => Interlocked.Read(ref _images);

    /// <summary>Encoding one image on average, milliseconds.</summary>
    public double MeanEncodeMs => Images == 0 ? 0 : Interlocked.Read(ref _encodeTicks) * 1e3 / Stopwatch.Frequency / Images;

    /// <summary>The longest that encoding one image took, milliseconds.</summary>
    public double LongestEncodeMs => Interlocked.Read(ref _longestEncodeTicks) * 1e3 / Stopwatch.Frequency;

    /// <summary>Sets that wait or are being encoded.</summary>
    public int Outstanding => _pool.Outstanding;

    /// <summary>Bytes that the encoder's thread has allocated since it began, as of the last set.</summary>
    public long AllocatedBytes => Interlocked.Read(ref _allocatedBytes);

    /// <summary>What ended it, as a sentence; null while all is well.</summary>
    public string? Error => _error;

    /// <summary>Takes a copy of a set.</summary>
    /// <returns>False where it has ended; <see cref="Error"/> may say why.</returns>
    public bool Write(FrameSet set)
    {
        var copy = _pool.Rent();
        copy.CopyFrom(set);
        if (_queue.Enqueue(copy))
            return true;
        _pool.Return(copy);
        return false;
    }

    /// <summary>Encodes what waits and ends.</summary>
    public void Complete()
    {
        _queue.Complete();
        _thread.Join();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Complete();
        _queue.Dispose();
    }

    private void Run()
    {
        // The queue waits for it; the network that looks at the same images does not.
        ThreadYielding.GiveWay(5);
        var allocatedAtStart = GC.GetAllocatedBytesForCurrentThread();
        while (_queue.TryDequeue(out var set, -1))
        {
            try
            {
                if (_error is null)
                    Encode(set);
            }
#pragma warning disable CA1031 // Kept and said at the next call, whatever it is; a thread that died silently would record nothing.
            catch (Exception error)
#pragma warning restore CA1031
            {
                _error = error.Message;
                _queue.Complete();
            }
            _pool.Return(set);
            Interlocked.Exchange(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread() - allocatedAtStart);
        }
    }

    private void Encode(FrameSet set)
    {
        for (var i = 0; i < set.Pixels.Length; i++)
        {
            if (!set.Present[i])
                continue;
            var (width, height, channels) = _layout.Cameras[i];
            var start = Stopwatch.GetTimestamp();
            var length = _codec.Encode(set.Pixels[i], width, height, channels, _encoded);
            RecordingFile.KeepLongest(ref _longestEncodeTicks, start);
            Interlocked.Add(ref _encodeTicks, Stopwatch.GetTimestamp() - start);
            Interlocked.Increment(ref _images);
            _onImage(i, set, _encoded.AsMemory(0, length));
        }
        _onSet(set);
    }
}
