using System.Diagnostics;
using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.Inference;
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
        string[] expected = ["physics", "rendering", "videos", "calibration", "networks", "keypoint files", "recording", "tetrodes", "clock", "tests", "packages"];
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
    public void Doctor_says_what_networks_really_run_on()
    {
        var checks = Networks([]);
        Assert.Equal(("ok", $"{OnnxRuntimeLibrary.Version}, {OnnxRuntimeLibrary.LoadedFrom}"), checks["ONNX Runtime"]);
        Assert.Equal(("ok", "a network runs on it"), checks["processor"]);
        if (GpuLibraries.HasDriver)
            Assert.Equal(ProviderProbe.Try(InferenceDevice.Cuda) is null ? "ok" : "differs", checks["cuda"].State);
        else
            Assert.DoesNotContain("cuda", checks.Keys);
    }

    [Theory]
    [InlineData("nothing", "is not installed")]
    [InlineData("text", "is damaged or for another processor")]
    [InlineData("another library", "is of another version than this program")]
    public void Doctor_tells_of_a_missing_or_broken_onnx_runtime_in_a_sentence(string there, string says)
    {
        var library = Path.Combine(_folder, "libonnxruntime.so");
        if (there == "text")
            File.WriteAllText(library, "no library");
        else if (there == "another library")
            File.Copy(NativeFolders.Candidates().Select(folder => Path.Combine(folder, "libclosedloop_mujoco.so")).First(File.Exists), library);
        var checks = Networks(new() { ["CLOSEDLOOP_ONNXRUNTIME"] = _folder });
        var (state, found) = Assert.Single(checks).Value;
        Assert.Equal("missing", state);
        Assert.Contains(says, found);
        Assert.EndsWith("./closedloop setup", found);
    }

    private Dictionary<string, (string State, string Found)> Networks(Dictionary<string, string> environment)
    {
        var file = Path.Combine(_folder, "doctor.json");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "closedloop.dll"), "doctor", "--recordings", _folder, "--json", file]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using (var process = Process.Start(start)!)
        {
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
        }
        using var report = JsonDocument.Parse(File.ReadAllText(file));
        return report.RootElement.GetProperty("checks").EnumerateArray()
            .Where(check => check.GetProperty("feature").GetString() == "networks")
            .ToDictionary(check => check.GetProperty("item").GetString()!, check => (check.GetProperty("state").GetString()!, check.GetProperty("found").GetString()!));
    }

    [Fact]
    public void A_recording_folder_that_is_not_there_is_wrong_usage()
    {
        var result = ProgramRunner.Run("doctor", "--recordings", Path.Combine(_folder, "nowhere"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("nowhere", Assert.Single(result.ErrorLines));
    }
}
