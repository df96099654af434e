using System.Runtime.InteropServices;

namespace ClosedLoop.CommandLine;

/// <summary>Keeps the details of a failure that nobody foresaw, for the report of it.</summary>
public static class DefectLog
{
    /// <summary>Writes the details to a file of their own and returns its path.</summary>
    public static string Write(Exception exception, IReadOnlyList<string> arguments)
    {
        var now = DateTimeOffset.UtcNow;
        var text = $"""
            closedloop {ProgramVersion.Full}
            {now:u}
            {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}
            closedloop {string.Join(' ', arguments)}

            {exception}

            """;
        var name = $"defect-{now:yyyyMMdd-HHmmss}-{Environment.ProcessId}.log";
        foreach (var folder in new[] { StateFolder(), Path.GetTempPath() })
        {
            try
            {
                Directory.CreateDirectory(folder);
                var path = Path.Combine(folder, name);
                File.WriteAllText(path, text);
                return path;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The next folder.
            }
        }
        Console.Error.Write(text);
        return "the lines above";
    }

    private static string StateFolder()
    {
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(state))
            state = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(state, "closedloop");
    }
}
