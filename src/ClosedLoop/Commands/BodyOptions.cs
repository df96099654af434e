using System.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Commands;

/// <summary>The options <c>--body</c> and <c>--attachment</c>: another body than our own rat.</summary>
/// <param name="purpose">What the body is for, as the help says it.</param>
internal sealed class BodyOptions(string purpose = "Use the body in this MJCF file instead of our own rat; needs --attachment.")
{
    private readonly Option<string?> _body = new("--body") { Description = purpose, HelpName = "X.xml" };

    private readonly Option<string?> _attachment = new("--attachment")
    {
        Description = "The file that says where keypoints are attached to --body (the format of stac-mjx's model files).",
        HelpName = "Y.yaml",
    };

    /// <summary>Adds both options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_body);
        command.Add(_attachment);
    }

    /// <summary>Whether another body was asked for.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_body) is not null;

    /// <summary>The body that was asked for, or our own rat.</summary>
    /// <exception cref="ClosedLoopException">One option was given without the other, or a file cannot be read.</exception>
    public BodyDescription Resolve(ParseResult parsed) => (parsed.GetValue(_body), parsed.GetValue(_attachment)) switch
    {
        (null, null) => RodentBody.Describe(),
        ({ } body, { } attachment) => BodyDescription.Load(body, attachment),
        ({ } body, null) => throw ClosedLoopException.Usage($"--body {body} needs --attachment, the file that says where the keypoints are attached to it"),
        (null, { } attachment) => throw ClosedLoopException.Usage($"--attachment {attachment} needs --body, the model that it belongs to"),
    };
}
