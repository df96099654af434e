using System.Runtime.InteropServices;

namespace ClosedLoop.CommandLine;

/// <summary>
/// Ctrl-C and its kin. The first asks the command to stop with what it has, and waits for it as long as it takes; the
/// second ends the program at once.
/// </summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Listens from now on.</summary>
    public Interruption() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Interrupt(context, exitCode: 130)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Interrupt(context, exitCode: 143)),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Interrupt(context, exitCode: 129)),
    ];

    /// <summary>Cancelled by the first interruption.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit code of a command that was interrupted: 128 and the signal's number, as shells have it.</summary>
    public int ExitCode { get; private set; } = 130;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Interrupt(PosixSignalContext context, int exitCode)
    {
        // NB: not cancelled the second time, so that the system's default ends the program even where it hangs.
        if (_source.IsCancellationRequested)
            return;
        context.Cancel = true;
        ExitCode = exitCode;
        Console.Error.WriteLine("closedloop: stopping ... (once more ends at once)");
        _source.Cancel();
    }
}
