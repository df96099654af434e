using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// The command port of Intan RHX: parameters got and set, actions executed. RHX answers only what is asked for, ends no
/// answer with anything, and says nothing where a setting was accepted; so every request is followed by the question for
/// the run mode, whose answer is one of four words: what comes before it is the whole answer to the request. One request
/// at a time, from any thread.
/// </summary>
/// <remarks>
/// NB: RHX takes apart what one read of its socket brings, so that a command cut in two is two wrong ones: a request is
/// one small write.
/// </remarks>
public sealed class RhxCommandPort : IDisposable
{
    /// <summary>Bytes of a request: less than a network packet brings in one piece.</summary>
    public const int RequestBytes = 1200;

    private const string Sentinel = "get runmode", Return = "Return: ", RunModeReturn = Return + "RunMode ";
    private const int AnswerBytes = 1 << 16, PollMicroseconds = 20_000;

    private readonly RhxOptions _options;
    private readonly Lock _lock = new();
    private readonly byte[] _buffer = new byte[4096];
    private Socket? _socket;

    /// <summary>Makes a port that connects when it is first asked.</summary>
    public RhxCommandPort(RhxOptions options) => _options = options;

    private string Where => $"Intan RHX at {_options.Host}:{_options.CommandPort}";

    /// <summary>What RHX is doing.</summary>
    /// <exception cref="ClosedLoopException">It does not answer, or not as RHX does; this goes for every request.</exception>
    public RhxRunMode RunMode() => Exchange("").Mode;

    /// <summary>The value of a parameter, as in "sampleratehertz" or "a-000.enabled".</summary>
    public string Get(string parameter) => Get([parameter])[0];

    /// <summary>The values of several parameters, asked for together.</summary>
    public IReadOnlyList<string> Get(IReadOnlyList<string> parameters)
    {
        var request = string.Join(';', parameters.Select(parameter => "get " + parameter));
        var answer = Exchange(request).Answer;
        var answers = answer.Split(Return);
        if (answers.Length == parameters.Count + 1 && answers[0].Length == 0)
            return [.. answers[1..].Select(one => one.Trim()[(one.Trim().IndexOf(' ', StringComparison.Ordinal) + 1)..])];
        // One of several was not answered: asked alone it names itself.
        return parameters.Count > 1 ? [.. parameters.Select(Get)] : throw Unexpected(answer, request);
    }

    /// <summary>Sets a parameter.</summary>
    /// <exception cref="ClosedLoopException">RHX refused; the message has its words.</exception>
    public void Set(string parameter, string value) => Command([$"set {parameter} {value}"]);

    /// <summary>Has an action done.</summary>
    /// <exception cref="ClosedLoopException">RHX refused; the message has its words.</exception>
    public void Execute(string action) => Command([$"execute {action}"]);

    /// <summary>Gives several commands together. NB: where one is refused they are given again one by one, so that it is named.</summary>
    /// <exception cref="ClosedLoopException">RHX refused one; the message has its words.</exception>
    public void Command(IReadOnlyList<string> commands)
    {
        var request = string.Join(';', commands);
        var answer = Exchange(request).Answer;
        if (answer.Length == 0)
            return;
        if (commands.Count > 1)
            foreach (var command in commands)
                Command([command]);
        throw Unexpected(answer, request);
    }

    /// <summary>Starts or stops the board, and waits until RHX says that it has.</summary>
    /// <exception cref="ClosedLoopException">RHX refused, or does not come to it.</exception>
    public void SetRunMode(RhxRunMode mode)
    {
        var request = $"set runmode {mode.ToString().ToLowerInvariant()}";
        lock (_lock)
        {
            // NB: alone: RHX acquires inside this command and would answer what came with it when it is stopped again.
            Send(request);
            var refusal = Receive(TimeSpan.FromMilliseconds(100), _ => false);
            if (refusal.Length > 0)
                throw Unexpected(refusal, request);
        }
        var asked = Stopwatch.StartNew();
        while (RunMode() != mode)
        {
            if (asked.Elapsed.TotalSeconds > _options.AnswerSeconds)
                throw ClosedLoopException.Failed($"{Where} was told '{request}' and has not done it after {_options.AnswerSeconds} s; look at its window for what keeps it");
            Thread.Sleep(10);
        }
    }

    /// <summary>Closes the connection; the next request makes it anew.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _socket?.Dispose();
            _socket = null;
        }
    }

    /// <summary>Sends a request and the question for the run mode, and returns what came before the answer to that.</summary>
    private (string Answer, RhxRunMode Mode) Exchange(string request)
    {
        lock (_lock)
        {
            var limit = TimeSpan.FromSeconds(_options.AnswerSeconds);
            Send(request.Length > 0 ? $"{request};{Sentinel}" : Sentinel);
            var text = Receive(limit, text => Mode(text) is not null);
            if (Mode(text) is { } mode)
                return (text[..text.LastIndexOf(RunModeReturn, StringComparison.Ordinal)].Trim(), mode);
            // NB: an answer that comes later must not be taken for that to the next request.
            Dispose();
            var asked = request.Length > 0 ? request : Sentinel;
            throw text.Length > 0
                ? Unexpected(text, asked)
                : ClosedLoopException.Failed($"{Where} has not answered '{Shortened(asked)}' within {_options.AnswerSeconds} s; another program may be in its place, or its window waits for a person");
        }
    }

    /// <summary>The run mode that ends an answer; null: the answer has not ended.</summary>
    private static RhxRunMode? Mode(string text) =>
        text.LastIndexOf(RunModeReturn, StringComparison.Ordinal) is var at && at < 0 ? null : text[(at + RunModeReturn.Length)..].Trim() switch
        {
            "Stop" => RhxRunMode.Stop,
            "Run" => RhxRunMode.Run,
            "Record" => RhxRunMode.Record,
            "Trigger" => RhxRunMode.Trigger,
            _ => null,
        };

    private void Send(string request)
    {
        _socket ??= RhxSockets.Connect(_options, _options.CommandPort, "commands",
            "start RHX, open Network, Remote TCP Control, and press Connect on the page Commands (RHX listens for one client, and no longer after it has gone)");
        try
        {
            _socket.Send(Encoding.Latin1.GetBytes(request));
        }
        catch (SocketException error)
        {
            throw Lost(request, error);
        }
    }

    private string Receive(TimeSpan limit, Predicate<string> complete)
    {
        var text = "";
        var asked = Stopwatch.StartNew();
        try
        {
            while (!complete(text) && asked.Elapsed < limit && text.Length < AnswerBytes)
            {
                if (!_socket!.Poll((int)Math.Min(PollMicroseconds, limit.TotalMicroseconds), SelectMode.SelectRead))
                    continue;
                var count = _socket.Receive(_buffer);
                if (count == 0)
                    throw Lost("", null);
                text += Encoding.Latin1.GetString(_buffer, 0, count);
            }
        }
        catch (SocketException error)
        {
            throw Lost("", error);
        }
        return text;
    }

    private ClosedLoopException Lost(string request, Exception? error)
    {
        Dispose();
        return ClosedLoopException.Failed($"{Where} closed its port of commands{(request.Length > 0 ? $" at '{request}'" : "")}; press Connect in its Remote TCP Control, on the page Commands, or start it again", error);
    }

    private ClosedLoopException Unexpected(string answer, string request) =>
        ClosedLoopException.Failed($"{Where} answered '{Shortened(answer)}' to '{Shortened(request)}'");

    private static string Shortened(string text) => text.Length <= 200 ? text : text[..200] + "...";
}
