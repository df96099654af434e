namespace ClosedLoop.PoseTracking;

/// <summary>The order of names in which numbers count as numbers: image2 comes before image10.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Comparer { get; } = new();

    public int Compare(string? x, string? y)
    {
        var a = (x ?? "").AsSpan();
        var b = (y ?? "").AsSpan();
        while (a.Length > 0 && b.Length > 0)
        {
            var (digitsA, digitsB) = (Digits(a), Digits(b));
            if (digitsA > 0 && digitsB > 0)
            {
                var numberA = a[..digitsA].TrimStart('0');
                var numberB = b[..digitsB].TrimStart('0');
                var order = numberA.Length != numberB.Length ? numberA.Length.CompareTo(numberB.Length) : numberA.SequenceCompareTo(numberB);
                if (order != 0)
                    return order;
                a = a[digitsA..];
                b = b[digitsB..];
                continue;
            }
            if (a[0] != b[0])
                return a[0].CompareTo(b[0]);
            a = a[1..];
            b = b[1..];
        }
        // NB: 'image1' and 'image01' are two names; any fixed order will do.
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(x, y);
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]))
            count++;
        return count;
    }
}
