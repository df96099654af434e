using System.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Commands;

/// <summary>The options with which <c>register</c> and <c>replay</c> read a keypoint file.</summary>
internal sealed class KeypointFileArguments
{
    private readonly Option<string?> _frames = new("--frames")
    {
        Description = "Only frames A to B, counted from 0, B not included.",
        HelpName = "A:B",
    };

    private readonly Option<string> _units = new("--units")
    {
        Description = "The unit of the file's numbers: mm or m; auto decides by the size of the animal.",
        HelpName = "mm|m|auto",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<double?> _rateHz = new("--rate-hz")
    {
        Description = "Frames per second of the animal's time, where the file does not say or is not to be believed.",
        HelpName = "HZ",
    };

    private readonly Option<bool> _allowMissing = new("--allow-missing")
    {
        Description = "Go on where keypoints are missing (NaN): they are left out and the poses are flagged.",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_frames);
        command.Add(_units);
        command.Add(_rateHz);
        command.Add(_allowMissing);
    }

    /// <summary>The frames that were asked for, as they were written; null: all.</summary>
    public string? Frames(ParseResult parsed) => parsed.GetValue(_frames);

    /// <summary>The frames per second that were given; null: the file's.</summary>
    public double? RateHz(ParseResult parsed) => parsed.GetValue(_rateHz);

    /// <summary>The frames that were asked for; null: all.</summary>
    /// <exception cref="ClosedLoopException">The text is no range.</exception>
    public FrameRange? Range(ParseResult parsed) => parsed.GetValue(_frames) is { } frames ? FrameRange.Parse(frames) : null;

    /// <summary>What was given, as words of a command line that means the same.</summary>
    public IEnumerable<string> Given(ParseResult parsed)
    {
        foreach (var option in new Option[] { _frames, _units, _rateHz, _allowMissing })
            if (parsed.GetResult(option) is { Implicit: false } result)
                foreach (var word in result.Tokens.Select(token => token.Value).Prepend(option.Name))
                    yield return word;
    }

    /// <summary>Refuses the options that say how a keypoint file is to be understood: a recording says it itself.</summary>
    /// <exception cref="ClosedLoopException">One of them was given.</exception>
    public void RefuseForRecordings(ParseResult parsed, string path)
    {
        foreach (var option in new Option[] { _units, _rateHz, _allowMissing })
            if (parsed.GetResult(option) is { Implicit: false })
                throw ClosedLoopException.Usage($"{option.Name} is for keypoint files; the recording '{path}' says itself what it holds");
    }

    /// <summary>Opens the file.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="path">The file.</param>
    /// <param name="playbackRate">How fast frames are handed out; null: as fast as they are asked for.</param>
    /// <param name="clock">The clock that playback goes by.</param>
    /// <exception cref="ClosedLoopException">The file cannot be read, or a keypoint is missing and that was not allowed.</exception>
    public KeypointFile Open(ParseResult parsed, string path, double? playbackRate, SessionClock? clock)
    {
        var file = KeypointFile.Open(path, new()
        {
            Frames = Range(parsed),
            Units = parsed.GetRequiredValue(_units) switch
            {
                "mm" => LengthUnit.Millimetres,
                "m" => LengthUnit.Metres,
                "auto" => LengthUnit.Auto,
                var other => throw ClosedLoopException.Usage($"--units {other} is no unit of keypoint files; give mm, m, or auto to decide by the size of the animal"),
            },
            RateHz = parsed.GetValue(_rateHz),
            PlaybackRate = playbackRate,
            Clock = clock,
        });
        if (!file.Problems.None && !parsed.GetValue(_allowMissing))
            throw ClosedLoopException.Failed(
                $"'{path}' is not complete: {file.Problems}; repair the file, choose other --frames, or pass --allow-missing to leave missing keypoints out");
        return file;
    }
}
