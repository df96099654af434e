using System.Text.RegularExpressions;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Reads stac-mjx's output: all clips one after the other in <c>qpos</c>, described by a configuration in YAML.</summary>
internal static partial class StacClipReader
{
    public static MotionLibrary Read(Hdf5File file, string path, ClipFileOptions options)
    {
        var (qpos, dims) = file.ReadDoubles(StacClipLayout.Qpos);
        if (dims is not [var frames, var nq])
            throw ClosedLoopException.Failed($"'{StacClipLayout.Qpos}' in '{path}' has {dims.Length} dimensions; frames by positions were expected");
        var names = file.Exists(StacClipLayout.QposNames) ? file.ReadStrings(StacClipLayout.QposNames) : ClipFileReader.NamesFor(options, path, nq);
        if (names.Count != nq)
            throw ClosedLoopException.Failed($"'{path}' has {nq} positions a frame and names {names.Count} of them; its names are those of another body");
        var config = ConfigurationOf(file, path);
        var lengths = LengthsOf(file, path, frames, config, options);
        var (clipNames, clipBehaviours) = LabelsOf(file, path, lengths.Length, config);
        var labels = file.Exists(StacClipLayout.Behaviours) ? Checked(file.ReadStrings(StacClipLayout.Behaviours), frames, StacClipLayout.Behaviours, "frames", path) : null;
        var model = config?.Has("model") == true ? config.Child("model") : null;
        var rate = options.RateHz ?? Number(file, path, StacClipLayout.Rate) ?? (model?.Has("RENDER_FPS") == true ? model.Finite("RENDER_FPS") : ClipFileReader.UnstatedRateHz);
        var clips = new MotionClip[lengths.Length];
        for (int i = 0, first = 0; i < clips.Length; first += lengths[i], i++)
            clips[i] = new()
            {
                Name = clipNames[i],
                Behaviour = clipBehaviours[i],
                RateHz = rate,
                Frames = lengths[i],
                Nq = nq,
                Qpos = qpos.AsSpan(first * nq, lengths[i] * nq).ToArray(),
                FrameBehaviours = labels?[first..(first + lengths[i])],
            };
        return new()
        {
            QposNames = [.. names],
            Scale = Number(file, path, StacClipLayout.Scale) ?? (model?.Has("SCALE_FACTOR") == true ? model.Finite("SCALE_FACTOR") : 1),
            FloorHeightM = Number(file, path, StacClipLayout.Floor),
            Clips = clips,
            Source = Path.GetFileName(path),
        };
    }

    private static YamlSection? ConfigurationOf(Hdf5File file, string path)
    {
        if (!file.Exists(StacClipLayout.Config))
            return null;
        try
        {
            return YamlSection.Parse(file.ReadStrings(StacClipLayout.Config)[0], $"'{StacClipLayout.Config}' in '{path}'", "a configuration");
        }
        catch (ClosedLoopException error) when (error.ExitCode == 2)
        {
            throw ClosedLoopException.Failed(error.Message, error);
        }
    }

    private static int[] LengthsOf(Hdf5File file, string path, int frames, YamlSection? config, ClipFileOptions options)
    {
        if (options.FramesPerClip is null && file.Exists(StacClipLayout.ClipLengths))
        {
            var (stored, _) = file.ReadDoubles(StacClipLayout.ClipLengths);
            if (stored.Any(length => length < 1) || stored.Sum() != frames)
                throw ClosedLoopException.Failed($"'{path}' holds {frames} frames, which its '{StacClipLayout.ClipLengths}' do not add up to");
            return [.. stored.Select(length => (int)length)];
        }
        if (options.FramesPerClip is null && config is null)
            throw ClosedLoopException.Failed($"'{path}' has no data set '{StacClipLayout.Config}', which says how long its clips are");
        var length = options.FramesPerClip ?? config!.Child("stac").Integer("n_frames_per_clip", 1, int.MaxValue);
        return frames > 0 && frames % length == 0
            ? [.. Enumerable.Repeat(length, frames / length)]
            : throw ClosedLoopException.Failed($"'{path}' holds {frames} frames, which are no whole number of clips of {length}");
    }

    private static (string[] Names, string[] Behaviours) LabelsOf(Hdf5File file, string path, int count, YamlSection? config)
    {
        var model = config?.Has("model") == true ? config.Child("model") : null;
        var snips = model?.Has("snips_order") == true
            ? [.. model.Texts("snips_order").Select(snip => snip[(snip.LastIndexOfAny(['/', '\\']) + 1)..])]
            : Array.Empty<string>();
        if (snips.Length > 0)
            Checked(snips, count, "snips_order", "clips", path);
        string[] names = file.Exists(StacClipLayout.ClipNames)
            ? Checked(file.ReadStrings(StacClipLayout.ClipNames), count, StacClipLayout.ClipNames, "clips", path)
            : snips.Length > 0 ? [.. snips.Select(snip => snip.EndsWith(".p", StringComparison.Ordinal) ? snip[..^2] : snip)]
            : [.. Enumerable.Range(0, count).Select(i => $"clip_{i}")];
        string[] behaviours = file.Exists(StacClipLayout.ClipBehaviours)
            ? Checked(file.ReadStrings(StacClipLayout.ClipBehaviours), count, StacClipLayout.ClipBehaviours, "clips", path)
            : snips.Length > 0 ? [.. snips.Select(BehaviourOf)]
            : [.. Enumerable.Repeat("", count)];
        return (names, behaviours);
    }

    // NB: files without behaviours are numbered "clip_0": that is no behaviour.
    private static string BehaviourOf(string snip) => Snip().Match(snip) is { Success: true } match && match.Groups[1].Value is not "clip" ? match.Groups[1].Value : "";

    private static string[] Checked(string[] labels, int count, string what, string of, string path) => labels.Length == count
        ? labels
        : throw ClosedLoopException.Failed($"'{path}' holds {count} {of} and {labels.Length} entries of '{what}'; which belongs to which cannot be told");

    private static double? Number(Hdf5File file, string path, string dataset)
    {
        if (!file.Exists(dataset))
            return null;
        return file.ReadDoubles(dataset).Values is [var number]
            ? number
            : throw ClosedLoopException.Failed($"'{dataset}' in '{path}' is not a single number");
    }

    [GeneratedRegex(@"([A-Za-z]+)_\d+(\.p)?")]
    private static partial Regex Snip();
}
