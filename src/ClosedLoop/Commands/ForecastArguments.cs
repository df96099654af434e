using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>evaluate --forecast</c>: how far forecasts of poses are from the poses that came.</summary>
internal sealed class ForecastArguments
{
    private const int Ahead = 5;

    private readonly Option<string?> _clips = new("--forecast")
    {
        Description = "Motion clips (.h5) whose poses are forecast, as 'simulate --motion-library' and 'register --clips' write them.",
        HelpName = "CLIPS.h5",
    };

    private readonly Option<string[]> _forecasters = new("--forecaster")
    {
        Description = "With --forecast, what forecasts: hold, velocity, velocity:FADE, learned, or model folders.",
        HelpName = "NAME..",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => ["hold", "velocity:1", "velocity", PoseForecasters.Learned],
    };

    /// <summary>Adds the options to the verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_clips);
        command.Add(_forecasters);
    }

    /// <summary>Whether forecasts are to be judged.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_clips) is not null;

    /// <summary>Judges them, says what came of it and gives it as facts.</summary>
    /// <exception cref="ClosedLoopException">The clips are not of our rat, or a forecaster cannot be had.</exception>
    public object Evaluate(ParseResult parsed, CancellationToken cancellation)
    {
        var names = parsed.GetValue(_forecasters)!;
        var library = ClipFileReader.Read(parsed.GetValue(_clips)!);
        using var body = RodentBody.Describe().Compile(KeypointLayout.Rat23, library.Scale);
        library = library.MapTo(body.QposNames);
        if (library.Clips.FirstOrDefault(clip => clip.Frames <= ForecastEvaluation.WarmUpFrames + Ahead) is { } shortClip)
            throw ClosedLoopException.Usage($"the clip '{shortClip.Name}' of {library.Source} has {shortClip.Frames} frames, too few to forecast {Ahead} ahead after {ForecastEvaluation.WarmUpFrames}; use longer clips");
        var scores = new List<ForecastScore>();
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns(["forecast", .. Enumerable.Range(1, Ahead).Select(ahead => $"{20 * ahead} ms")]);
        using var line = new ProgressLine();
        foreach (var name in names)
        {
            line.Report($"forecasting with {name}");
            // NB: the clips' own rate is the control rate here, as it would be live.
            using var forecaster = PoseForecasters.Make(name, body, 1 / library.Clips[0].RateHz, SessionSetup.ForecastModel, Ahead);
            var score = new ForecastScore(name, ForecastEvaluation.Run(body, library, forecaster, Ahead, cancellation));
            table.AddRow([name, .. score.MeanErrorMm.Select(error => $"{error:F2}")]);
            scores.Add(score);
        }
        Terminal.Output.WriteLine($"{library.Clips.Count} clips of {library.Source}; mean error of the keypoints in mm, by how far ahead");
        Terminal.Output.Write(table);
        return new { library.Source, Clips = library.Clips.Count, Forecasts = scores };
    }

    /// <summary>How well one forecaster does.</summary>
    /// <param name="Forecaster">Its name.</param>
    /// <param name="MeanErrorMm">Mean distance between forecast and actual keypoint sites, by frames ahead from 1.</param>
    private sealed record ForecastScore(string Forecaster, IReadOnlyList<double> MeanErrorMm);
}
