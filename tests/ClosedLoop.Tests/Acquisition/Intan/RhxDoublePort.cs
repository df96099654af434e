using System.Net;
using System.Net.Sockets;

namespace ClosedLoop.Tests.Acquisition.Intan;

/// <summary>
/// A port as RHX serves it: it listens for one client, no longer once that has come, and again when it is told to.
/// </summary>
internal sealed class RhxDoublePort : IDisposable
{
    private readonly Lock _lock = new();
    private Socket? _listener, _client;

    public RhxDoublePort()
    {
        Listen();
        Number = ((IPEndPoint)_listener!.LocalEndPoint!).Port;
    }

    public int Number { get; }

    /// <summary>Who is connected.</summary>
    public Socket? Client
    {
        get
        {
            lock (_lock)
                return _client;
        }
    }

    /// <summary>Called with each client, on a thread of its own.</summary>
    public Action<Socket>? Serve { get; init; }

    public void Listen()
    {
        Socket listener;
        lock (_lock)
        {
            if (_listener is not null)
                return;
            listener = _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, Number));
            listener.Listen(1);
        }
        new Thread(() => Accept(listener)) { IsBackground = true }.Start();
    }

    public bool WaitForClient(int timeoutMs = 10_000)
    {
        for (var began = Environment.TickCount64; Client is null; Thread.Sleep(1))
            if (Environment.TickCount64 - began > timeoutMs)
                return false;
        return true;
    }

    /// <summary>Ends the connection; with a reset, what the client has not read is gone.</summary>
    public void Cut(bool reset = false)
    {
        lock (_lock)
        {
            if (reset && _client is not null)
                _client.LingerState = new(true, 0);
            _client?.Dispose();
            _client = null;
        }
    }

    /// <summary>Ends the connection and listens no longer.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
        }
        Cut();
    }

    public void Dispose() => Close();

    private void Accept(Socket listener)
    {
        Socket client;
        try
        {
            client = listener.Accept();
        }
        catch (SocketException)
        {
            return;
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        client.NoDelay = true;
        lock (_lock)
        {
            listener.Dispose();
            if (_listener == listener)
                _listener = null;
            _client?.Dispose();
            _client = client;
        }
        Serve?.Invoke(client);
    }
}
