using System.CommandLine;
using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Commands;

/// <summary>What <c>live</c> and <c>check</c> are told: the rig file, and how long the session is to last.</summary>
internal sealed class RigArguments
{
    private readonly Argument<string> _path = new("RIG.yaml") { Description = "The rig file; docs/rigs.md explains its keys, hardware/rigs/ has some." };

    private readonly Option<double?> _seconds = new("--seconds")
    {
        Description = "How long the session is, instead of what the rig file says.",
        HelpName = "N",
    };

    /// <summary>Adds both to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_path);
        command.Add(_seconds);
    }

    /// <summary>The rig file.</summary>
    public string Path(ParseResult parsed) => parsed.GetRequiredValue(_path);

    /// <summary>How long the session is to last; null: as the rig file says.</summary>
    /// <exception cref="ClosedLoopException">It is no duration.</exception>
    public double? Seconds(ParseResult parsed) => parsed.GetValue(_seconds) switch
    {
        null => null,
        { } seconds when seconds > 0 && double.IsFinite(seconds) => seconds,
        { } other => throw ClosedLoopException.Usage($"--seconds {other.ToString(CultureInfo.InvariantCulture)} is no duration; give seconds, as in 20"),
    };
}
