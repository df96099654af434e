namespace ClosedLoop.Core;

/// <summary>Names the nearest valid word to one that was not understood.</summary>
public static class Spelling
{
    /// <summary>
    /// " (did you mean 'X'?)" with the candidate nearest to <paramref name="word"/>, or an empty string where none is near.
    /// </summary>
    public static string Suggest(string word, IEnumerable<string> candidates)
    {
        var best = candidates
            .Select(candidate => (candidate, distance: Distance(word, candidate)))
            .OrderBy(pair => pair.distance)
            // Of two that are as near, the one whose beginning was written.
            .ThenBy(pair => pair.candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? 0 : 1)
            .FirstOrDefault();
        return best.candidate is not null && best.distance <= Math.Max(2, word.Length / 3)
            ? $" (did you mean '{best.candidate}'?)"
            : "";
    }

    /// <summary>Levenshtein distance, upper and lower case being the same letter.</summary>
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        var current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
            }
            (previous, current) = (current, previous);
        }
        return previous[b.Length];
    }
}
