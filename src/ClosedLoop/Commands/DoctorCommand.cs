using System.CommandLine;

namespace ClosedLoop.Commands;

/// <summary><c>doctor</c></summary>
public static class DoctorCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("doctor", "What this machine has and lacks, and the command that mends it.");
        var json = ClosedLoop.CommandLine.JsonReport.CreateOption();
        command.Add(json);
        command.SetAction(parsed => { ClosedLoop.CommandLine.JsonReport.Write(parsed.GetValue(json), new { ok = true }); return 0; });
        return command;
    }
}
