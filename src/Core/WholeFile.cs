namespace ClosedLoop.Core;

/// <summary>Files that a reader finds whole or not at all.</summary>
public static class WholeFile
{
    /// <summary>Writes to a new file beside it and then over it in one step.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">What is to stand in it.</param>
    /// <param name="what">What a person calls it, as in "calibration".</param>
    /// <exception cref="ClosedLoopException">It cannot be written.</exception>
    public static void Write(string path, byte[] bytes, string what)
    {
        var partial = path + ".partial";
        try
        {
            File.WriteAllBytes(partial, bytes);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the {what} {path} cannot be written: {(e is DirectoryNotFoundException ? "there is no such folder" : e.Message)}", e);
        }
    }
}
