using System.Diagnostics;
using ClosedLoop.CommandLine;

namespace ClosedLoop.Tests.CommandLine;

/// <summary>
/// A small repository of its own with the real <c>./closedloop</c> in it, and stand-ins on PATH for the tools it calls
/// (dotnet, cmake, npm, apt-get, ldconfig, sudo), which note how they were called. So the bootstrap's decisions are tested
/// without installing or compiling anything.
/// </summary>
internal sealed class BootstrapSandbox : IDisposable
{
    private readonly string _tools;

    public BootstrapSandbox()
    {
        Folder = Directory.CreateTempSubdirectory("closedloop-bootstrap-").FullName;
        Root = Directory.CreateDirectory(Path.Combine(Folder, "the repository")).FullName;
        _tools = Directory.CreateDirectory(Path.Combine(Folder, "tools")).FullName;
        File.Copy(Path.Combine(Installation.Root!, "closedloop"), Script);
        foreach (var file in new[] { "native/CMakeLists.txt", "src/ClosedLoop/Program.cs", "src/Core/Core.cs", "Directory.Build.props", "third_party/onnxruntime/package.json", "third_party/onnxruntime/package-lock.json",
                     "third_party/onnxruntime/gpu/package.json", "third_party/onnxruntime/gpu/package-lock.json" })
            Write(file, "first");
        File.WriteAllText(Calls, "");

        Tool("dotnet", """
            case $1 in
                --version)   echo "${SDK:-10.0.100}" ;;
                --list-sdks) echo "${SDK:-10.0.100} [/sdk]" ;;
                build)       sleep 0.2
                             [[ ! -e $SANDBOX/broken ]] || { echo "$SANDBOX/the repository/src/Program.cs(3,4): error CS1002: ; expected [x.csproj]"; exit 1; }
                             mkdir -p "$SANDBOX/the repository/src/ClosedLoop/bin/Release/net10.0"
                             touch "$SANDBOX/the repository/src/ClosedLoop/bin/Release/net10.0/closedloop.dll" ;;
                *.dll)       shift; echo "in $PWD:$(printf ' [%s]' "$@")"; exit "${RESULT:-0}" ;;
            esac
            """);
        Tool("cmake", "[[ $1 != --build ]] || { mkdir -p .build/native; touch .build/native/libclosedloop_{mujoco,opencv,calibration}.so; }");
        Tool("npm", """
            [[ ! -e $SANDBOX/offline ]] || { echo "npm ERR! network request failed"; exit 1; }
            for processor in x64 arm64; do
                mkdir -p node_modules/onnxruntime-node/bin/napi-v6/linux/$processor
                touch node_modules/onnxruntime-node/bin/napi-v6/linux/$processor/libonnxruntime.so.1
            done
            mkdir -p node_modules/com.github.asus4.onnxruntime/Runtime
            touch node_modules/com.github.asus4.onnxruntime/Runtime/OrtEnv.shared.cs
            [[ $PWD != */gpu ]] || {
                mkdir -p node_modules/com.github.asus4.onnxruntime.linux-x64-gpu/Plugins/Linux/x64
                touch node_modules/com.github.asus4.onnxruntime.linux-x64-gpu/Plugins/Linux/x64/libonnxruntime_providers_{shared,cuda,tensorrt}.so
            }
            """);
        Tool("node", "");
        Tool("make", "");
        Tool("g++", "");
        Tool("sudo", "[[ $1 != -n ]] || shift; exec \"$@\"");
        Tool("apt-get", "[[ $* != *install* ]] || printf ' %s (libc6) => /x\\n' libEGL.so.1 libEGL_mesa.so.0 libGL.so.1 libhdf5_serial.so.103 > \"$SANDBOX/libraries\"");
        Tool("dpkg-query", "exit 1", noted: false);
        Tool("ldconfig", "cat \"$SANDBOX/libraries\"", noted: false);
        Libraries("libEGL.so.1", "libEGL_mesa.so.0", "libGL.so.1", "libhdf5_serial.so.103");
    }

    public string Folder { get; }

    public string Root { get; }

    public string Script => Path.Combine(Root, "closedloop");

    private string Calls => Path.Combine(Folder, "calls");

    /// <summary>Which libraries the machine has.</summary>
    public void Libraries(params string[] names) =>
        File.WriteAllLines(Path.Combine(Folder, "libraries"), names.Select(name => $"\t{name} (libc6,x86-64) => /usr/lib/{name}"));

    /// <summary>Writes a file of the repository.</summary>
    public void Write(string relativePath, string text)
    {
        var path = Path.Combine(Root, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>How the tools were called since the last time this was asked.</summary>
    public string[] TakeCalls()
    {
        var calls = File.ReadAllLines(Calls);
        File.WriteAllText(Calls, "");
        return calls;
    }

    /// <summary>Whether a build by this tool was called since the last time; forgets the calls.</summary>
    public (bool Native, bool Program) TakeBuilds()
    {
        var calls = TakeCalls();
        return (calls.Any(call => call.StartsWith("cmake --build", StringComparison.Ordinal)),
            calls.Any(call => call.StartsWith("dotnet build", StringComparison.Ordinal)));
    }

    public ProgramResult Run(params string[] arguments) => Finish(Start(Script, Root, [], arguments));

    public ProgramResult Run(Dictionary<string, string> environment, params string[] arguments) =>
        Finish(Start(Script, Root, environment, arguments));

    public Process Start(string script, string workingFolder, Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [script, .. arguments])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_tools}:/usr/bin:/bin";
        start.Environment["SANDBOX"] = Folder;
        start.Environment["CALLS"] = Calls;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    public static ProgramResult Finish(Process process)
    {
        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new ProgramResult(process.ExitCode, output, error.GetAwaiter().GetResult());
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Tool(string name, string script, bool noted = true)
    {
        var path = Path.Combine(_tools, name);
        File.WriteAllText(path, $"#!/bin/bash\n{(noted ? $"echo \"{name} $*\" >> \"$CALLS\"\n" : "")}{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
