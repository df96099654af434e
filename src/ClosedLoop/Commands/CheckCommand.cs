using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Rigs;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop check</c>: everything about a rig that can be known before it starts; nothing is started.</summary>
public static class CheckCommand
{
    /// <summary>The verb. Exit code 2 where the rig has a problem.</summary>
    public static Command Create()
    {
        var json = JsonReport.CreateOption();
        var command = new Command("check", "Check a rig file and all that it names, without starting anything.");
        var rig = new RigArguments();
        rig.AddTo(command);
        command.Add(json);
        command.SetAction((parsed, _) =>
        {
            using var inspection = new RigInspection(rig.Path(parsed), new SessionClock(), rig.Seconds(parsed), records: true);
            Print(inspection);
            JsonReport.Write(parsed.GetValue(json), new
            {
                Rig = inspection.Path,
                Ready = inspection.Problems.Count == 0,
                inspection.Problems,
                inspection.Findings,
                inspection.PlannedS,
                Recording = inspection.Room,
            });
            return Task.FromResult(inspection.Problems.Count == 0 ? 0 : 2);
        });
        return command;
    }

    private static void Print(RigInspection inspection)
    {
        var output = Console.Out;
        output.WriteLine(inspection.Configuration is { } rig ? $"rig {rig.Name}, {inspection.Path}" : $"rig {inspection.Path}");
        foreach (var (part, found) in inspection.Findings)
            output.WriteLine($"  {part,-12} {found}");
        if (inspection.Problems.Count == 0)
        {
            output.WriteLine($"ready: closedloop live {inspection.Path}");
            return;
        }
        output.WriteLine(inspection.Problems.Count == 1 ? "1 problem:" : $"{inspection.Problems.Count} problems:");
        foreach (var problem in inspection.Problems)
            output.WriteLine($"  {problem}");
    }
}
