using System.Net.Sockets;
using System.Text.Json;
using ClosedLoop.Physics;
using ClosedLoop.Tests.Physics.Imitation;
using ClosedLoop.Training;

namespace ClosedLoop.Tests.Training;

/// <summary>The server behind which bodies are trained on, spoken to as a trainer speaks.</summary>
public sealed class TrainingServerTests : IDisposable
{
    private const int Bodies = 2;

    private readonly BodyModel _body = ShortMotion.Body();
    private readonly string _folder = Directory.CreateTempSubdirectory("closedloop-").FullName;

    public void Dispose()
    {
        _body.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_outlives_its_trainer_and_begins_again_the_same_way()
    {
        var path = Path.Combine(_folder, "s");
        using var stop = new CancellationTokenSource();
        var server = new TrainingServer(
            _body.Description, new ReferencePool([ShortMotion.Library(_body)], 40), new() { Bodies = Bodies, Threads = 2, ShortestEpisodeSteps = 30 });
        var serving = Task.Run(() => server.ServeAsync(path, once: false, connected: null, stop.Token));
        // A trainer that dies in the middle of a request.
        var first = await Talk(path, dieEarly: true);
        var second = await Talk(path, dieEarly: false);
        Assert.Equal(first, second);
        Assert.Contains(second, value => value != 0);
        await stop.CancelAsync();
        await serving.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(File.Exists(path));
    }

    /// <summary>Looks, makes a step, and looks again; what was observed.</summary>
    private static async Task<float[]> Talk(string path, bool dieEarly)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        for (var attempt = 0; !socket.Connected; attempt++)
        {
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            }
            catch (SocketException) when (attempt < 200)
            {
                await Task.Delay(50);
            }
        }
        using var stream = new NetworkStream(socket);
        var greeting = new List<byte>();
        for (int letter; (letter = stream.ReadByte()) != '\n';)
            greeting.Add((byte)letter);
        using var facts = JsonDocument.Parse(greeting.ToArray());
        var (observation, action) = (facts.RootElement.GetProperty("observation").GetInt32(), facts.RootElement.GetProperty("action").GetInt32());
        Assert.Equal(Bodies, facts.RootElement.GetProperty("bodies").GetInt32());
        Assert.Equal(64, facts.RootElement.GetProperty("body_sha256").GetString()!.Length);
        stream.Write([(byte)'O']);
        var answer = new byte[(Bodies * ((observation + 2) * 4)) + (2 * Bodies)];
        stream.ReadExactly(answer);
        // The second body's label is asked for.
        stream.Write([(byte)'P', .. new byte[Bodies * action * 4], 0, 1]);
        var plan = new byte[((Bodies * action) + (action * action)) * 4];
        stream.ReadExactly(plan);
        var seen = new float[(Bodies * observation) + action];
        Buffer.BlockCopy(answer, 0, seen, 0, Bodies * observation * 4);
        Buffer.BlockCopy(plan, action * 4, seen, Bodies * observation * 4, action * 4);
        Assert.True(float.IsNaN(BitConverter.ToSingle(plan)));
        Assert.All(seen[^action..], value => Assert.InRange(value, -1, 1));
        if (dieEarly)
        {
            stream.Write([(byte)'S', 1, 2, 3]);
            return seen;
        }
        stream.Write([(byte)'S', .. new byte[Bodies * action * 4]]);
        var next = new byte[answer.Length];
        stream.ReadExactly(next);
        Assert.NotEqual(answer.AsSpan(0, 64).ToArray(), next.AsSpan(0, 64).ToArray());
        return seen;
    }
}
