using System.Text.Json;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using Xunit;

namespace ClosedLoop.Tests.CommandLine;

/// <summary>The reports that <c>--json</c> writes.</summary>
public sealed class JsonReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("closedloop-json-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Names_are_snake_case_and_what_is_no_number_is_null()
    {
        var file = new FileInfo(Path.Combine(_folder, "report.json"));
        JsonReport.Write(file, new
        {
            P95MarkerErrorMm = 1.25,
            Missing = double.NaN,
            Endless = float.PositiveInfinity,
            Maybe = (double?)double.NaN,
            Values = new[] { 1.0, double.NegativeInfinity },
            Dropped = new Dictionary<string, long> { ["Keypoints to pose"] = 3 },
        });
        using var report = JsonDocument.Parse(File.ReadAllText(file.FullName));
        var root = report.RootElement;
        Assert.Equal(1.25, root.GetProperty("p95_marker_error_mm").GetDouble());
        foreach (var name in new[] { "missing", "endless", "maybe" })
            Assert.Equal(JsonValueKind.Null, root.GetProperty(name).ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("values")[1].ValueKind);
        Assert.Equal(3, root.GetProperty("dropped").GetProperty("Keypoints to pose").GetInt64());
    }

    [Fact]
    public void A_report_replaces_an_older_one_whole()
    {
        var file = new FileInfo(Path.Combine(_folder, "report.json"));
        JsonReport.Write(file, new { Text = new string('x', 10_000) });
        JsonReport.Write(file, new { Text = "short" });
        Assert.Equal("{\n  \"text\": \"short\"\n}\n", File.ReadAllText(file.FullName));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_report_that_cannot_be_written_is_one_sentence()
    {
        var file = new FileInfo(Path.Combine(_folder, "gone", "report.json"));
        var exception = Assert.Throws<ClosedLoopException>(() => JsonReport.Write(file, new { Frames = 1 }));
        Assert.Equal(1, exception.ExitCode);
        Assert.Contains(file.FullName, exception.Message);
    }

    [Fact]
    public void Nothing_is_written_where_no_file_was_asked_for()
    {
        JsonReport.Write(null, new { Frames = 1 });
        Assert.Empty(Directory.GetFiles(_folder));
    }
}
