using System.CommandLine;
using ClosedLoop.Commands;

namespace ClosedLoop.CommandLine;

/// <summary>The command <c>closedloop</c> itself: its description, its verbs and <c>--version</c>.</summary>
public static class RootVerb
{
    /// <summary>The root command with every verb.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand(
            "ClosedLoop watches a freely moving rat, makes a virtual rodent in a physics simulator do what it does, " +
            "and compares the two with the animal's neurons while the experiment runs. " +
            "'./closedloop setup' installs and builds what is missing ('setup gpu': for an NVIDIA card); './closedloop test' runs the project's tests.");
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();

        // One line a verb, in the order of an experiment.
        root.Add(DemoCommand.Create());
        root.Add(LiveCommand.Create());
        root.Add(ReplayCommand.Create());
        root.Add(TrackCommand.Create());
        root.Add(TriangulateCommand.Create());
        root.Add(RegisterCommand.Create());
        root.Add(CalibrateCommand.Create());
        root.Add(SimulateCommand.Create());
        root.Add(SortCommand.Create());
        root.Add(CompareCommand.Create());
        root.Add(EvaluateCommand.Create());
        root.Add(ImitateCommand.Create());
        root.Add(TrainCommand.Create());
        root.Add(TrainEnvCommand.Create());
        root.Add(BenchCommand.Create());
        root.Add(CheckCommand.Create());
        root.Add(DoctorCommand.Create());
        return root;
    }
}
