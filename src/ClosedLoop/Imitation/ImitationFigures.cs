using ClosedLoop.Display;
using ClosedLoop.Physics;

namespace ClosedLoop.Imitation;

/// <summary>Draws what <c>imitate</c> found.</summary>
internal static class ImitationFigures
{
    /// <summary>Draws all figures into a folder that is there, and returns their paths.</summary>
    public static IReadOnlyList<string> Write(ImitateResult result, string folder)
    {
        var controllers = new (string Name, ImitationMeasures Measures)[] { (result.Policy, result), ("servo", result.Servo), ("zero", result.Zero) }
            .DistinctBy(controller => controller.Name).ToArray();
        return
        [
            ErrorByTime(controllers, Path.Combine(folder, "error_by_time.png")),
            Survival(controllers, Path.Combine(folder, "survival.png")),
            Bars(
                "Error by behaviour", [.. result.ByBehaviour.Keys],
                [.. controllers.Select(each => (each.Name, Heights(result.ByBehaviour.Keys, key => each.Measures.ByBehaviour.GetValueOrDefault(key)?.MedianTotalErrorMm)))],
                Path.Combine(folder, "error_by_behaviour.png")),
            Bars(
                "Error by part of the body", [.. result.ByPart.Keys.Select(part => part.Replace("_left", " L", StringComparison.Ordinal).Replace("_right", " R", StringComparison.Ordinal))],
                [.. controllers.Select(each => (each.Name, Heights(result.ByPart.Keys, key => each.Measures.ByPart.GetValueOrDefault(key)?.MedianErrorMm)))],
                Path.Combine(folder, "error_by_part.png")),
        ];
    }

    private static IReadOnlyList<double> Heights(IEnumerable<string> keys, Func<string, double?> value) => [.. keys.Select(key => value(key) ?? double.NaN)];

    private static string ErrorByTime((string Name, ImitationMeasures Measures)[] controllers, string path)
    {
        using var chart = new Chart("Error since the start of an episode", "time since the start, s", "keypoint error, mm");
        foreach (var (name, measures) in controllers)
        {
            chart.AddLine($"{name}, median", measures.ErrorByTime.Select(point => (point.TimeS, point.MedianMm)), colourOf: name);
            chart.AddLine($"{name}, 90 %", measures.ErrorByTime.Select(point => (point.TimeS, point.P90Mm)), broken: true, colourOf: name);
        }
        chart.Write(path);
        return path;
    }

    private static string Survival((string Name, ImitationMeasures Measures)[] controllers, string path)
    {
        using var chart = new Chart("Episodes that last", "time since the start, s", "share of episodes");
        foreach (var (name, measures) in controllers)
            chart.AddLine(name, measures.SurvivalCurve.Select(point => (point.TimeS, point.Share)));
        chart.Write(path, highest: 1.05);
        return path;
    }

    private static string Bars(string title, IReadOnlyList<string> groups, IReadOnlyList<(string Name, IReadOnlyList<double> Heights)> series, string path)
    {
        using var chart = new Chart(title, "", "median keypoint error, mm");
        chart.AddBars(groups, series);
        chart.Write(path);
        return path;
    }
}
