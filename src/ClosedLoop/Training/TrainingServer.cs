using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Training;

/// <summary>
/// Lends a training environment to a trainer in another process, over a Unix domain socket. A trainer that dies leaves the
/// server waiting for the next one, which begins with the same bodies and the same seed.
/// </summary>
/// <remarks>
/// <para>The server greets with one line of JSON: protocol, bodies, observation, reference, action, behaviours, layout,
/// body_sha256, clips, minutes, control_period_s, mirror (of observation and action: for each number of the mirror image
/// where it comes from, counted from 1, negative where its sign turns). Then it answers requests, numbers in little-endian
/// order:</para>
/// <para>'O': observe. 'S', actions (float32, bodies x action): step, then observe. Both are answered with observations
/// (float32, bodies x observation), rewards (float32), errors (float32, metres), ends (a byte a body,
/// <see cref="EpisodeEnd"/>) and behaviours (a byte a body).</para>
/// <para>'P', proposals (float32, bodies x action), asked (a byte a body): plan in the present states, beginning with what
/// the network proposes. Answered with labels (float32, bodies x action, NaN where not asked), and of each body that was
/// asked in turn its curvature (float32, action x action).</para>
/// <para>Any other byte, or the end of the stream: good-bye.</para>
/// </remarks>
public sealed class TrainingServer(BodyDescription body, ReferencePool pool, TrainingOptions options)
{
    private const int Protocol = 2;

    /// <summary>Serves one trainer after the other until <paramref name="cancellation"/> is asked for.</summary>
    /// <param name="socketPath">Where the socket is made; one that nobody serves any more is replaced.</param>
    /// <param name="once">Ends with the first trainer.</param>
    /// <param name="connected">Told when a trainer comes (true) and goes (false).</param>
    /// <param name="cancellation">Ends the serving.</param>
    /// <exception cref="ClosedLoopException">The socket cannot be made.</exception>
    public async Task ServeAsync(string socketPath, bool once, Action<bool>? connected, CancellationToken cancellation)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(socketPath);
            listener.Bind(new UnixDomainSocketEndPoint(socketPath));
            listener.Listen(1);
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw ClosedLoopException.Usage($"the socket '{socketPath}' cannot be made: {error.Message}; name a short path in a folder that can be written to", error);
        }
        try
        {
            do
            {
                using var trainer = await listener.AcceptAsync(cancellation).ConfigureAwait(false);
                connected?.Invoke(true);
                using (cancellation.Register(trainer.Close))
                    Serve(trainer, cancellation);
                connected?.Invoke(false);
            }
            while (!once && !cancellation.IsCancellationRequested);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop while waiting for a trainer: that is how it ends.
        }
        finally
        {
            File.Delete(socketPath);
        }
    }

    private void Serve(Socket trainer, CancellationToken cancellation)
    {
        using var environment = new TrainingEnvironment(body, pool, options);
        using var stream = new NetworkStream(trainer);
        using var output = new BufferedStream(stream, 1 << 20);
        var count = options.Bodies;
        var (asked, actions) = (new byte[count], new float[count * environment.ActionSize]);
        var (rewards, errors) = (new float[count], new float[count]);
        var (ends, behaviours) = (new byte[count], new byte[count]);
        try
        {
            output.Write(Greeting(environment));
            output.Flush();
            while (!cancellation.IsCancellationRequested)
            {
                var request = stream.ReadByte();
                if (request is not ('O' or 'S' or 'P'))
                    return;
                if (request != 'O')
                    stream.ReadExactly(MemoryMarshal.AsBytes(actions.AsSpan()));
                if (request == 'P')
                {
                    stream.ReadExactly(asked);
                    environment.Plan(actions, asked);
                    Write(output, environment.Labels);
                    var square = environment.ActionSize * environment.ActionSize;
                    for (var i = 0; i < count; i++)
                        if (asked[i] != 0)
                            output.Write(MemoryMarshal.AsBytes(environment.Curvatures.AsSpan(i * square, square)));
                }
                else
                {
                    if (request == 'S')
                        environment.Step(actions);
                    environment.Observe();
                    for (var i = 0; i < count; i++)
                    {
                        var one = environment.Bodies[i];
                        (rewards[i], errors[i], ends[i]) = ((float)one.Reward, (float)one.ErrorM, (byte)one.End);
                        behaviours[i] = (byte)Math.Max(0, environment.Pool.Behaviours.IndexOf(one.Behaviour));
                    }
                    Write(output, environment.Observations);
                    Write(output, rewards);
                    Write(output, errors);
                    output.Write(ends);
                    output.Write(behaviours);
                }
                output.Flush();
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // The trainer died or was stopped: the next one is waited for.
        }
    }

    private byte[] Greeting(TrainingEnvironment environment) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["protocol"] = Protocol,
        ["bodies"] = options.Bodies,
        ["observation"] = environment.Layout.Size,
        ["reference"] = environment.Layout.ReferenceSize,
        ["frames"] = environment.Layout.Frames,
        ["action"] = environment.ActionSize,
        ["behaviours"] = pool.Behaviours,
        ["layout"] = environment.Layout.Signature,
        ["body_sha256"] = body.PhysicsSha256(),
        ["clips"] = pool.Count,
        ["minutes"] = pool.Minutes,
        ["control_period_s"] = options.Task.ControlPeriodS,
        ["mirror"] = new Dictionary<string, int[]>
        {
            ["observation"] = Numbers(environment.Mirror.Observation),
            ["action"] = Numbers(environment.Mirror.Action),
        },
    }) + "\n");

    private static int[] Numbers(IReadOnlyList<(int Source, int Sign)> mirror) => [.. mirror.Select(one => one.Sign * (one.Source + 1))];

    private static void Write(Stream output, float[] numbers) => output.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));
}
