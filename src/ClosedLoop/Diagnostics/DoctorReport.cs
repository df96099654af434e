using ClosedLoop.CommandLine;

namespace ClosedLoop.Diagnostics;

/// <summary>What this machine has and lacks, per feature; the facts of <c>closedloop doctor</c>.</summary>
/// <param name="Version">The program's version.</param>
/// <param name="Commit">The git commit the program was built from.</param>
/// <param name="ReadyForDemo">Whether nothing is missing that <c>closedloop demo</c> needs.</param>
/// <param name="Machine">The computer.</param>
/// <param name="Checks">Every check, in the order of the features.</param>
public sealed record DoctorReport(string Version, string Commit, bool ReadyForDemo, MachineFacts Machine, IReadOnlyList<Check> Checks)
{
    /// <summary>Examines this machine; takes about a second, most of it for the speed of the disk.</summary>
    /// <param name="recordingFolder">Where recordings are to be written.</param>
    /// <param name="cancellation">Ends the examination between two checks.</param>
    public static DoctorReport Examine(string recordingFolder, CancellationToken cancellation)
    {
        var packages = SystemPackages.Read();
        Func<IEnumerable<Check>>[] rooms =
        [
            () => PhysicsChecks.Run(packages),
            () => RenderingChecks.Run(packages),
            () => PictureChecks.Run(packages),
            () => NetworkChecks.Run(),
            () => KeypointFileChecks.Run(packages),
            () => RecordingFolderChecks.Run(recordingFolder),
            () => TetrodeChecks.Run(),
            () => ClockChecks.Run(),
            () => ReaderChecks.Run(packages),
            () => packages.Run(),
        ];
        var checks = new List<Check>();
        foreach (var room in rooms)
        {
            cancellation.ThrowIfCancellationRequested();
            checks.AddRange(room());
        }
        var ready = !checks.Any(check => check is { NeededForDemo: true, State: CheckState.Missing });
        return new DoctorReport(ProgramVersion.Version, ProgramVersion.Commit, ready, MachineFacts.Read(), checks);
    }
}
