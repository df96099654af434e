using System.CommandLine;
using System.CommandLine.Invocation;

namespace ClosedLoop.CommandLine;

/// <summary><c>--version</c>: the version, and the commit it was built from.</summary>
public sealed class VersionAction : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        ArgumentNullException.ThrowIfNull(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine($"closedloop {ProgramVersion.Full}");
        return 0;
    }
}
