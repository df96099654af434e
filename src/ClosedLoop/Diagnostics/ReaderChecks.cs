using ClosedLoop.CommandLine;

namespace ClosedLoop.Diagnostics;

/// <summary>What the tests need beyond the program: Node.js and the independent readers of our files.</summary>
internal static class ReaderChecks
{
    private const string Feature = "tests";
    private const string Purpose = "reads our recordings with somebody else's code";

    public static IEnumerable<Check> Run(SystemPackages packages)
    {
        var node = Tool.Ask("node", "--version");
        yield return node is null
            ? new Check(Feature, "Node.js", CheckState.Missing, "not found", Purpose, packages.InstallCommand("nodejs"))
            : new Check(Feature, "Node.js", CheckState.Ok, node.TrimStart('v'), Purpose);
        var npm = Tool.Find("npm");
        yield return npm is null
            ? new Check(Feature, "npm", CheckState.Missing, "not found", "installs ONNX Runtime and the independent readers", packages.InstallCommand("npm"))
            : new Check(Feature, "npm", CheckState.Ok, npm, "installs ONNX Runtime and the independent readers");

        var folder = Installation.Root is { } root ? Path.Combine(root, "tests", "readers") : null;
        if (folder is null || !File.Exists(Path.Combine(folder, "package-lock.json")))
            yield break;
        yield return Directory.Exists(Path.Combine(folder, "node_modules"))
            ? new Check(Feature, "readers", CheckState.Ok, folder, Purpose)
            : new Check(Feature, "readers", CheckState.Missing, $"not installed in {folder}", Purpose, "./closedloop test (installs them)");
    }
}
