using System.Globalization;
using System.Text.Json;
using ClosedLoop.Comparison;

namespace ClosedLoop.Tests.Comparison;

/// <summary>Fits the same data with scikit-learn: tests/readers/fit-poisson.py.</summary>
internal static class ScikitLearn
{
    /// <summary>Its fits; skips the running test where Python has no scikit-learn.</summary>
    public static JsonElement FitPoisson(Matrix features, Matrix counts, double alpha, int train)
    {
        PythonRunner.Require("sklearn", "python3-sklearn");
        var folder = Directory.CreateTempSubdirectory("closedloop-poisson-").FullName;
        try
        {
            Write(Path.Combine(folder, "x.csv"), features);
            Write(Path.Combine(folder, "y.csv"), counts);
            var output = PythonRunner.Read("fit-poisson.py", folder, alpha.ToString("R", CultureInfo.InvariantCulture), train.ToString(CultureInfo.InvariantCulture));
            using var document = JsonDocument.Parse(output);
            return document.RootElement.GetProperty("units").Clone();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(string path, Matrix table) => File.WriteAllLines(path, Enumerable.Range(0, table.Rows).Select(i => string.Join(',', table.Row(i).ToArray().Select(x => x.ToString("R", CultureInfo.InvariantCulture)))));
}
