using System.Net.Sockets;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Connections to RHX's ports.</summary>
internal static class RhxSockets
{
    // What the system keeps for a reader that is held up: half a second at 128 channels.
    private const int ReceiveBytes = 1 << 22;

    /// <summary>Connects.</summary>
    /// <param name="options">The host, and how long it may take.</param>
    /// <param name="port">The port.</param>
    /// <param name="what">What the port is for, as in "commands".</param>
    /// <param name="mend">What to do where nobody answers.</param>
    /// <exception cref="ClosedLoopException">Nobody answers.</exception>
    public static Socket Connect(RhxOptions options, int port, string what, string mend)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = ReceiveBytes };
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(options.AnswerSeconds));
            socket.ConnectAsync(options.Host, port, limit.Token).AsTask().GetAwaiter().GetResult();
            return socket;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            var why = error is SocketException ? error.Message : $"no answer within {options.AnswerSeconds} s";
            throw ClosedLoopException.Failed($"Intan RHX cannot be reached at {options.Host}:{port}, its port of {what} ({why}); {mend}", error);
        }
    }
}
