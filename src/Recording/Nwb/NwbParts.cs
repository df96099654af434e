using System.Globalization;

namespace ClosedLoop.Recording;

/// <summary>What every file of NWB (Neurodata Without Borders 2.7) has.</summary>
internal static class NwbParts
{
    /// <summary>Writes the root: what and when the session was, and the groups that must be there.</summary>
    public static void WriteSession(Hdf5Writer file, DateTimeOffset start, string description)
    {
        Mark(file, "/", "core", "NWBFile");
        file.WriteAttribute("/", "nwb_version", "2.7.0");
        file.WriteStrings("file_create_date", [Time(DateTimeOffset.UtcNow)]);
        file.WriteString("identifier", Guid.NewGuid().ToString());
        file.WriteString("session_description", description);
        file.WriteString("session_start_time", Time(start));
        file.WriteString("timestamps_reference_time", Time(start));
        foreach (var group in new[] { "acquisition", "analysis", "general", "processing", "stimulus/presentation", "stimulus/templates" })
            file.CreateGroup(group);
    }

    /// <summary>Says of which type of which namespace a group or data set is.</summary>
    public static void Mark(Hdf5Writer file, string item, string nameSpace, string type)
    {
        file.WriteAttribute(item, "namespace", nameSpace);
        file.WriteAttribute(item, "neurodata_type", type);
        file.WriteAttribute(item, "object_id", Guid.NewGuid().ToString());
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);
}
