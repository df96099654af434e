using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Acquisition.Intan;

/// <summary>Reads a source on a thread of its own and compares every sample with the planted one.</summary>
internal sealed class RhxReader : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly List<(long First, int Count)> _runs = [];
    private volatile Exception? _error;
    private long _samples, _end;

    public RhxReader(RhxSampleSource source)
    {
        _thread = new(() => Read(source)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Samples that were read.</summary>
    public long Samples => Interlocked.Read(ref _samples);

    /// <summary>What followed each other, run together.</summary>
    public IReadOnlyList<(long First, int Count)> Runs
    {
        get
        {
            lock (_lock)
                return [.. _runs];
        }
    }

    /// <summary>What reading failed of.</summary>
    public Exception? Error => _error;

    /// <summary>Waits until the sample before this number was read.</summary>
    public void WaitFor(long end)
    {
        for (var began = Environment.TickCount64; Interlocked.Read(ref _end) != end; Thread.Sleep(1))
            if (_error is { } error)
                throw new InvalidOperationException($"Reading failed before sample {end}: {error.Message}", error);
            else
                Assert.True(Environment.TickCount64 - began < 20_000, $"sample {end} has not come; the last was {Interlocked.Read(ref _end)}");
    }

    /// <summary>Waits until reading has ended by itself.</summary>
    public void WaitForEnd() => Assert.True(_thread.Join(20_000));

    public void Dispose()
    {
        _cancel.Cancel();
        _thread.Join();
        _cancel.Dispose();
    }

    private void Read(RhxSampleSource source)
    {
        var block = new SampleBlock(source.Channels.Count, source.BlockCapacity);
        try
        {
            while (source.TryRead(block, _cancel.Token))
            {
                var first = block.Stamp.DeviceCounter;
                for (int i = 0, at = 0; i < block.SampleCount; i++)
                    for (var channel = 0; channel < block.ChannelCount; channel++, at++)
                        if (block.Samples[at] != RhxBytes.Count(first + i, channel))
                            throw new InvalidOperationException($"Sample {first + i} of channel {channel} is {block.Samples[at]} and {RhxBytes.Count(first + i, channel)} was planted.");
                lock (_lock)
                {
                    if (_runs.Count > 0 && _runs[^1] is var last && last.First + last.Count == first)
                        _runs[^1] = (last.First, last.Count + block.SampleCount);
                    else
                        _runs.Add((first, block.SampleCount));
                }
                Interlocked.Add(ref _samples, block.SampleCount);
                Interlocked.Exchange(ref _end, first + block.SampleCount);
            }
        }
#pragma warning disable CA1031 // Told to the test.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _error = error;
        }
    }
}
