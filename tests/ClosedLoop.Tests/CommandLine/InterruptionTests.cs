using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace ClosedLoop.Tests.CommandLine;

/// <summary>Ctrl-C, sent as a terminal sends it, to a replay of real keypoints at real time.</summary>
public sealed class InterruptionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("closedloop-interruption-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void An_interrupted_session_ends_with_what_it_has(string signal, int exitCode)
    {
        var clip = TestData.Require("rat_keypoints/rat_keypoints_700.nwb");
        var report = Path.Combine(_folder, "report.json");
        using var process = ProgramRunner.Start(_folder, ["replay", clip, "--rate", "1", "--json", report], out var output, out var error);
        try
        {
            // The clip is 14 s long; its first line of progress comes when the animal has been fitted and the session begins.
            Assert.True(SpinWait.SpinUntil(() => { Thread.Sleep(20); return error().Contains(" frames ") || process.HasExited; }, Patience), "no progress was shown");
            Assert.False(process.HasExited, output() + error());
            using (var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString()]))
                kill.WaitForExit();
            Assert.True(process.WaitForExit(Patience), "it went on");
            process.WaitForExit();
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        Assert.Equal(exitCode, process.ExitCode);
        Assert.Contains("closedloop: stopping", error());
        Assert.DoesNotContain("defect", error());
        Assert.DoesNotContain("   at ", error()); // no stack
        using var facts = JsonDocument.Parse(File.ReadAllText(report));
        Assert.InRange(facts.RootElement.GetProperty("frames").GetInt64(), 0, 699);
    }
}
