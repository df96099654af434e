using ClosedLoop.CommandLine;

namespace ClosedLoop.Diagnostics;

/// <summary>One package of the operating system that ClosedLoop uses.</summary>
/// <param name="Name">Its name on this distribution.</param>
/// <param name="Use"><c>run</c>, or what alone needs it: <c>train</c>, <c>test</c>, <c>bench</c> (its <c>--scipy</c>).</param>
/// <param name="Tested">The upstream version ClosedLoop was tested with.</param>
/// <param name="Installed">The installed version; null where it is not installed as a package.</param>
/// <param name="Present">Whether what it brings is there, from a package or not.</param>
/// <param name="Purpose">What it is for.</param>
public sealed record SystemPackage(string Name, string Use, string Tested, string? Installed, bool Present, string Purpose);

/// <summary>The packages of the table in <c>./closedloop</c>, with their state on this machine.</summary>
public sealed class SystemPackages
{
    private const string Purpose = "libraries and tools of the operating system";
    private readonly IReadOnlyList<SystemPackage> _packages;

    private SystemPackages(IReadOnlyList<SystemPackage> packages) => _packages = packages;

    /// <summary>Asks the bootstrap, which holds the one table; empty where this program was moved out of its repository.</summary>
    public static SystemPackages Read()
    {
        var script = Installation.Root is { } root ? Path.Combine(root, "closedloop") : null;
        var lines = script is not null && File.Exists(script) ? Tool.Ask("bash", script, "--packages") : null;
        return new SystemPackages((lines ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .Where(fields => fields.Length == 6)
            .Select(fields => new SystemPackage(
                fields[0], fields[1], fields[2], fields[3] == "-" ? null : fields[3], fields[4] == "present", fields[5]))
            .ToArray());
    }

    /// <summary>The command that installs packages, by their Debian names; on another distribution they may be called otherwise.</summary>
    public string InstallCommand(params string[] debianNames)
    {
        // Ubuntu renamed libraries for 64-bit time: libhdf5-103-1 became libhdf5-103-1t64.
        var names = debianNames.Select(name =>
            _packages.FirstOrDefault(package => package.Name == name || package.Name == name + "t64")?.Name ?? name);
        return $"{Administrator}apt-get update && {Administrator}apt-get install -y {string.Join(' ', names)}";
    }

    /// <summary>Those of the named packages whose content is not on this machine.</summary>
    public string[] Lacks(params string[] debianNames) =>
        [.. _packages.Where(package => !package.Present && debianNames.Contains(package.Name)).Select(package => package.Name)];

    /// <summary>Which packages are missing, and which are of other versions than those tested.</summary>
    public IEnumerable<Check> Run()
    {
        if (_packages.Count == 0)
        {
            yield return new Check("packages", "tested versions", CheckState.Differs,
                "not known: this program does not lie in its repository", Purpose, "start it as ./closedloop in the repository");
            yield break;
        }
        string[] Absent(string use) => [.. _packages.Where(package => !package.Present && package.Use == use).Select(package => package.Name)];
        var missing = Absent("run");
        foreach (var (use, what, verb) in new[] { ("train", "training", "./closedloop train"), ("test", "tests", "./closedloop test"), ("bench", "comparison", "./closedloop bench --scipy") })
            if (Absent(use) is { Length: > 0 } forVerb)
                yield return new Check("packages", what, CheckState.Differs, $"not here: {string.Join(", ", forVerb)}", verb, $"the first '{verb}' installs them");
        if (missing.Length > 0)
        {
            yield return new Check("packages", "installed", CheckState.Missing, $"not here: {string.Join(", ", missing)}", Purpose,
                InstallCommand(missing));
        }
        // NB: not a fault: another release of the system has other versions. It is the first thing to look at when
        // something else is wrong.
        var tested = 0;
        foreach (var package in _packages)
        {
            if (package.Installed is not { } installed)
                continue;
            if (UpstreamVersion(installed) == package.Tested)
                tested++;
            else
                yield return new Check("packages", package.Name, CheckState.Differs, $"{installed} (tested: {package.Tested})", package.Purpose);
        }
        yield return new Check("packages", "tested versions", CheckState.Ok, $"{tested} of {_packages.Count} packages", Purpose);
    }

    /// <summary>A Debian version without its epoch, its revision and marks of repacking: <c>4:12.2.0-3</c> is <c>12.2.0</c>.</summary>
    private static string UpstreamVersion(string version)
    {
        version = version[(version.IndexOf(':') + 1)..];
        var end = version.IndexOfAny(['-', '+', '~']);
        return end < 0 ? version : version[..end];
    }

    private static string Administrator => Environment.IsPrivilegedProcess ? "" : "sudo ";
}
