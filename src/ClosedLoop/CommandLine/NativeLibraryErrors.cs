using System.Text.RegularExpressions;

namespace ClosedLoop.CommandLine;

/// <summary>Says which native library is missing or does not fit, and the command that mends it.</summary>
public static partial class NativeLibraryErrors
{
    /// <summary>A sentence for a library that could not be loaded or lacks a function.</summary>
    public static string Explain(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var names = Quoted().Matches(exception.Message).Select(match => match.Groups[1].Value).ToArray();
        if (exception is EntryPointNotFoundException)
        {
            var function = names.ElementAtOrDefault(0) ?? "a function";
            var library = names.ElementAtOrDefault(1) ?? "a native library";
            return $"the library '{library}' has no '{function}', so it is of another version than this program; mend it with: {Mend(library)}";
        }
        var missing = names.ElementAtOrDefault(0) ?? "a native library";
        return exception is BadImageFormatException
            ? $"the library '{missing}' is damaged or for another processor; mend it with: {Mend(missing)}"
            : $"the library '{missing}' or one that it needs was not found; mend it with: {Mend(missing)}";
    }

    /// <summary>The one command that brings a native library back.</summary>
    private static string Mend(string library) =>
        // Our own shims are built; the others are installed. The names of the packages are in one table, in ./closedloop.
        library.Contains("closedloop", StringComparison.OrdinalIgnoreCase)
            ? "rm -rf .build/native && ./closedloop demo (in the folder of ClosedLoop)"
            : "./closedloop demo (in the folder of ClosedLoop; it installs what is missing, and './closedloop doctor' names it)";

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();
}
