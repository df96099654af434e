using System.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Commands;

/// <summary>The options that say where the frames ahead of the virtual rodent come from: <c>--reference-mode</c>, <c>--forecaster</c>.</summary>
internal sealed class ReferenceModeArguments
{
    private static readonly string[] s_modes = [.. Enum.GetNames<ReferenceMode>().Select(name => name.ToLowerInvariant())];

    private readonly Option<string?> _mode = new("--reference-mode")
    {
        Description = "delay: the virtual rodent runs behind the animal by what its controller looks ahead. predict: it acts at once, the frames ahead are forecast.",
        HelpName = "delay|predict",
    };

    private readonly Option<string?> _forecaster = new("--forecaster")
    {
        Description = "With predict, what forecasts: learned (a network), velocity, velocity:FADE, hold, or a model folder; learned where it suits the body and nothing is said.",
        HelpName = "NAME|FOLDER",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_mode);
        command.Add(_forecaster);
    }

    /// <summary>Whether anything was said.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_mode) is not null || parsed.GetValue(_forecaster) is not null;

    /// <summary>The options of the rodent with what was said.</summary>
    /// <exception cref="ClosedLoopException">There is no such mode, or a forecaster was named and nothing is forecast; exit code 2.</exception>
    public VirtualRodentOptions Apply(ParseResult parsed, VirtualRodentOptions options)
    {
        if (parsed.GetValue(_mode) is { } word)
        {
            if (!s_modes.Contains(word))
                throw ClosedLoopException.Usage($"there is no reference mode '{word}'{Spelling.Suggest(word, s_modes)}; there are {string.Join(" and ", s_modes)}");
            options = options with { ReferenceMode = Enum.Parse<ReferenceMode>(word, ignoreCase: true) };
        }
        if (parsed.GetValue(_forecaster) is not { } forecaster)
            return options;
        return options.ReferenceMode == ReferenceMode.Predict
            ? options with { Forecaster = Directory.Exists(forecaster) ? Path.GetFullPath(forecaster) : forecaster }
            : throw ClosedLoopException.Usage($"'--forecaster {forecaster}' says what forecasts, and nothing is forecast in the mode delay; add --reference-mode predict, or leave it out");
    }
}
