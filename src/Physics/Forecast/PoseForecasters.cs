using System.Globalization;
using ClosedLoop.Core;
using ClosedLoop.Inference;

namespace ClosedLoop.Physics;

/// <summary>The forecasters by the names that options, rig files and recordings call them.</summary>
public static class PoseForecasters
{
    /// <summary>A velocity that fades, for any body and rate.</summary>
    public const string Velocity = "velocity";

    /// <summary>The network that comes with the program.</summary>
    public const string Learned = "learned";

    private const string FadePrefix = "velocity:";

    /// <summary>The names; beside them, <c>velocity:FADE</c> and the path of a model folder.</summary>
    public static IReadOnlyList<string> Names { get; } = [Learned, Velocity, "hold"];

    /// <summary>What forecasts where nothing is said: the network that comes with the program where it was made for the body and rate, else the velocity.</summary>
    /// <param name="body">The body.</param>
    /// <param name="controlPeriodS">Seconds between two poses.</param>
    /// <param name="shipped">The folder of the model that <c>learned</c> means; null where there is none.</param>
    /// <exception cref="ClosedLoopException">The folder is damaged.</exception>
    public static string DefaultFor(BodyDescription body, double controlPeriodS, string? shipped) =>
        shipped is not null && LearnedForecaster.Fits(ModelFolder.Open(shipped, LearnedForecaster.Kind), body, controlPeriodS) ? Learned : Velocity;

    /// <summary>Makes a forecaster.</summary>
    /// <param name="name">A name of <see cref="Names"/>, <c>velocity:</c> and a factor, or a model folder.</param>
    /// <param name="body">The body; stays the caller's.</param>
    /// <param name="controlPeriodS">Seconds between two poses.</param>
    /// <param name="shipped">The folder of the model that <c>learned</c> means; null where there is none.</param>
    /// <param name="framesAhead">How many frames ahead will be asked for.</param>
    /// <exception cref="ClosedLoopException">There is none of this name, or it does not fit body, rate or frames.</exception>
    public static IPoseForecaster Make(string name, BodyModel body, double controlPeriodS, string? shipped, int framesAhead)
    {
        var made = Make(name, body, controlPeriodS, shipped);
        if (made.LongestAhead >= framesAhead)
            return made;
        var longest = made.LongestAhead;
        made.Dispose();
        throw ClosedLoopException.Usage($"the forecaster '{name}' looks {longest} frames ahead, and the controller wants {framesAhead}; use the forecaster 'velocity', or another controller");
    }

    private static IPoseForecaster Make(string name, BodyModel body, double controlPeriodS, string? shipped)
    {
        if (name == "hold")
            return new HoldForecaster(body);
        if (name == Velocity)
            return new VelocityForecaster(body);
        if (name.StartsWith(FadePrefix, StringComparison.Ordinal))
            return double.TryParse(name.AsSpan(FadePrefix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var fade)
                ? new VelocityForecaster(body, fade)
                : throw ClosedLoopException.Usage($"the forecaster '{name}' has no factor after its colon; write it as in velocity:0.7");
        if (name == Learned)
            name = shipped ?? throw ClosedLoopException.Usage($"the forecaster '{Learned}' is a model of the installation, and this program lies outside of one; name a model folder, velocity or hold");
        else if (!Directory.Exists(name))
            throw ClosedLoopException.Usage($"there is no forecaster '{name}'{Spelling.Suggest(name, Names)}; there are {string.Join(", ", Names)}, and model folders of the kind '{LearnedForecaster.Kind}'");
        return new LearnedForecaster(body, ModelFolder.Open(name, LearnedForecaster.Kind), controlPeriodS);
    }
}
