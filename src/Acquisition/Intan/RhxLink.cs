using System.IO.Pipelines;
using System.Net.Sockets;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// One of RHX's data ports: a thread that reads its bytes into a pipe, has them parsed, and makes the connection anew when
/// it is lost. Allocates nothing while bytes come.
/// </summary>
internal sealed class RhxLink : IDisposable
{
    private const int PollMicroseconds = 20_000, SegmentBytes = 1 << 18, ReceiveBytes = 1 << 14;

    private readonly RhxOptions _options;
    private readonly SessionClock _clock;
    private readonly IRhxParser _parser;
    private readonly Func<Socket> _connect;
    private readonly Func<bool>? _silent;
    private readonly Action<Exception?> _ended;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stop = new();
    private Socket _socket;
    private long _reconnections, _stalls;
    private volatile RhxState _state;
    private volatile string _trouble = "";

    /// <summary>Takes a connection that was made.</summary>
    /// <param name="name">What the port brings.</param>
    /// <param name="socket">The connection; owned from now on.</param>
    /// <param name="parser">Takes the bytes.</param>
    /// <param name="connect">Makes the connection anew; called until it succeeds, patience ends, or it throws for something that waiting does not mend (exit code 2).</param>
    /// <param name="silent">Called after each stall, says whether to wait on; null: silence is no stall.</param>
    /// <param name="ended">Called on the thread at its end, with what it failed of.</param>
    /// <param name="options">Times.</param>
    /// <param name="clock">The session's clock.</param>
    public RhxLink(
        string name, Socket socket, IRhxParser parser, Func<Socket> connect, Func<bool>? silent, Action<Exception?> ended, RhxOptions options, SessionClock clock)
    {
        (_socket, _parser, _connect, _silent, _ended, _options, _clock) = (socket, parser, connect, silent, ended, options, clock);
        _state = RhxState.Running;
        _thread = new(Run) { Name = $"Intan RHX {name}", IsBackground = true, Priority = ThreadPriority.AboveNormal };
    }

    /// <summary>How the connection stands.</summary>
    public RhxState State => _state;

    /// <summary>How often it was made anew.</summary>
    public long Reconnections => Interlocked.Read(ref _reconnections);

    /// <summary>How often nothing came for longer than a stall.</summary>
    public long Stalls => Interlocked.Read(ref _stalls);

    /// <summary>What went wrong last.</summary>
    public string Trouble => _trouble;

    /// <summary>Begins to read.</summary>
    public void Start() => _thread.Start();

    /// <summary>Ends the thread and the connection.</summary>
    public void Dispose()
    {
        _stop.Set();
        if (_thread.IsAlive)
            _thread.Join();
        _socket.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        Exception? failure = null;
        try
        {
            while (!_stop.IsSet)
            {
                Receive();
                _socket.Dispose();
                if (!_stop.IsSet && !Reconnect())
                    break;
            }
        }
#pragma warning disable CA1031 // Carried to the thread that reads, whatever it is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            (failure, _trouble) = (error, error.Message);
        }
        _state = failure is null ? RhxState.Stopped : RhxState.Failed;
        _ended(failure);
    }

    /// <summary>Reads until the connection ends or is given up.</summary>
    private void Receive()
    {
        // NB: written, flushed and read by this one thread and without bound, so that nothing is ever waited for or scheduled; that would allocate.
        var pipe = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, minimumSegmentSize: SegmentBytes, useSynchronizationContext: false));
        var left = 0L;
        var heard = _clock.Now;
        var told = heard;
        while (!_stop.IsSet)
        {
            var count = 0;
            try
            {
                if (!_socket.Poll(PollMicroseconds, SelectMode.SelectRead))
                {
                    if (Silence(heard, ref told))
                        continue;
                    break;
                }
                count = _socket.Receive(pipe.Writer.GetSpan(ReceiveBytes));
            }
            catch (SocketException error)
            {
                _trouble = $"the connection to Intan RHX was cut: {error.Message}";
                break;
            }
            if (count == 0)
            {
                _trouble = "Intan RHX closed the connection";
                break;
            }
            heard = told = _clock.Now;
            _state = RhxState.Running;
            pipe.Writer.Advance(count);
            Flush(pipe.Writer);
            if (!pipe.Reader.TryRead(out var read))
                continue;
            var taken = _parser.Parse(read.Buffer, heard);
            left = read.Buffer.Slice(taken).Length;
            pipe.Reader.AdvanceTo(taken, read.Buffer.End);
        }
        _parser.CutOff(left);
        pipe.Writer.Complete();
        pipe.Reader.Complete();
    }

    private static void Flush(PipeWriter writer)
    {
        var flush = writer.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
            throw new InvalidOperationException("A pipe without bound made its writer wait.");
        _ = flush.Result;
    }

    /// <summary>Nothing came. Says whether to wait on.</summary>
    private bool Silence(SessionTime heard, ref SessionTime told)
    {
        var now = _clock.Now;
        if (_silent is null || now - told < _options.StallSeconds * 1e9)
            return true;
        if (told == heard)
            Interlocked.Increment(ref _stalls);
        (told, _state) = (now, RhxState.Stalled);
        _trouble = $"nothing has come from Intan RHX for {(now - heard) / 1e9:F1} s";
        return _silent() && now - heard < _options.SilenceSeconds * 1e9;
    }

    /// <summary>Connects anew: at once, then after pauses that double up to the longest. False where it was stopped.</summary>
    private bool Reconnect()
    {
        _state = RhxState.Reconnecting;
        var since = _clock.Now;
        for (var pause = _options.LongestPauseSeconds / 10; !_stop.IsSet; pause = Math.Min(2 * pause, _options.LongestPauseSeconds))
        {
            try
            {
                _socket = _connect();
                Interlocked.Increment(ref _reconnections);
                _state = RhxState.Running;
                return true;
            }
            catch (ClosedLoopException error) when (error.ExitCode != 2)
            {
                _trouble = error.Message;
                if (_clock.Now - since > _options.PatienceSeconds * 1e9)
                    throw ClosedLoopException.Failed($"the connection to Intan RHX was lost and has not come back for {_options.PatienceSeconds} s: {error.Message}", error);
            }
            _stop.Wait(TimeSpan.FromSeconds(pause));
        }
        return false;
    }
}
