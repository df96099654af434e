using System.Net.Sockets;
using System.Text;

namespace ClosedLoop.Tests.Acquisition.Intan;

/// <summary>
/// Stands for Intan's RHX software: its three ports on this machine, the commands that are used of it, and the documented
/// bytes of planted samples. What it sends, and what goes wrong, is told to it; it keeps account.
/// </summary>
internal sealed class RhxDouble : IDisposable
{
    private readonly string[] _channels;
    private readonly HashSet<string> _outputs = [], _spikeOutputs = [];
    private readonly Lock _lock = new();
    private string _blocksPerWrite = "10";

    public RhxDouble(params IReadOnlyList<string> channels)
    {
        _channels = [.. channels];
        CommandPort = new() { Serve = ServeCommands };
        (WaveformPort, SpikePort) = (new(), new());
    }

    public RhxDoublePort CommandPort { get; }

    public RhxDoublePort WaveformPort { get; }

    public RhxDoublePort SpikePort { get; }

    public string RateHz { get; set; } = "30000";

    public HashSet<string> Disabled { get; } = [];

    /// <summary>Answers a command otherwise than RHX: null: as RHX; empty: not at all, and without effect.</summary>
    public Func<string, string?> Otherwise { get; set; } = _ => null;

    /// <summary>The commands that came.</summary>
    public List<string> Commands { get; } = [];

    public string RunMode { get; set; } = "Stop";

    /// <summary>The number of the next sample.</summary>
    public long Next { get; private set; }

    /// <summary>The number with which the board begins to count when it is set running.</summary>
    public long First { get; init; }

    /// <summary>Samples that were sent whole, and those that were not.</summary>
    public long Sent { get; private set; }

    public long Missed { get; private set; }

    /// <summary>Most bytes that are sent at once.</summary>
    public int PieceBytes { get; set; } = int.MaxValue;

    public int Channels => _outputs.Count;

    public void Enable(params IEnumerable<string> channels) => _outputs.UnionWith(channels);

    /// <summary>Sends blocks to whoever is connected; where nobody is, their samples are missed, as with RHX.</summary>
    public void Send(int blocks = 1)
    {
        for (var block = 0; block < blocks; block++)
        {
            if (SendBytes(RhxBytes.Block(Next, Channels)))
                Sent += RhxBytes.Frames;
            else
                Missed += RhxBytes.Frames;
            Next += RhxBytes.Frames;
        }
    }

    /// <summary>The board takes samples that are not sent.</summary>
    public void Miss(int samples)
    {
        Next += samples;
        Missed += samples;
    }

    /// <summary>Begins a block and cuts the connection in it.</summary>
    public void CutInBlock(int bytes, bool reset = false)
    {
        SendBytes(RhxBytes.Block(Next, Channels)[..bytes]);
        WaveformPort.Cut(reset);
        Miss(RhxBytes.Frames);
    }

    public bool SendBytes(byte[] bytes)
    {
        try
        {
            if (WaveformPort.Client is not { } client)
                return false;
            for (var at = 0; at < bytes.Length; at += PieceBytes)
                client.Send(bytes.AsSpan(at, Math.Min(PieceBytes, bytes.Length - at)));
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Waits until the board runs and somebody takes its waveforms.</summary>
    public bool WaitForStreams()
    {
        for (var began = Environment.TickCount64; WaveformPort.Client is null || RunMode == "Stop"; Thread.Sleep(1))
            if (Environment.TickCount64 - began > 10_000)
                return false;
        return true;
    }

    public void SendSpike(byte[] bytes) => SpikePort.Client!.Send(bytes);

    /// <summary>The program ends, and all its connections with it.</summary>
    public void Vanish()
    {
        foreach (var port in new[] { CommandPort, WaveformPort, SpikePort })
            port.Close();
    }

    /// <summary>The program is back, and a person has pressed Connect. Restarted, it has forgotten everything.</summary>
    public void Return(bool restarted)
    {
        if (restarted)
        {
            RunMode = "Stop";
            _outputs.Clear();
        }
        CommandPort.Listen();
    }

    public void Dispose() => Vanish();

    private void ServeCommands(Socket client)
    {
        var buffer = new byte[8192];
        try
        {
            while (client.Receive(buffer) is var count && count > 0)
                Take(Encoding.Latin1.GetString(buffer, 0, count), client);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
        }
        if (CommandPort.Client == client)
        {
            // A person presses Connect again.
            CommandPort.Cut();
            CommandPort.Listen();
        }
    }

    /// <summary>Takes apart what one read has brought, as RHX does.</summary>
    private void Take(string text, Socket client)
    {
        foreach (var command in text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Trim().ToLowerInvariant()))
        {
            lock (_lock)
                Commands.Add(command);
            var answer = Otherwise(command) ?? Answer(command);
            if (answer.Length > 0)
                client.Send(Encoding.Latin1.GetBytes(answer));
            if (command == "set runmode run")
                // RHX acquires inside this command; what came with it waits until the board is stopped.
                return;
        }
    }

    private string Answer(string command)
    {
        var words = command.Split(' ');
        return words switch
        {
            ["get", "runmode"] => $"Return: RunMode {RunMode}",
            ["get", "type"] => "Return: Type ControllerRecordUSB3",
            ["get", "sampleratehertz"] => $"Return: SampleRateHertz {RateHz}",
            ["get", "tcpwaveformdataoutputport"] => $"Return: TCPWaveformDataOutputPort {WaveformPort.Number}",
            ["get", "tcpnumberdatablocksperwrite"] => $"Return: TCPNumberDataBlocksPerWrite {_blocksPerWrite}",
            ["get", var channel] => Signal(channel, null),
            ["set", "runmode", "run"] when RunMode == "Stop" => Run(),
            ["set", "runmode", "stop"] when RunMode != "Stop" => Done(RunMode = "Stop"),
            ["set", "runmode", _] => "Board must be stopped in order to start running",
            ["set", "tcpnumberdatablocksperwrite", var value] => Done(_blocksPerWrite = value),
            ["set", var channel, var value] => RunMode == "Stop" ? Signal(channel, value == "true") : "TCPDataOutputEnabled cannot be set while board is running",
            ["execute", "clearalldataoutputs"] => Clear(),
            ["execute", "connecttcpwaveformdataoutput"] => Connect(WaveformPort),
            ["execute", "connecttcpspikedataoutput"] => Connect(SpikePort),
            _ => "Unrecognized action",
        };
    }

    private string Signal(string parameter, bool? value)
    {
        var parts = parameter.Split('.');
        var channel = parts[0].ToUpperInvariant();
        var outputs = parts[^1] == "tcpdataoutputenabledspike" ? _spikeOutputs : _outputs;
        if (parts.Length != 2 || !_channels.Contains(channel))
            return "Unrecognized parameter";
        if (parts[1] == "enabled")
            return $"Return: Enabled {!Disabled.Contains(channel)}";
        if (value is null)
            return $"Return: TCPDataOutputEnabled {outputs.Contains(channel)}";
        return Done(value.Value ? outputs.Add(channel) : outputs.Remove(channel));
    }

    private string Run()
    {
        (RunMode, Next) = ("Run", First);
        return "";
    }

    private string Clear()
    {
        _outputs.Clear();
        _spikeOutputs.Clear();
        return "";
    }

    private static string Connect(RhxDoublePort port)
    {
        port.Listen();
        return "";
    }

    private static string Done<T>(T _) => "";
}
