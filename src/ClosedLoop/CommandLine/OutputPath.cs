using ClosedLoop.Core;

namespace ClosedLoop.CommandLine;

/// <summary>Looks at where a command is to write before it works for minutes on what it then cannot keep.</summary>
public static class OutputPath
{
    /// <summary>Why <paramref name="path"/> cannot become a file, in one sentence without its full stop; null where it can.</summary>
    /// <param name="option">The option that named it, as in <c>--json</c>.</param>
    /// <param name="path">The path as it was written on the command line.</param>
    public static string? ProblemWith(string option, string path)
    {
        if (path.Length == 0)
            return $"'{option}' names no file";
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            return $"'{option} {path}' names a folder; name a file";
        if (!Directory.Exists(Path.GetDirectoryName(full)))
            return $"'{option} {path}' names a file in a folder that does not exist";
        return ProbeFolder(Path.GetDirectoryName(full)!) is { } reason
            ? $"'{option} {path}' cannot be written: {reason}; name another place"
            : null;
    }

    /// <summary>Refuses a path that cannot become a file.</summary>
    /// <exception cref="ClosedLoopException">It cannot; exit code 2.</exception>
    public static void RequireFile(string option, string? path)
    {
        if (path is not null && ProblemWith(option, path) is { } problem)
            throw ClosedLoopException.Usage(problem);
    }

    /// <summary>Refuses a path that cannot become a PNG file; null names none.</summary>
    /// <exception cref="ClosedLoopException">It cannot; exit code 2.</exception>
    public static void RequireFigure(string option, string? path)
    {
        if (path is not null && !path.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
            throw ClosedLoopException.Usage($"{option} {path}: figures are PNG files; name one that ends in .png");
        RequireFile(option, path);
    }

    /// <summary>Refuses a path at which there is something already. Its folder need not be there.</summary>
    /// <exception cref="ClosedLoopException">There is; exit code 2.</exception>
    public static void RequireNewFile(string option, string? path)
    {
        if (Path.Exists(path))
            throw ClosedLoopException.Usage($"'{option} {path}' names something that is there already and is not overwritten; name a new file");
    }

    /// <summary>Makes a folder where it is missing and refuses one that takes no files.</summary>
    /// <exception cref="ClosedLoopException">It cannot be made or written to; exit code 2.</exception>
    public static void RequireFolder(string option, string path)
    {
        string? reason;
        try
        {
            Directory.CreateDirectory(path);
            reason = ProbeFolder(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            reason = "the folder cannot be made";
        }
        if (reason is not null)
            throw ClosedLoopException.Usage($"'{option} {path}' cannot be written to: {reason}; name another place");
    }

    // NB: only trying tells: permissions, read-only disks and special file systems each refuse in their own way.
    private static string? ProbeFolder(string folder)
    {
        try
        {
            var probe = Path.Combine(folder, $".closedloop-{Environment.ProcessId}.probe");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
                return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "its folder takes no new files";
        }
    }
}
