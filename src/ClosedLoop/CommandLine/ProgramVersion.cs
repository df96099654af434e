using System.Reflection;

namespace ClosedLoop.CommandLine;

/// <summary>Which program this is. Recordings and reports store it.</summary>
public static class ProgramVersion
{
    private static readonly string[] Parts =
        (typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? "0.0.0").Split('+', 2);

    /// <summary>The version, for example <c>0.1.0</c>.</summary>
    public static string Version => Parts[0];

    /// <summary>
    /// The git commit it was built from, 40 hexadecimal digits, followed by <c>-modified</c> where the sources differed
    /// from it; <c>unknown</c> where it was built outside a repository.
    /// </summary>
    public static string Commit => Parts.Length > 1 ? Parts[1] : "unknown";

    /// <summary>Both, for people.</summary>
    public static string Full => $"{Version}, commit {Commit}";
}
