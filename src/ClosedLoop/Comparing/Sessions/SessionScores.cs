using ClosedLoop.CommandLine;
using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>What one session contributes to a comparison of several, as it is kept beside its report.</summary>
public sealed record SessionScores
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "session.json";

    /// <summary>The session's name.</summary>
    public required string Session { get; init; }

    /// <summary>Bins of the recording.</summary>
    public required int Bins { get; init; }

    /// <summary>Width of a bin.</summary>
    public required double BinMs { get; init; }

    /// <summary>The classes that were compared.</summary>
    public required IReadOnlyList<SessionClass> Classes { get; init; }

    /// <summary>The lags.</summary>
    public required IReadOnlyList<double> LagsMs { get; init; }

    /// <summary>The units.</summary>
    public required IReadOnlyList<SessionUnit> Units { get; init; }

    /// <summary>The noise ceiling of the similarities, NaN without behaviours.</summary>
    public required double CeilingLower { get; init; }

    /// <summary>Its upper end.</summary>
    public required double CeilingUpper { get; init; }

    /// <summary>The behaviours whose distances were compared.</summary>
    public required IReadOnlyList<string> Behaviours { get; init; }

    /// <summary>What the comparison took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Units that were judged.</summary>
    public int Judged => Units.Count(unit => unit.Leading is not null);

    /// <summary>Units that are predicted by any class.</summary>
    public int Predicted => Units.Count(unit => unit.IsPredicted);

    /// <summary>Share of the predicted units that a class predicts best; NaN where none is predicted.</summary>
    public double ShareOf(string name) => Predicted == 0 ? double.NaN : (double)Units.Count(unit => unit.IsPredicted && unit.Leading == name) / Predicted;

    /// <summary>What came out for a session.</summary>
    public static SessionScores Of(string session, TableComparison.Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var (encoding, behaviours) = (outcome.Encoding, outcome.Behaviours);
        return new()
        {
            Session = session,
            Bins = outcome.Bins,
            BinMs = outcome.BinMs,
            LagsMs = encoding.LagsMs,
            Seconds = outcome.Seconds,
            Behaviours = behaviours?.Behaviours ?? [],
            CeilingLower = behaviours?.Ceiling.Lower ?? double.NaN,
            CeilingUpper = behaviours?.Ceiling.Upper ?? double.NaN,
            Classes = [.. encoding.Classes.Select((c, i) => new SessionClass(c.Name, c.Kind, behaviours?.Classes[i].Similarity ?? double.NaN, LagCurve(encoding, i)))],
            Units = [.. encoding.Units.Select(unit => new SessionUnit(
                unit.Unit, unit.RateHz, unit.Leading < 0 ? null : encoding.Classes[unit.Leading].Name, unit.IsPredicted,
                unit.Leading < 0 ? double.NaN : unit.Classes[unit.Leading].AdjustedP, unit.Leading < 0 ? double.NaN : unit.Classes[unit.Leading].LagMs,
                [.. unit.Classes.Select(score => score.BitsPerSpike)]))],
        };
    }

    /// <summary>Keeps it.</summary>
    /// <exception cref="ClosedLoopException">It cannot be written.</exception>
    public void Write(string folder) => WholeFile.Write(Path.Combine(folder, FileName), JsonReport.ToUtf8(this), "scores of the session");

    /// <summary>Reads it.</summary>
    /// <exception cref="ClosedLoopException">It is not there, or of another version.</exception>
    public static SessionScores Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return JsonReport.Parse<SessionScores>(File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            throw ClosedLoopException.Failed($"the scores of a session '{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The mean over predicted units of a class' ratios by lag, less that at no lag; empty where nothing is predicted or there is no lag 0.</summary>
    private static double[] LagCurve(EncodingResult encoding, int c)
    {
        var curves = encoding.Units.Where(unit => unit.IsPredicted).Select(unit => unit.Classes[c].LagBitsPerSpike).ToArray();
        var zero = Array.IndexOf(encoding.LagsMs, 0.0);
        return curves.Length == 0 || zero < 0 ? [] : [.. encoding.LagsMs.Select((_, lag) => curves.Average(curve => curve[lag] - curve[zero]))];
    }
}

/// <summary>A class of features in a session.</summary>
/// <param name="Name">Of the class.</param>
/// <param name="Kind">What its features stand for.</param>
/// <param name="Similarity">Whitened unbiased cosine of its distances between behaviours with the units'; NaN without behaviours.</param>
/// <param name="LagCurve">Mean ratio of the predicted units by lag, less that at no lag, bits a spike.</param>
public sealed record SessionClass(string Name, FeatureKind Kind, double Similarity, IReadOnlyList<double> LagCurve);

/// <summary>A unit of a session.</summary>
/// <param name="Unit">Its name.</param>
/// <param name="RateHz">Its mean rate.</param>
/// <param name="Leading">The class that predicts it best; null where it was not judged.</param>
/// <param name="IsPredicted">Whether that one predicts it significantly.</param>
/// <param name="AdjustedP">Of that class.</param>
/// <param name="LagMs">Of that class.</param>
/// <param name="BitsPerSpike">Of every class.</param>
public sealed record SessionUnit(string Unit, double RateHz, string? Leading, bool IsPredicted, double AdjustedP, double LagMs, IReadOnlyList<double> BitsPerSpike);
