using System.Runtime.InteropServices;
using Xunit;

namespace ClosedLoop.Tests.CommandLine;

/// <summary><c>./closedloop</c>: what it installs and builds, and when it leaves things alone.</summary>
public sealed class BootstrapTests : IDisposable
{
    private readonly BootstrapSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void The_first_start_builds_and_the_second_only_runs()
    {
        var first = _sandbox.Run("replay", "a file.nwb");
        Assert.Equal((0, $"in {_sandbox.Root}: [replay] [a file.nwb]\n"), (first.ExitCode, first.Output));
        Assert.Equal((true, true), _sandbox.TakeBuilds());

        var second = _sandbox.Run("replay", "a file.nwb");
        Assert.Equal((0, first.Output, ""), (second.ExitCode, second.Output, second.Error));
        Assert.Single(_sandbox.TakeCalls()); // the program
    }

    [Fact]
    public void It_works_from_another_folder_and_through_a_link()
    {
        var link = Path.Combine(_sandbox.Folder, "a link");
        File.CreateSymbolicLink(link, _sandbox.Script);
        var result = BootstrapSandbox.Finish(_sandbox.Start(link, _sandbox.Folder, [], "doctor"));
        Assert.Equal((0, $"in {_sandbox.Folder}: [doctor]\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public void Only_what_has_changed_is_built_anew()
    {
        _sandbox.Run("demo");
        _sandbox.TakeBuilds();

        _sandbox.Write("native/CMakeLists.txt", "second, longer");
        _sandbox.Run("demo");
        Assert.Equal((true, false), _sandbox.TakeBuilds());

        _sandbox.Write("src/Core/Core.cs", "second, longer");
        _sandbox.Run("demo");
        Assert.Equal((false, true), _sandbox.TakeBuilds());

        // A removed file leaves no file that is newer than the last build.
        File.Delete(Path.Combine(_sandbox.Root, "src/Core/Core.cs"));
        _sandbox.Run("demo");
        Assert.Equal((false, true), _sandbox.TakeBuilds());

        _sandbox.Run("demo");
        Assert.Equal((false, false), _sandbox.TakeBuilds());

        Directory.Delete(Path.Combine(_sandbox.Root, "src/ClosedLoop/bin"), recursive: true);
        _sandbox.Run("demo");
        Assert.Equal((false, true), _sandbox.TakeBuilds());
    }

    [Fact]
    public void Onnx_runtime_is_installed_once_before_the_program_is_built()
    {
        _sandbox.Run("demo");
        var calls = _sandbox.TakeCalls().Where(call => call.StartsWith("npm", StringComparison.Ordinal) || call.StartsWith("dotnet build", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, calls.Length);
        Assert.StartsWith("npm ci --ignore-scripts", calls[0]);

        // Another lock file is another ONNX Runtime, and another program.
        _sandbox.Write("third_party/onnxruntime/package-lock.json", "second, longer");
        _sandbox.Run("demo");
        calls = _sandbox.TakeCalls();
        Assert.Single(calls, call => call.StartsWith("npm", StringComparison.Ordinal));
        Assert.Single(calls, call => call.StartsWith("dotnet build", StringComparison.Ordinal));

        Directory.Delete(Path.Combine(_sandbox.Root, "third_party/onnxruntime/node_modules"), recursive: true);
        File.WriteAllText(Path.Combine(_sandbox.Folder, "offline"), "");
        var result = _sandbox.Run("demo");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("npm ERR! network request failed", result.ErrorLines);
        Assert.EndsWith($"could not be installed; the whole log is {_sandbox.Root}/.build/onnxruntime.log", result.ErrorLines[^1]);
    }

    [Fact]
    public void Setup_installs_and_builds_and_runs_nothing()
    {
        var result = _sandbox.Run("setup");
        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.Equal("closedloop: all is here.", result.ErrorLines[^1]);
        Assert.Equal((true, true), _sandbox.TakeBuilds());
        Assert.Equal(2, _sandbox.Run("setup", "gpus").ExitCode);
        Assert.Equal(2, _sandbox.Run("setup", "--force").ExitCode);
    }

    [SkippableFact]
    public void Setup_gpu_refuses_politely_without_a_driver()
    {
        Skip.If(RuntimeInformation.ProcessArchitecture != Architecture.X64, "the GPU providers are for x86-64");
        var result = _sandbox.Run("setup", "gpu");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("closedloop: this machine has no NVIDIA driver (libcuda.so.1)", Assert.Single(result.ErrorLines));
        Assert.Empty(_sandbox.TakeCalls());
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Setup_gpu_puts_onnx_runtime_and_its_providers_into_one_folder_and_keeps_them(bool forced)
    {
        Skip.If(RuntimeInformation.ProcessArchitecture != Architecture.X64, "the GPU providers are for x86-64");
        if (!forced)
            _sandbox.Libraries("libEGL.so.1", "libEGL_mesa.so.0", "libGL.so.1", "libhdf5_serial.so.103", "libcuda.so.1");
        var result = forced ? _sandbox.Run("setup", "gpu", "--force") : _sandbox.Run("setup", "gpu");
        Assert.Equal((0, $"in {_sandbox.Root}: [doctor]\n"), (result.ExitCode, result.Output));
        string[] expected = ["libonnxruntime.so", "libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so", "libonnxruntime_providers_tensorrt.so"];
        var folder = Path.Combine(_sandbox.Root, ".build/onnxruntime-gpu");
        Assert.Equal(expected, Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(folder), link => Assert.True(File.ResolveLinkTarget(link, returnFinalTarget: true)!.Exists));

        // A new version of the one is a new version of the other.
        _sandbox.TakeCalls();
        _sandbox.Run("demo");
        Assert.Single(_sandbox.TakeCalls());
        _sandbox.Write("third_party/onnxruntime/package-lock.json", "second, longer");
        _sandbox.Run("demo");
        Assert.Equal(2, _sandbox.TakeCalls().Count(call => call.StartsWith("npm ci", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_failed_build_shows_what_is_wrong_and_is_tried_again()
    {
        var broken = Path.Combine(_sandbox.Folder, "broken");
        File.WriteAllText(broken, "");
        var result = _sandbox.Run("demo");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("src/Program.cs(3,4): error CS1002: ; expected", result.ErrorLines);
        Assert.Equal($"closedloop: the program could not be built; the whole log is {_sandbox.Root}/.build/program.log", result.ErrorLines[^1]);

        File.Delete(broken);
        Assert.Equal(0, _sandbox.Run("demo").ExitCode);
    }

    [Fact]
    public void Two_starts_at_once_build_once()
    {
        var one = _sandbox.Start(_sandbox.Script, _sandbox.Root, [], "demo");
        var two = _sandbox.Start(_sandbox.Script, _sandbox.Root, [], "demo");
        Assert.Equal(0, BootstrapSandbox.Finish(one).ExitCode);
        Assert.Equal(0, BootstrapSandbox.Finish(two).ExitCode);
        Assert.Single(_sandbox.TakeCalls(), call => call.StartsWith("dotnet build", StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_packages_are_named_with_their_reason_and_installed_once()
    {
        _sandbox.Libraries("libEGL.so.1", "libEGL_mesa.so.0");
        var result = _sandbox.Run("demo");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(result.ErrorLines, line => line.StartsWith("closedloop: missing: libhdf5-103-1", StringComparison.Ordinal) && line.Contains("NWB"));
        Assert.Contains("closedloop: missing: libgl1 (OpenGL: rendering)", result.ErrorLines);
        Assert.DoesNotContain("libegl1", result.Error);
        var installs = _sandbox.TakeCalls().Where(call => call.StartsWith("apt-get", StringComparison.Ordinal) && call.Contains("install"));
        Assert.Matches("^apt-get install -y --no-install-recommends libgl1 libhdf5-103-1(t64)? ", Assert.Single(installs));

        _sandbox.Run("demo");
        Assert.DoesNotContain(_sandbox.TakeCalls(), call => call.StartsWith("apt-get", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("--version")]
    [InlineData("--help")]
    public void What_only_tells_installs_nothing(string verb)
    {
        _sandbox.Libraries();
        Assert.Equal(0, _sandbox.Run(verb).ExitCode);
        Assert.DoesNotContain(_sandbox.TakeCalls(), call => call.StartsWith("apt-get", StringComparison.Ordinal));
    }

    [Fact]
    public void An_old_sdk_is_refused_in_one_sentence()
    {
        var result = _sandbox.Run(new Dictionary<string, string> { ["SDK"] = "8.0.404" }, "doctor");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("ClosedLoop needs the .NET SDK 10", result.ErrorLines[^1]);
        Assert.Contains("8.0.404", result.ErrorLines[^1]);
        Assert.Contains("dotnet-sdk-10.0", result.ErrorLines[^1]);
    }

    [Fact]
    public void The_exit_code_is_the_programs()
    {
        Assert.Equal(7, _sandbox.Run(new Dictionary<string, string> { ["RESULT"] = "7" }, "demo").ExitCode);
    }

    [Fact]
    public void The_test_verb_refuses_what_it_does_not_know()
    {
        var result = _sandbox.Run("test", "--filtre", "X");
        Assert.Equal(2, result.ExitCode);
        Assert.Equal("closedloop: 'test' does not know '--filtre'; it takes [--filter X].", Assert.Single(result.ErrorLines));
    }
}
