using ClosedLoop.CommandLine;

namespace ClosedLoop.Diagnostics;

/// <summary>One package of the operating system that ClosedLoop uses.</summary>
/// <param name="Name">Its name on this distribution.</param>
/// <param name="Use"><c>run</c> or <c>test</c>.</param>
/// <param name="Tested">The version ClosedLoop was tested with.</param>
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
        return $"{Administrator}apt-get install -y {string.Join(' ', names)}";
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
        foreach (var package in _packages.Where(package => !package.Present))
        {
            yield return new Check("packages", package.Name, CheckState.Missing, "not installed", package.Purpose, InstallCommand(package.Name));
        }
        var others = _packages.Where(package => package.Installed is not null && package.Installed != package.Tested).ToArray();
        // NB: not a fault: security updates change versions. It is the first thing to look at when something else is wrong.
        yield return others.Length == 0
            ? new Check("packages", "tested versions", CheckState.Ok, $"{_packages.Count(package => package.Present)} packages as tested", Purpose)
            : new Check("packages", "tested versions", CheckState.Differs,
                string.Join(", ", others.Select(package => $"{package.Name} {package.Installed} (tested: {package.Tested})")), Purpose);
    }

    private static string Administrator => Environment.IsPrivilegedProcess ? "" : "sudo ";
}
