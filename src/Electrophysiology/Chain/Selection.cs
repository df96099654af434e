namespace ClosedLoop.Electrophysiology;

/// <summary>Finds a number by its rank without sorting the rest (Hoare's selection).</summary>
internal static class Selection
{
    /// <summary>The median of an odd count of numbers, the upper one of an even count; they are left in another order.</summary>
    public static float Median(Span<float> values)
    {
        var (left, right, wanted) = (0, values.Length - 1, values.Length / 2);
        while (left < right)
        {
            var pivot = values[(left + right) / 2];
            var (i, j) = (left, right);
            while (i <= j)
            {
                while (values[i] < pivot)
                    i++;
                while (values[j] > pivot)
                    j--;
                if (i > j)
                    break;
                (values[i], values[j]) = (values[j], values[i]);
                i++;
                j--;
            }
            if (wanted <= j)
                right = j;
            else if (wanted >= i)
                left = i;
            else
                break;
        }
        return values[wanted];
    }
}
