using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>
/// A comparison of several sessions as jobs of a Slurm cluster: one a recording, and one that brings them together when all
/// have ended. The program, the recordings and the results must lie where the nodes see them under the same paths.
/// </summary>
public static class SlurmJobs
{
    /// <summary>The script of a job.</summary>
    /// <param name="name">What the job is called.</param>
    /// <param name="log">Where what it says goes.</param>
    /// <param name="processors">Processors it asks for; 0: what the cluster gives.</param>
    /// <param name="arguments">The program's arguments.</param>
    public static string Script(string name, string log, int processors, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var script = new StringBuilder("#!/bin/bash\n");
        script.Append(CultureInfo.InvariantCulture, $"#SBATCH --job-name={string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' ? letter : '_'))}\n");
        script.Append(CultureInfo.InvariantCulture, $"#SBATCH --output={log.Replace(" ", "\\ ", StringComparison.Ordinal)}\n#SBATCH --nodes=1\n#SBATCH --ntasks=1\n");
        if (processors > 0)
            script.Append(CultureInfo.InvariantCulture, $"#SBATCH --cpus-per-task={processors}\n");
        script.Append("exec ").AppendJoin(' ', Program().Concat(arguments).Select(Quote)).Append('\n');
        return script.ToString();
    }

    /// <summary>Submits a script.</summary>
    /// <param name="path">The script.</param>
    /// <param name="after">Jobs that must have ended before it begins; empty: none.</param>
    /// <returns>The job's number, as Slurm says it.</returns>
    /// <exception cref="ClosedLoopException">There is no <c>sbatch</c>, or it refuses the job.</exception>
    public static string Submit(string path, IReadOnlyList<string> after)
    {
        ArgumentNullException.ThrowIfNull(after);
        var start = new ProcessStartInfo("sbatch") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("--parsable");
        // NB: also after jobs that failed, so that the others' results are brought together, and what is missing is named.
        if (after.Count > 0)
            start.ArgumentList.Add($"--dependency=afterany:{string.Join(':', after)}");
        start.ArgumentList.Add(path);
        try
        {
            using var process = Process.Start(start)!;
            var complaint = process.StandardError.ReadToEndAsync();
            var said = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            // "12" or, of a cluster among several, "12;name".
            return process.ExitCode == 0 && said.Split(';')[0] is { Length: > 0 } job
                ? job
                : throw ClosedLoopException.Failed($"Slurm did not take the job '{path}': sbatch ended with {process.ExitCode}, {FirstLine(complaint.Result)}");
        }
        catch (Win32Exception error)
        {
            throw ClosedLoopException.Usage("there is no 'sbatch' here, and --slurm submits jobs with it; run on a machine of the cluster, install slurm-client, or leave --slurm out to work through the recordings here", error);
        }
    }

    private static IEnumerable<string> Program()
    {
        var process = Environment.ProcessPath ?? "dotnet";
        return Path.GetFileNameWithoutExtension(process) == "closedloop" ? [process] : [process, typeof(SlurmJobs).Assembly.Location];
    }

    private static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string FirstLine(string text) => text.Trim() is { Length: > 0 } said ? said.Split('\n')[0] : "without a word";
}
