using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>The recordings of a comparison, each with a name and a folder for what comes of it.</summary>
/// <param name="Folder">Folder of the whole.</param>
/// <param name="Jobs">Name, recording and folder of each.</param>
public sealed record SessionJobs(string Folder, IReadOnlyList<(string Name, string Recording, string Folder)> Jobs)
{
    /// <summary>Gives every recording a name: that of its file, with that of its folder before it where files are called alike.</summary>
    /// <exception cref="ClosedLoopException">One is not there, or comes twice.</exception>
    public static SessionJobs Of(IReadOnlyList<string> recordings, string folder)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        string[] paths = [.. recordings.Select(Path.GetFullPath)];
        if (Array.FindIndex(paths, path => !File.Exists(path)) is >= 0 and var missing)
            throw ClosedLoopException.Usage($"there is no recording '{recordings[missing]}'");
        var names = paths.Select(path => Path.GetFileNameWithoutExtension(path)).ToArray();
        var alike = names.CountBy(name => name).ToDictionary();
        for (var i = 0; i < names.Length; i++)
            if (alike[names[i]] > 1)
                names[i] = $"{Path.GetFileName(Path.GetDirectoryName(paths[i]))}-{names[i]}";
        if (names.CountBy(name => name).FirstOrDefault(of => of.Value > 1) is { Key: { } twice })
            throw ClosedLoopException.Usage($"two recordings are called '{twice}'; each session is named after its file and its folder, and needs a name of its own");
        return new(Path.GetFullPath(folder), [.. names.Select((name, i) => (name, paths[i], paths.Length == 1 ? Path.GetFullPath(folder) : Path.Combine(Path.GetFullPath(folder), name)))]);
    }

    /// <summary>Brings together what the sessions of a folder came to.</summary>
    /// <param name="folder">The folder of a comparison of several recordings.</param>
    /// <returns>The sessions, and the names of those that have no scores.</returns>
    /// <exception cref="ClosedLoopException">There is no session in it.</exception>
    public static (AcrossSessions Across, IReadOnlyList<string> Missing) Merge(string folder)
    {
        var folders = Directory.Exists(folder) ? Directory.GetDirectories(folder).Where(IsSession).ToArray() : [];
        string[] missing = [.. folders.Where(session => !File.Exists(Path.Combine(session, SessionScores.FileName))).Select(session => Path.GetFileName(session)).Order(StringComparer.Ordinal)];
        SessionScores[] scores = [.. folders.Where(session => File.Exists(Path.Combine(session, SessionScores.FileName))).Select(SessionScores.Read)];
        return scores.Length > 0 ? (AcrossSessions.Of(scores), missing) : throw ClosedLoopException.Usage($"'{folder}' holds no session that has been compared to its end{(missing.Length > 0 ? $" ({string.Join(", ", missing)} have begun)" : "")}; run 'compare RECORDING.. --out {folder}' first");

        static bool IsSession(string session) => File.Exists(Path.Combine(session, SessionScores.FileName)) || File.Exists(Path.Combine(session, JobFile)) || Directory.Exists(Path.Combine(session, SessionComparison.CheckpointFolder));
    }

    /// <summary>Name of the script of a session's job.</summary>
    public const string JobFile = "job.sh";
}
