using ClosedLoop.Core;

namespace ClosedLoop.Inference;

/// <summary>The words for <see cref="InferenceDevice"/> on the command line and in files.</summary>
public static class InferenceDeviceNames
{
    /// <summary>The words, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> All { get; } = ["auto", "cpu", "cuda", "tensorrt"];

    /// <summary>The word for a device.</summary>
    public static string Word(this InferenceDevice device) => All[(int)device];

    /// <summary>The device a word names.</summary>
    /// <exception cref="ClosedLoopException">It names none.</exception>
    public static InferenceDevice Parse(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i] == word)
                return (InferenceDevice)i;
        }
        throw ClosedLoopException.Usage($"there is no device '{word}'{Spelling.Suggest(word, All)}; networks run on auto, cpu, cuda or tensorrt");
    }
}
