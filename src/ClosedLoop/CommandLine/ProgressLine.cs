namespace ClosedLoop.CommandLine;

/// <summary>
/// Progress on standard error: one line that redraws itself on a terminal, a line every few seconds where it does not.
/// </summary>
public sealed class ProgressLine : IProgress<string>, IDisposable
{
    private const long PlainPeriodMs = 5000;

    private readonly object _gate = new();
    private long _lastPlainMs = long.MinValue / 2;
    private int _width;

    /// <summary>Shows how far the work is.</summary>
    public void Report(string value)
    {
        lock (_gate)
        {
            if (Terminal.CanRedraw)
            {
                Console.Error.Write($"\r{value.PadRight(_width)}");
                _width = value.Length;
            }
            else if (Environment.TickCount64 - _lastPlainMs >= PlainPeriodMs)
            {
                _lastPlainMs = Environment.TickCount64;
                Console.Error.WriteLine(value);
            }
        }
    }

    /// <summary>Says something that must not be missed, on a line of its own that stays.</summary>
    public void Announce(string sentence)
    {
        lock (_gate)
        {
            Blank();
            Console.Error.WriteLine($"closedloop: {sentence}");
        }
    }

    /// <summary>Leaves the line blank for what comes next.</summary>
    public void Dispose()
    {
        lock (_gate)
            Blank();
    }

    private void Blank()
    {
        if (_width > 0)
            Console.Error.Write($"\r{new string(' ', _width)}\r");
        _width = 0;
    }
}
