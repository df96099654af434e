using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads DeepLabCut's .h5: the table that pandas keeps under <c>df_with_missing</c>, whose rows are a frame's number and
/// one array of values, and whose titles are a pickled list in an attribute.
/// </summary>
internal static class DeepLabCutHdf5Reader
{
    private const string Table = "df_with_missing/table";
    private const string Values = "values_block_0";

    public static ImagePointFile Read(Hdf5File file, string path)
    {
        var pickled = file.ReadStringAttribute(Table, $"{Values}_kind")
            ?? throw ClosedLoopException.Failed($"'{Table}' in '{path}' does not say what its columns are ('{Values}_kind')");
        var titles = Titles(path, pickled);
        var columns = new DeepLabCutColumns(path, titles);
        if (file.ReadMember(Table, Values) is not { } table || table.Width != titles.Length)
            throw ClosedLoopException.Failed($"'{Table}' in '{path}' does not hold one array of {titles.Length} numbers a row; a table with values of several kinds is not read: write it anew as .csv");
        var (values, width) = table;
        // Labels have the pictures' paths there, which are no numbers: rows are then counted.
        var indices = file.ReadMember(Table, "index")?.Values;
        var (points, confidence, frames) = (new List<double>(), new List<double>(), new List<long>());
        for (var row = 0; row < values.Length / width; row++)
        {
            frames.Add(indices is null ? row : (long)indices[row]);
            columns.Take(values.AsSpan(row * width, width), points, confidence);
        }
        return DeepLabCutRows.ToFile(path, "DeepLabCut table (HDF5)", columns.Names, frames, points, confidence);
    }

    private static (string, string)[] Titles(string path, string pickled)
    {
        if (PickledList.Parse(pickled) is not { } list)
            throw ClosedLoopException.Failed($"the titles of '{Table}' in '{path}' are in a form that is not read here; write the table anew as .csv");
        return [.. list.Select(title => title switch
        {
            [_, var part, var coordinate] => (part, coordinate),
            [_, _, _, _] => throw ClosedLoopException.Failed($"'{path}' is a table of several animals; keypoints of one animal are triangulated here: export one individual's table"),
            _ => throw ClosedLoopException.Failed($"'{path}' has a column titled '{string.Join(", ", title)}'; DeepLabCut's titles are scorer, body part and coordinate"),
        })];
    }
}
