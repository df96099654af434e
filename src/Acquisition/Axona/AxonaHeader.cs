using System.Globalization;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The 'key value' lines that stand at the beginning of the files of an Axona DACQ system, and are the whole of its .set file.</summary>
internal sealed class AxonaHeader
{
    private readonly string _path;
    private readonly Dictionary<string, string> _values = [];

    private AxonaHeader(string path, string text)
    {
        _path = path;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            // The first of two stands: DACQ writes 'experimenter' into its .set files twice.
            _values.TryAdd(blank < 0 ? line : line[..blank], blank < 0 ? "" : line[(blank + 1)..].Trim());
        }
    }

    /// <summary>Reads the head of a data file.</summary>
    /// <param name="path">What errors call the file.</param>
    /// <param name="file">The whole file.</param>
    /// <param name="dataStart">Where its data begin.</param>
    /// <exception cref="ClosedLoopException">There is none.</exception>
    public static AxonaHeader OfData(string path, ReadOnlySpan<byte> file, out int dataStart)
    {
        var end = file.IndexOf("data_start"u8);
        if (end < 0 || !file.StartsWith("trial_date"u8))
            throw ClosedLoopException.Failed($"'{path}' is no data file of Axona: it does not begin with 'trial_date' and go on to 'data_start'");
        dataStart = end + "data_start".Length;
        return new(path, Encoding.Latin1.GetString(file[..end]));
    }

    /// <summary>Reads a .set file.</summary>
    /// <exception cref="ClosedLoopException">It cannot be read.</exception>
    public static AxonaHeader OfSettings(string path)
    {
        try
        {
            return new(path, File.ReadAllText(path, Encoding.Latin1));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the settings '{path}' cannot be read, and without them the spikes have no microvolts: {error.Message}", error);
        }
    }

    /// <summary>The value of a key.</summary>
    /// <exception cref="ClosedLoopException">It is missing.</exception>
    public string Text(string key) => _values.TryGetValue(key, out var value)
        ? value
        : throw ClosedLoopException.Failed($"'{_path}' does not say '{key}'; it may have been cut off, copy it again");

    /// <summary>A number above 0, with or without a unit behind it.</summary>
    /// <exception cref="ClosedLoopException">It is missing or no such number.</exception>
    public double Above0(string key) => double.TryParse(Text(key).Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 && double.IsFinite(number)
        ? number
        : throw Wrong(key, "a number above 0");

    /// <summary>A whole number in a range.</summary>
    /// <exception cref="ClosedLoopException">It is missing or no such number.</exception>
    public int Integer(string key, int least, int most) => int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
        ? number
        : throw Wrong(key, least == most ? $"{least}" : $"a whole number from {least} to {most}");

    private ClosedLoopException Wrong(string key, string must) => ClosedLoopException.Failed($"'{_path}' has '{key} {Text(key)}', and {must} is read");
}
