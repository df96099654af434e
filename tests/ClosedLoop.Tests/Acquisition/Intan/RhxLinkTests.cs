using System.Buffers;
using System.Net;
using System.Net.Sockets;
using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Acquisition.Intan;

/// <summary>From the network to the reader nothing is allocated once it runs.</summary>
public sealed class RhxLinkTests
{
    private const int Channels = 128, Blocks = 400;

    [Fact]
    public void Receiving_parsing_and_reading_allocate_nothing()
    {
        var least = Enumerable.Range(0, 3).Select(_ => Allocated()).MinBy(bytes => bytes.Network + bytes.Reader);
        Assert.Equal((0, 0), least);
    }

    /// <summary>Bytes that the network's thread and the reader's allocate for the last three quarters of the blocks.</summary>
    private static (long Network, long Reader) Allocated()
    {
        var names = RhxOptions.ChannelsOf("ABCD", 32);
        using var rhx = new RhxDouble(names);
        using var source = new RhxSampleSource(new() { Channels = names, CommandPort = rhx.CommandPort.Number, WaveformPort = rhx.WaveformPort.Number }, new());
        source.Start();
        rhx.PieceBytes = 9000;
        var sender = new Thread(() => rhx.Send(Blocks));
        sender.Start();
        var block = new SampleBlock(Channels, 128);
        var before = 0L;
        for (var read = 0; read < Blocks - 10; read++)
        {
            if (read == Blocks / 4)
                before = GC.GetAllocatedBytesForCurrentThread();
            Assert.True(source.TryRead(block, default));
        }
        var reader = GC.GetAllocatedBytesForCurrentThread() - before;
        sender.Join();
        return (NetworkBytes(), reader);
    }

    /// <summary>What the network's thread allocates, counted on it, by a parser that watches.</summary>
    private static long NetworkBytes()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.ConnectAsync((IPEndPoint)listener.LocalEndpoint).Wait();
        using var server = listener.AcceptSocket();
        var parser = new Watching();
        var options = new RhxOptions { Channels = ["A-000"] };
        using var link = new RhxLink("test", client, parser, () => throw new InvalidOperationException("It was not cut."), () => true, _ => { }, options, new());
        link.Start();
        for (var block = 0; block < Blocks; block++)
            server.Send(RhxBytes.Block(128 * block, Channels));
        for (var began = Environment.TickCount64; parser.Blocks < Blocks; Thread.Sleep(1))
            Assert.True(Environment.TickCount64 - began < 20_000);
        return parser.Bytes;
    }

    private sealed class Watching : IRhxParser
    {
        private readonly RhxWaveformParser _parser;
        private readonly Pool<SampleRun> _pool = new(4, () => new SampleRun(Channels, 128));
        private long _before;
        private int _blocks;

        public Watching() => _parser = new(Channels, Channels, new(30000), _pool.Rent, Take);

        public long Bytes { get; private set; }

        public int Blocks => Volatile.Read(ref _blocks);

        public SequencePosition Parse(in ReadOnlySequence<byte> bytes, SessionTime arrived) => _parser.Parse(bytes, arrived);

        public void CutOff(long bytes)
        {
        }

        private void Take(SampleRun block)
        {
            _pool.Return(block);
            if (_blocks == RhxLinkTests.Blocks / 4)
                _before = GC.GetAllocatedBytesForCurrentThread();
            Bytes = GC.GetAllocatedBytesForCurrentThread() - _before;
            Interlocked.Increment(ref _blocks);
        }
    }
}
