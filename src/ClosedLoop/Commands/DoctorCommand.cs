using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Diagnostics;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop doctor</c>: what this machine has and lacks, per feature, and the command that mends it.</summary>
public static class DoctorCommand
{
    /// <summary>The verb. Exit code 0 where everything is there that <c>demo</c> needs, else 1.</summary>
    public static Command Create()
    {
        var recordings = new Option<DirectoryInfo>("--recordings")
        {
            Description = "The folder that recordings are to be written to; its room and speed are measured.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => new DirectoryInfo("."),
        };
        recordings.AcceptExistingOnly();
        var json = JsonReport.CreateOption();
        var command = new Command("doctor", "What this machine has and lacks, per feature, and the command that mends it.") { recordings, json };
        command.SetAction((parsed, cancellation) =>
        {
            var report = DoctorReport.Examine(parsed.GetRequiredValue(recordings).FullName, cancellation);
            Print(report);
            JsonReport.Write(parsed.GetValue(json), report);
            return Task.FromResult(report.ReadyForDemo ? 0 : 1);
        });
        return command;
    }

    private static void Print(DoctorReport report)
    {
        var output = Terminal.Output;
        var machine = report.Machine;
        output.WriteLine($"closedloop {report.Version}, commit {report.Commit}");
        output.WriteLine($"{machine.OperatingSystem}, {machine.Kernel}, {machine.DotNet}");
        output.WriteLine($"{machine.Processor}, {machine.Cores} cores, {machine.MemoryGib:F1} GiB of memory ({machine.AvailableMemoryGib:F1} free)");
        output.WriteLine();

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("feature", "needs", "state", "found");
        foreach (var check in report.Checks)
            table.AddRow(new Text(check.Feature), new Text(check.Item), State(check.State), new Text(check.Found));
        output.Write(table);

        foreach (var check in report.Checks.Where(check => check.Mend is not null))
        {
            output.WriteLine($"{check.Feature}, {check.Item}: {check.Purpose}. Mend it with:");
            output.WriteLine($"    {check.Mend}");
        }
        output.WriteLine(report.ReadyForDemo
            ? "Everything is here that 'closedloop demo' needs."
            : "Something is missing that 'closedloop demo' needs.");
    }

    private static Text State(CheckState state) => state switch
    {
        CheckState.Ok => new Text("ok", new Style(Color.Green)),
        CheckState.Differs => new Text("differs", new Style(Color.Yellow)),
        _ => new Text("missing", new Style(Color.Red)),
    };
}
