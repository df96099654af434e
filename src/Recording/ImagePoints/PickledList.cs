namespace ClosedLoop.Recording;

/// <summary>
/// Reads a list of tuples of texts that Python pickled with protocol 0, as PyTables keeps the titles of pandas' tables.
/// Nothing else of pickle is understood, and nothing in it is ever run.
/// </summary>
internal static class PickledList
{
    private static readonly object s_mark = new();

    /// <summary>The tuples, or null where the text is something else.</summary>
    public static List<string[]>? Parse(string pickled)
    {
        var stack = new Stack<object>();
        var memory = new Dictionary<string, object>();
        var at = 0;
        string Line()
        {
            var end = pickled.IndexOf('\n', at);
            var line = end < 0 ? pickled[at..] : pickled[at..end];
            at = end < 0 ? pickled.Length : end + 1;
            return line;
        }
        while (at < pickled.Length)
        {
            switch (pickled[at++])
            {
                case '(':
                    stack.Push(s_mark);
                    break;
                case 'V' or 'S':
                    stack.Push(Line().Trim('\''));
                    break;
                case 'l' or 't' when TakeToMark(stack) is { } items:
                    stack.Push(items);
                    break;
                case 'p':
                    if (!stack.TryPeek(out var top))
                        return null;
                    memory[Line()] = top;
                    break;
                case 'g' when memory.TryGetValue(Line(), out var kept):
                    stack.Push(kept);
                    break;
                case 'a':
                    if (stack.Count < 2 || stack.Pop() is not { } item || stack.Peek() is not List<object> list)
                        return null;
                    list.Add(item);
                    break;
                case '.':
                    return stack.TryPop(out var result) && stack.Count == 0 ? ToTuples(result) : null;
                default:
                    return null;
            }
        }
        return null;
    }

    private static List<object>? TakeToMark(Stack<object> stack)
    {
        var items = new List<object>();
        while (stack.TryPop(out var item))
        {
            if (ReferenceEquals(item, s_mark))
            {
                items.Reverse();
                return items;
            }
            items.Add(item);
        }
        return null;
    }

    private static List<string[]>? ToTuples(object result)
    {
        if (result is not List<object> list)
            return null;
        var tuples = new List<string[]>();
        foreach (var item in list)
        {
            if (item is not List<object> tuple || !tuple.All(part => part is string))
                return null;
            tuples.Add([.. tuple.Cast<string>()]);
        }
        return tuples;
    }
}
