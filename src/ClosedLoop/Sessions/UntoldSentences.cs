using System.Collections.Concurrent;

namespace ClosedLoop.Sessions;

/// <summary>What was noticed on any thread and waits to be told to whoever watches the session.</summary>
internal sealed class UntoldSentences
{
    /// <summary>More than so many at one glance are counted, not told one by one.</summary>
    private const int Told = 4;

    private readonly ConcurrentQueue<string> _waiting = new();

    /// <summary>Adds what was noticed.</summary>
    public void Add(string sentence) => _waiting.Enqueue(sentence);

    /// <summary>What was noticed since the last call, as one sentence; null where nothing was.</summary>
    public string? Take()
    {
        if (_waiting.IsEmpty)
            return null;
        var (sentences, further) = (new List<string>(), 0);
        while (_waiting.TryDequeue(out var sentence))
        {
            if (sentences.Count < Told)
                sentences.Add(sentence);
            else
                further++;
        }
        return string.Join("; ", sentences) + (further > 0 ? $"; and {further} more" : "");
    }
}
