using System.Globalization;
using System.Net.Sockets;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Makes RHX send what was asked for: checks what cannot be changed from here, sets what can, opens the data ports, runs
/// and stops the board. A board that runs already is not touched, since it may be writing its own file: then its settings must fit.
/// </summary>
internal sealed class RhxController(RhxOptions options) : IDisposable
{
    private const int PairsAtOnce = 16;

    private bool _ours;

    /// <summary>The port of commands.</summary>
    public RhxCommandPort Commands { get; } = new(options);

    /// <summary>RHX's name for its board, once it was asked.</summary>
    public string Board { get; private set; } = "";

    /// <summary>Blocks that RHX gathers before it sends them. NB: of a board that runs already this may be another number than was asked for.</summary>
    public string BlocksPerWrite { get; private set; } = "";

    /// <summary>Checks and sets what is to be sent.</summary>
    /// <returns>Whether the board runs already.</returns>
    /// <exception cref="ClosedLoopException">Something is not as asked and cannot be made so (exit code 2), or RHX cannot be reached (1).</exception>
    public bool Prepare()
    {
        var runs = Commands.RunMode() != RhxRunMode.Stop;
        var facts = Commands.Get(["type", "sampleratehertz", "tcpwaveformdataoutputport"]);
        Board = facts[0];
        if (!double.TryParse(facts[1], CultureInfo.InvariantCulture, out var rate) || Math.Abs(rate - options.RateHz) > 1e-6 * options.RateHz)
            throw ClosedLoopException.Usage($"Intan RHX samples at {facts[1]} Hz and {options.RateHz} Hz were asked for; its rate is chosen when it starts: start it again with the other, or write the rate that it has");
        if (facts[2] != options.WaveformPort.ToString(CultureInfo.InvariantCulture))
            throw ClosedLoopException.Usage($"Intan RHX sends waveforms on port {facts[2]} and not on {options.WaveformPort}; write the port that it has, or set it in its Remote TCP Control");
        if (!runs)
            Configure();
        Verify(runs);
        return runs;
    }

    /// <summary>Has a data port opened, and connects to it.</summary>
    /// <param name="port">The port.</param>
    /// <param name="stream">"Waveform" or "Spike".</param>
    public Socket Open(int port, string stream)
    {
        // NB: RHX stops listening once a client has come, so it is asked to listen before each connection; and it listens a moment after it has answered.
        Commands.Execute($"connecttcp{stream.ToLowerInvariant()}dataoutput");
        for (var pauseMs = 5; ; pauseMs *= 2)
        {
            try
            {
                return RhxSockets.Connect(options, port, $"{stream.ToLowerInvariant()}s", $"look whether its Remote TCP Control shows the {stream} output as Pending; another program may be connected to it");
            }
            catch (ClosedLoopException) when (pauseMs <= 40)
            {
                Thread.Sleep(pauseMs);
            }
        }
    }

    /// <summary>Sets the board running.</summary>
    public void Run()
    {
        Commands.SetRunMode(RhxRunMode.Run);
        _ours = true;
    }

    /// <summary>Stops the board where it was set running from here.</summary>
    public void Stop()
    {
        if (_ours && Commands.RunMode() != RhxRunMode.Stop)
            Commands.SetRunMode(RhxRunMode.Stop);
        _ours = false;
    }

    /// <inheritdoc/>
    public void Dispose() => Commands.Dispose();

    private void Configure()
    {
        Commands.Execute("clearalldataoutputs");
        Commands.Set("tcpnumberdatablocksperwrite", options.BlocksPerWrite.ToString(CultureInfo.InvariantCulture));
        IEnumerable<string> outputs = options.Channels.Select(Output);
        if (options.DigitalInput is { } line)
            outputs = outputs.Append(Output(line));
        if (options.SpikePort is not null)
            outputs = outputs.Concat(options.Channels.Select(channel => Output(channel) + "spike"));
        foreach (var some in outputs.Chunk(PairsAtOnce))
            Commands.Command([.. some.Select(output => $"set {output} true")]);
    }

    /// <summary>What was set is asked for again: RHX says nothing where it has accepted a setting, and some it accepts without effect.</summary>
    private void Verify(bool runs)
    {
        foreach (var channels in options.Channels.Chunk(PairsAtOnce))
        {
            var values = Commands.Get([.. channels.SelectMany(channel => new[] { $"{channel.ToLowerInvariant()}.enabled", Output(channel) })]);
            for (var i = 0; i < channels.Length; i++)
            {
                if (!True(values[2 * i]))
                    throw ClosedLoopException.Usage($"the channel {channels[i]} is disabled in Intan RHX, so its samples are not sent; enable it there, or leave it out of the channels");
                if (!True(values[(2 * i) + 1]))
                    throw Refused(channels[i], runs);
            }
        }
        if (options.DigitalInput is { } line && !True(Commands.Get(Output(line))))
            throw Refused(line, runs);
        BlocksPerWrite = Commands.Get("tcpnumberdatablocksperwrite");
    }

    private static ClosedLoopException Refused(string channel, bool runs) => ClosedLoopException.Usage(
        $"Intan RHX does not send the channel {channel}{(runs ? "; it runs already, and what it sends can be set only while it is stopped: stop it, or let it send just the channels that are named" : " although it was set to")}");

    private static string Output(string channel) => $"{channel.ToLowerInvariant()}.tcpdataoutputenabled";

    private static bool True(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase);
}
