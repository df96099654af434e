using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>How files of samples are opened and read: in order, while their program may still write to them.</summary>
internal static class SampleFileStream
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bufferBytes">What is read at once; small where hundreds of files are open together.</param>
    public static FileStream Open(string path, int bufferBytes = 1 << 18) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferBytes, FileOptions.SequentialScan);

    /// <summary>Reads all of <paramref name="bytes"/>.</summary>
    /// <param name="file">The file.</param>
    /// <param name="bytes">Takes what is read.</param>
    /// <param name="position">The sample that is read, for the message.</param>
    /// <param name="count">Samples that were there when the file was opened.</param>
    /// <exception cref="ClosedLoopException">The file ends before, or cannot be read.</exception>
    public static void Fill(FileStream file, Span<byte> bytes, long position, long count)
    {
        try
        {
            file.ReadExactly(bytes);
        }
        catch (EndOfStreamException error)
        {
            throw ClosedLoopException.Failed($"'{file.Name}' became shorter while it was read, at sample {position} of {count}", error);
        }
        catch (IOException error)
        {
            throw ClosedLoopException.Failed($"'{file.Name}' cannot be read at sample {position} of {count}: {error.Message}", error);
        }
    }
}
