using System.CommandLine;
using System.Globalization;
using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Commands;

/// <summary>How encoding models are fitted, whatever is compared; and what of a recording is.</summary>
internal sealed class CompareArguments
{
    private readonly Option<int> _folds = new("--folds") { Description = "Stretches of time that are tested in turn.", HelpName = "N", DefaultValueFactory = _ => 10 };
    private readonly Option<string> _alpha = new("--alpha") { Description = "Strength of the ridge, per bin, on standardised features; of several, as in 1e-4,1e-3,1e-2,0.1, each fold takes for each unit what suits it.", HelpName = "A,..", DefaultValueFactory = _ => "1e-3" };
    private readonly Option<string> _lags = new("--lags") { Description = "Lags in ms, from, to and between; below 0 a unit comes before the features.", HelpName = "FROM:TO:STEP", DefaultValueFactory = _ => "-1000:300:20" };
    private readonly Option<string> _model = new("--model") { Description = "What units are judged by: ridge, or elastic-net, which takes many times as long and leaves out features that say nothing; lags are the ridge's.", HelpName = "ridge|elastic-net", DefaultValueFactory = _ => "ridge" };
    private readonly Option<int> _components = new("--components") { Description = "Principal components of a class of a recording that has more features.", HelpName = "N", DefaultValueFactory = _ => 40 };
    private readonly Option<double> _smooth = new("--smooth-ms") { Description = "Standard deviation of a Gaussian that a recording's features are smoothed with; 0: none.", HelpName = "MS" };
    private readonly Option<string?> _only = new("--only") { Description = "Compare only these classes of a recording, as in latent_mean,joint_angles.", HelpName = "CLASS,.." };
    private readonly Option<string?> _behaviours = new("--behaviours") { Description = "What the animal of a recording does, instead of the rules that come with the program: a table (bin or time_s, behaviour), or a model folder of the kind 'behaviours'.", HelpName = "FILE.csv|FOLDER" };

    /// <summary>Names the choices.</summary>
    public CompareArguments() => _model.AcceptOnlyFromAmong("ridge", "elastic-net");

    /// <summary>The options that are of recordings alone.</summary>
    public IReadOnlyList<Option> OfRecordings => [_components, _smooth, _only, _behaviours];

    /// <summary>All, to be added to the command.</summary>
    public IEnumerable<Option> Options => [_folds, _alpha, _lags, _model, .. OfRecordings];

    /// <summary>How encoding models are fitted and judged.</summary>
    /// <exception cref="ClosedLoopException">An option is not what it should be.</exception>
    public EncodingOptions Encoding(ParseResult parsed)
    {
        var ends = Lags(parsed.GetRequiredValue(_lags));
        return new() { Folds = parsed.GetValue(_folds), Alphas = Alphas(parsed.GetRequiredValue(_alpha)), LeastLagMs = ends[0], MostLagMs = ends[1], LagStepMs = ends[2], ElasticNetRatio = parsed.GetRequiredValue(_model) == "elastic-net" ? 0.5 : 0 };
    }

    /// <summary>How a recording is compared.</summary>
    /// <exception cref="ClosedLoopException">An option is not what it should be.</exception>
    public SessionComparisonOptions Session(ParseResult parsed)
    {
        if (parsed.GetValue(_components) is var components && components < 1)
            throw ClosedLoopException.Usage($"--components {components}: at least 1 is needed");
        if (parsed.GetValue(_smooth) is var smooth && !(smooth >= 0 && smooth <= 10_000))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"--smooth-ms {smooth}: say 0 to 10000"));
        if (parsed.GetValue(_behaviours) is { } behaviours && !Path.Exists(behaviours))
            throw ClosedLoopException.Usage($"--behaviours {behaviours}: there is neither such a file nor such a folder");
        return new()
        {
            Encoding = Encoding(parsed), Components = components, SmoothMs = smooth, Behaviours = parsed.GetValue(_behaviours),
            Classes = parsed.GetValue(_only)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
        };
    }

    /// <summary>The same options as they were written, for the command line of a job.</summary>
    public IEnumerable<string> Repeat(ParseResult parsed)
    {
        foreach (var option in Options)
            if (parsed.GetResult(option) is { Implicit: false } given)
            {
                yield return option.Name;
                foreach (var token in given.Tokens)
                    // A job may run in another folder.
                    yield return option == _behaviours ? Path.GetFullPath(token.Value) : token.Value;
            }
    }

    private static double[] Alphas(string text)
    {
        var alphas = text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var alpha) ? alpha : double.NaN).ToArray();
        return alphas.All(alpha => alpha > 0 && double.IsFinite(alpha)) ? alphas : throw ClosedLoopException.Usage($"--alpha {text}: say one strength above 0, or several with commas between, as in 1e-4,1e-3,1e-2");
    }

    private static double[] Lags(string text)
    {
        var ends = text.Split(':').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) ? ms : double.NaN).ToArray();
        return ends.Length == 3 && ends.All(double.IsFinite) && ends[0] <= ends[1] && ends[2] > 0
            ? ends
            : throw ClosedLoopException.Usage($"--lags {text}: say from, to and the step between them in ms, as in -1000:300:20");
    }
}
