using System.Text.Json;
using Xunit;

namespace ClosedLoop.Tests.CommandLine;

/// <summary><c>closedloop doctor</c>, as a user runs it.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("closedloop-doctor-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Doctor_tells_the_same_facts_to_people_and_machines()
    {
        var file = Path.Combine(_folder, "doctor.json");
        var result = ProgramRunner.Run("doctor", "--recordings", _folder, "--json", file);

        using var report = JsonDocument.Parse(File.ReadAllText(file));
        var root = report.RootElement;
        Assert.Equal(root.GetProperty("ready_for_demo").GetBoolean() ? 0 : 1, result.ExitCode);
        Assert.Equal(Environment.ProcessorCount, root.GetProperty("machine").GetProperty("cores").GetInt32());
        Assert.True(root.GetProperty("machine").GetProperty("memory_gib").GetDouble() > 0.1);

        var checks = root.GetProperty("checks").EnumerateArray().ToArray();
        string[] expected = ["physics", "rendering", "keypoint files", "recording", "clock", "tests", "packages"];
        Assert.Equal(expected, checks.Select(check => check.GetProperty("feature").GetString()).Distinct());
        foreach (var check in checks)
        {
            Assert.Contains(check.GetProperty("found").GetString()!, result.Output);
            // What is missing comes with its mending.
            if (check.GetProperty("state").GetString() == "missing")
                Assert.Contains(check.GetProperty("mend").GetString()!, result.Output);
        }
        Assert.DoesNotContain('\e', result.Output);
        Assert.Equal([file], Directory.GetFiles(_folder)); // Neither half a report nor the measured file is left.
    }

    [Fact]
    public void Doctor_finds_the_physics_that_these_tests_run_on()
    {
        var file = Path.Combine(_folder, "doctor.json");
        ProgramRunner.Run("doctor", "--recordings", _folder, "--json", file);
        using var report = JsonDocument.Parse(File.ReadAllText(file));
        var mujoco = report.RootElement.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("item").GetString() == "MuJoCo");
        Assert.Equal("ok", mujoco.GetProperty("state").GetString());
        Assert.Equal(ClosedLoop.Physics.MujocoModel.LibraryVersion, mujoco.GetProperty("found").GetString());
    }

    [Fact]
    public void A_recording_folder_that_is_not_there_is_wrong_usage()
    {
        var result = ProgramRunner.Run("doctor", "--recordings", Path.Combine(_folder, "nowhere"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("nowhere", Assert.Single(result.ErrorLines));
    }
}
