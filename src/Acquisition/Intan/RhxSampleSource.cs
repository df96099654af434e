using System.Net.Sockets;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Samples from Intan's RHX software, live over TCP. A thread of its own reads the network; blocks wait in a bounded queue,
/// whose drops, as everything that the network loses, are gaps of the sample numbers and counted in <see cref="Ledger"/>.
/// A connection that is lost is made anew; where RHX itself was started again, it is set up and run again, and its count
/// begins anew. Reading allocates nothing.
/// </summary>
/// <remarks>
/// NB: between two counts nobody knows how many samples are missing: the ledger has no gap there, and
/// <see cref="RhxStatistics.Restarts"/> counts.
/// </remarks>
public sealed class RhxSampleSource : ISampleSource
{
    private readonly RhxOptions _options;
    private readonly SessionClock _clock;
    private readonly RhxController _controller;
    private readonly RhxSampleCounter _counter;
    private readonly RhxWaveformParser _waveforms;
    private readonly RhxSpikeParser _spikes;
    private readonly SampleQueue _queue;
    private readonly Lock _lock = new();
    private RhxLink? _waveformLink, _spikeLink;
    private volatile RhxState _state;

    /// <summary>Makes a source that has not connected yet.</summary>
    /// <param name="options">Where RHX is and what it is to send.</param>
    /// <param name="clock">The session's clock.</param>
    /// <exception cref="ClosedLoopException">The options cannot be.</exception>
    public RhxSampleSource(RhxOptions options, SessionClock clock)
    {
        options.Check();
        (_options, _clock, _counter, _controller) = (options, clock, new(options.RateHz), new(options));
        Channels =
        [
            .. options.Channels.Select(name => new SampleChannel(name, RhxProtocol.MicrovoltsPerCount, "uV")),
            .. options.DigitalInput is null ? [] : new SampleChannel[] { new("DIGITAL-IN-WORD", 1, "") },
        ];
        _queue = new("blocks of Intan RHX", Channels.Count, BlockCapacity, options.QueueBlocks, 1, RateHz, RhxProtocol.MicrovoltsPerCount, clock, () => Description);
        _waveforms = new(options.Channels.Count, Channels.Count, _counter, _queue.Rent, _queue.Deliver);
        _spikes = new(options.Channels, _counter, options.QueueSpikes);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SampleChannel> Channels { get; }

    /// <inheritdoc/>
    public double RateHz => _options.RateHz;

    /// <inheritdoc/>
    public int BlockCapacity => RhxProtocol.FramesPerBlock;

    /// <inheritdoc/>
    public string Description => $"Intan RHX at {_options.Host}{(_controller.Board.Length > 0 ? $" ({_controller.Board}, {_controller.BlocksPerWrite} blocks a write)" : "")}";

    /// <inheritdoc/>
    public SampleLedger Ledger => _queue.Ledger;

    /// <summary>What has happened on the way.</summary>
    public RhxStatistics Statistics => new(
        _state == RhxState.Running ? _waveformLink!.State : _state, _waveformLink?.Reconnections ?? 0, _waveformLink?.Stalls ?? 0, _counter.Epoch,
        _waveforms.Resynchronisations, _waveforms.SkippedBytes, _queue.Statistics, _spikes.Received, _spikes.Dropped, _spikes.SkippedBytes,
        _queue.Failure?.Message ?? _waveformLink?.Trouble ?? "");

    /// <summary>The port of commands, for what a session wants beside samples: bandwidths, notes, impedances.</summary>
    public RhxCommandPort Commands => _controller.Commands;

    /// <summary>Connects, checks, sets up, and runs the board, unless it runs already.</summary>
    /// <exception cref="ClosedLoopException">RHX cannot be reached, or is not as the options say; the message says how.</exception>
    public void Start()
    {
        lock (_lock)
        {
            if (_state == RhxState.Running)
                return;
            Stop();
            if (_state == RhxState.Stopped)
                _queue.Open();
            Socket? waveforms = null, spikes = null;
            try
            {
                var runs = _controller.Prepare();
                waveforms = _controller.Open(_options.WaveformPort, "Waveform");
                spikes = _options.SpikePort is { } port ? _controller.Open(port, "Spike") : null;
                // What came before a stop is of another run, or of the same with samples between that nobody asked for.
                _counter.Restart();
                if (!runs)
                    _controller.Run();
            }
            catch
            {
                waveforms?.Dispose();
                spikes?.Dispose();
                throw;
            }
            _waveformLink = new("waveforms", waveforms, _waveforms, ReconnectWaveforms, StillRuns, Ended, _options, _clock);
            _spikeLink = spikes is null ? null : new("spikes", spikes, _spikes, () => _controller.Open(_options.SpikePort!.Value, "Spike"), null, _ => { }, _options, _clock);
            _state = RhxState.Running;
            _waveformLink.Start();
            _spikeLink?.Start();
        }
    }

    /// <summary>Stops reading, and the board where it was run from here. What waits is not read any more.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            if (_state is RhxState.New or RhxState.Stopped)
                return;
            _queue.Close();
            _spikeLink?.Dispose();
            _waveformLink!.Dispose();
            _state = RhxState.Stopped;
            try
            {
                _controller.Stop();
            }
            catch (ClosedLoopException)
            {
                // RHX has gone, and its board with it: stopped is what it was to be.
            }
            _controller.Dispose();
        }
    }

    /// <inheritdoc/>
    /// <remarks>Starts a source that was not started. After <see cref="Stop"/> it returns false.</remarks>
    public bool TryRead(SampleBlock block, CancellationToken cancellation)
    {
        if (_state == RhxState.New && !cancellation.IsCancellationRequested)
            Start();
        return _queue.TryRead(block, cancellation);
    }

    /// <summary>Takes the oldest spike of those that RHX detected and that wait, where <see cref="RhxOptions.SpikePort"/> asked for them. Does not wait.</summary>
    public bool TryReadSpike(out RhxSpike spike) => _spikes.TryRead(out spike);

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _controller.Dispose();
    }

    private Socket ReconnectWaveforms()
    {
        var runs = _controller.Prepare();
        var socket = _controller.Open(_options.WaveformPort, "Waveform");
        try
        {
            if (!runs)
            {
                // RHX was started again, with a count of its own.
                _counter.Restart();
                _controller.Run();
            }
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Nothing comes: does the board still run? False: RHX does not answer, and the connection is made anew.</summary>
    private bool StillRuns()
    {
        RhxRunMode mode;
        try
        {
            mode = _controller.Commands.RunMode();
        }
        catch (ClosedLoopException)
        {
            return false;
        }
        return mode != RhxRunMode.Stop ? true : throw ClosedLoopException.Failed("the board was stopped at Intan RHX's own window; start the session again, or run it there");
    }

    private void Ended(Exception? failure)
    {
        if (failure is not null)
            _state = RhxState.Failed;
        _queue.End(failure);
    }
}
