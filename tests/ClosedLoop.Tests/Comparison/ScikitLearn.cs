using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ClosedLoop.Comparison;

namespace ClosedLoop.Tests.Comparison;

/// <summary>Fits the same data with scikit-learn: tests/readers/fit-poisson.py.</summary>
internal static class ScikitLearn
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Its fits; skips the running test where Python has no scikit-learn.</summary>
    public static JsonElement FitPoisson(Matrix features, Matrix counts, double alpha, int train)
    {
        Skip.IfNot(File.Exists(Python) && Run("-c", "import sklearn").Code == 0, "needs Python with scikit-learn (package python3-sklearn), which is not here");
        var folder = Directory.CreateTempSubdirectory("closedloop-poisson-").FullName;
        try
        {
            Write(Path.Combine(folder, "x.csv"), features);
            Write(Path.Combine(folder, "y.csv"), counts);
            var (code, output, errors) = Run(Script(), folder, alpha.ToString("R", CultureInfo.InvariantCulture), train.ToString(CultureInfo.InvariantCulture));
            Assert.True(code == 0, errors);
            using var document = JsonDocument.Parse(output);
            return document.RootElement.GetProperty("units").Clone();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(string path, Matrix table) => File.WriteAllLines(path, Enumerable.Range(0, table.Rows).Select(i => string.Join(',', table.Row(i).ToArray().Select(x => x.ToString("R", CultureInfo.InvariantCulture)))));

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using var python = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = python.StandardError.ReadToEndAsync();
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return (python.ExitCode, output, errors.Result);
    }

    private static string Script()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "tests", "readers", "fit-poisson.py");
            if (File.Exists(script))
                return script;
        }
        throw new FileNotFoundException("tests/readers/fit-poisson.py");
    }
}
